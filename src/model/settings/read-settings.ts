/** @file Reads the settings in files beside a model: a table of readers. */

import type { Json } from "../../formats/json.js";
import { isObject } from "../../foundation/check.js";
import { FoveaError, messageOf, shortened } from "../../foundation/error.js";
import { parseJson } from "../../foundation/parse-json.js";
import { customVisionFile } from "./files/custom-vision.js";
import { config, preprocessorConfig, processorConfig } from "./files/hugging-face.js";
import { openClip } from "./files/open-clip.js";
import { own } from "./files/own.js";
import type { SettingsReader } from "./files/reader.js";
import { teachableMachine } from "./files/teachable-machine.js";
import { joinSidecars } from "./join-sidecars.js";
import type { Sidecar } from "./sidecar.js";

/** All files that are looked for beside a model; the first that says something wins. */
export const settingsReaders: readonly SettingsReader[] = [
  own,
  preprocessorConfig,
  processorConfig,
  config,
  openClip,
  customVisionFile,
  teachableMachine,
];

/** The names of the files. */
export const sidecarFiles: readonly string[] = settingsReaders.map(({ file }) => file);

/** A file beside a model: its text, or why it cannot be read. */
export type FoundFile = { readonly text: string } | { readonly problem: string };

/**
 * The settings of a model; undefined where no file has any. A file that cannot be understood is one of the `problems`.
 * @param files by name
 * @param where how problems name a file. Default its name
 */
export function readSettings(
  files: ReadonlyMap<string, FoundFile>,
  where: (file: string) => string = (file) => file,
): Sidecar | undefined {
  const read = (file: string) => readJson(files.get(file), where(file));
  const jsonOf = (file: string) => {
    const found = read(file);
    return isObject(found) ? found : undefined;
  };
  const sidecars = settingsReaders.flatMap((reader): Sidecar[] => {
    const origin = `from ${reader.file}`;
    const found = read(reader.file);
    if (found === undefined) return [];
    if (typeof found === "string") return [{ origin, problems: [found] }];
    try {
      const { notes, ...settings } = reader.read(found, where(reader.file), jsonOf);
      return [{ origin, ...settings, ...(notes ? { notes: notes.map((note) => `${reader.file}: ${note}`) } : {}) }];
    } catch (error) {
      if (error instanceof FoveaError) return [{ origin, problems: [error.message] }];
      throw error;
    }
  });
  const saying = sidecars.filter((each) => each.classes ?? each.preprocessing ?? each.problems);
  return joinSidecars(saying);
}

/** The object in a file; a text that says why there is none; undefined without a file. */
function readJson(file: FoundFile | undefined, where: string): Json | string | undefined {
  if (file === undefined) return undefined;
  if ("problem" in file) return file.problem;
  try {
    const value: unknown = parseJson(file.text.replace(/^\ufeff/, ""));
    return isObject(value) ? value : `${where}: expected a JSON object, got ${shortened(file.text.slice(0, 40))}`;
  } catch (cause) {
    return `${where}: expected JSON: ${messageOf(cause)}`;
  }
}
