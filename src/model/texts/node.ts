/** @file The files that texts need beside a model: its tokenizer, and the network of texts. */

import { lstatSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { inputKinds } from "../../files/input/input-kinds.js";
import { pathBeside } from "../../files/own-folder.js";
import { regularFile } from "../../files/regular-file.js";
import { parseObject } from "../../formats/json.js";
import { FoveaError } from "../../foundation/error.js";
import { settingsFolders } from "../settings/node.js";
import { type TokenizerFiles, tokenizerConfigFile, tokenizerFile } from "./tokenizer.js";
import { textModelFile, textTowerNames } from "./tower-names.js";

/**
 * The tokenizer in a model's folder, in that of its network of texts, or one folder up where theirs is called `onnx`.
 * @param owners the paths of both, as far as there are any
 * @throws FoveaError `not-found`, `bad-file`
 */
export function tokenizerBeside(owners: readonly string[]): TokenizerFiles {
  const places = owners.flatMap((owner) => settingsFolders(owner).map((folder) => ({ owner, folder })));
  const place = places.find(({ folder }) => isThere(join(folder, tokenizerFile)));
  if (place === undefined) {
    const expected = `expected a tokenizer, ${tokenizerFile}, beside the model`;
    throw new FoveaError(
      "not-found",
      `${owners[0] ?? "model"}: texts: ${expected}, got none: --tokenizer FILE names one elsewhere`,
    );
  }
  const read = (file: string) => parseObject(textIn(place.owner, file, place.folder), join(place.folder, file));
  const config = isThere(join(place.folder, tokenizerConfigFile)) ? read(tokenizerConfigFile) : undefined;
  return { tokenizer: read(tokenizerFile), config, where: join(place.folder, tokenizerFile) };
}

function textIn(owner: string, file: string, folder: string): string {
  const path = join(folder, file);
  const { byteLength, read } = regularFile(pathBeside(owner, file, path, folder), path);
  const { most } = inputKinds.tokenizer;
  if (byteLength <= most) return new TextDecoder().decode(read(0, byteLength));
  throw new FoveaError("bad-file", `${path}: expected at most ${most} bytes of JSON, got ${byteLength}`);
}

/** The files that read texts beside a model, of those that there are, by their usual names: its tokenizer's two, and the network of texts. */
export function textFilesBeside(modelPath: string): Map<string, string> {
  const textModel = textModelBeside(modelPath);
  const folders = [modelPath, ...(textModel === undefined ? [] : [textModel])].flatMap(settingsFolders);
  const folder = folders.find((each) => isThere(join(each, tokenizerFile))) ?? "";
  const files = [tokenizerFile, tokenizerConfigFile].map((file) => [file, join(folder, file)] as const);
  return new Map([
    ...files.filter(([, file]) => folder !== "" && isThere(file)),
    ...(textModel === undefined ? [] : [[textModelFile, textModel] as const]),
  ]);
}

/** The path of the network of texts that belongs to one of images; undefined where there is none. */
export function textModelBeside(modelPath: string): string | undefined {
  const folder = dirname(modelPath);
  const beside = nameIn(modelPath, folder, basename(modelPath));
  if (beside !== undefined) return beside;
  const [other] = textTowerNames(basename(resolve(folder)), []);
  const neighbour = other === undefined ? undefined : join(dirname(resolve(folder)), other);
  return neighbour !== undefined && isThere(join(neighbour, basename(modelPath)))
    ? join(neighbour, basename(modelPath))
    : undefined;
}

function nameIn(modelPath: string, folder: string, name: string): string | undefined {
  const there = isThere(folder) ? readdirSync(folder) : [];
  const [found] = textTowerNames(name, there).filter((each) => there.includes(each));
  if (found === undefined) return undefined;
  pathBeside(modelPath, found, join(folder, found), folder);
  return join(folder, found);
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
