/** @file Writes `fovea.json` beside a model: the preprocessing and the class names that its file does not say. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeFileAtomically } from "../../files/atomic.js";
import { readInputSync } from "../../files/input/read-input.js";
import { FoveaError, naming } from "../../foundation/error.js";
import { parseJson } from "../../foundation/parse-json.js";
import { counted } from "../../foundation/words.js";
import { isHubName } from "../../hub/name.js";
import type { Preprocessing } from "../../image/input/preprocessing.js";
import { type ModelCard, modelCard } from "../../model/card.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { readSettings } from "../../model/settings/read-settings.js";
import { labelFilesOf, type Sidecar } from "../../model/settings/sidecar.js";
import { modelAt } from "../inputs/models.js";
import { type ModelOptions, preprocessingFrom } from "../options/model-options.js";
import type { Job } from "../terminal/job.js";
import { print, printJson } from "../terminal/print.js";

export interface DescribeFlags extends ModelOptions {
  readonly json?: boolean;
}

const file = "fovea.json";

/**
 * The settings are tried on the model before they are written, and read back after.
 * @returns the exit code
 * @throws FoveaError `bad-input` without a setting, for settings that the model cannot have, and for those that it stores itself
 */
export async function describe(job: Job, path: string, flags: DescribeFlags): Promise<number> {
  if (isHubName(path)) {
    const advice = "give what it does not say with each command, or copy its files to a folder of yours";
    throw new FoveaError("bad-input", `${path}: expected a file of yours, got one of the hub's cache: ${advice}`);
  }
  const preprocessing = givenParts(flags);
  const place = join(dirname(path), file);
  const { text, settings } = existing(place);
  // Opened with what is given, a model refuses what does not fit its input or its classes.
  const { model } = await modelAt(job, path, { labels: flags.labels, preprocessing });
  if (preprocessing) await naming(path, async () => preprocessingOf(model));
  refuseStored(path, modelCard(model.graph), { preprocessing, classes: flags.labels });
  const given = { preprocessing, classes: flags.labels === undefined ? undefined : model.card.classes };
  const written = merged(text, settings, given);
  const content = `${JSON.stringify(written, null, 2)}\n`;
  const read = readSettings(new Map([[file, { text: content }]]), () => place);
  if (read?.problems?.[0] !== undefined) throw new FoveaError("bad-input", read.problems[0]);
  await writeFileAtomically(place, content, { isOurName: true });
  if (job.format === "json") printJson({ wrote: place, ...written });
  else for (const line of lines(place, given, read)) print(line);
  return job.end();
}

interface Given {
  readonly classes: readonly string[] | undefined;
  readonly preprocessing: Partial<Preprocessing> | undefined;
}

/** The parts of the preprocessing that are given, if any. @throws FoveaError `bad-input` where nothing is given at all */
function givenParts(flags: DescribeFlags): Partial<Preprocessing> | undefined {
  const preprocessing = preprocessingFrom(flags);
  if (Object.keys(preprocessing).length > 0) return preprocessing;
  if (flags.labels !== undefined) return undefined;
  throw new FoveaError(
    "bad-input",
    "describe: expected a setting to write down, got none: give --preprocess, --labels, or parts such as --size and --mean",
  );
}

/** @throws FoveaError `bad-input` where the model stores what is given: every command goes by that, whatever lies beside it */
function refuseStored(
  path: string,
  stored: ModelCard,
  given: Readonly<Record<"preprocessing" | "classes", unknown>>,
): void {
  const fields = { preprocessing: "preprocessing", classes: "class names" } as const;
  for (const field of ["preprocessing", "classes"] as const) {
    if (given[field] === undefined || stored[field] === undefined) continue;
    const expected = `expected a model that does not say its ${fields[field]}, got one that stores them`;
    const advice = `${file} would change nothing: give yours with each command`;
    throw new FoveaError("bad-input", `${path}: ${expected}: ${advice}`);
  }
}

/** What stands there already. @throws FoveaError `bad-file` for a file that is not Fovea's: it is not written over */
function existing(place: string): { readonly text: string; readonly settings: Sidecar | undefined } {
  if (!existsSync(place)) return { text: "{}", settings: undefined };
  const text = new TextDecoder().decode(readInputSync(place, "settings"));
  const settings = readSettings(new Map([[file, { text }]]), () => place);
  const [problem] = settings?.problems ?? [];
  if (problem === undefined) return { text, settings };
  throw new FoveaError("bad-file", `${problem}: mend or remove the file`);
}

/** Fields that nobody here knows stay as well. */
function merged(text: string, settings: Sidecar | undefined, { classes, preprocessing }: Given) {
  const before = Object(parseJson(text));
  const parts = { ...withoutRefitted(settings?.preprocessing ?? {}, preprocessing), ...preprocessing };
  return {
    ...before,
    ...(classes ? { classes } : {}),
    ...(Object.keys(parts).length > 0 ? { preprocessing: parts } : {}),
  };
}

/** A new fit, or a new way to make numbers, replaces all that the old one was made of. */
function withoutRefitted(
  before: Partial<Preprocessing>,
  { fit, order, scale, mean }: Partial<Preprocessing> = {},
): Partial<Preprocessing> {
  const isPreset = order !== undefined && scale !== undefined && mean !== undefined;
  const stale = [...(fit === undefined ? [] : ["cropFraction", "resize", "padding"]), ...(isPreset ? ["ground"] : [])];
  return Object.fromEntries(Object.entries(before).filter(([name]) => !stale.includes(name)));
}

function lines(place: string, { classes, preprocessing = {} }: Given, read: Sidecar | undefined): string[] {
  const parts = Object.entries(preprocessing).map(([name, value]) => `  ${name} ${JSON.stringify(value)}`);
  const names = read ? labelFilesOf(read)[0]?.readings[0]?.names : undefined;
  const kept = Object.keys(read?.preprocessing ?? {}).filter((name) => !(name in preprocessing));
  return [
    `wrote ${place}`,
    ...parts,
    ...(classes
      ? [
          `  ${counted(classes.length, "class name")}: ${classes.slice(0, 3).join(", ")}${classes.length > 3 ? " ..." : ""}`,
        ]
      : []),
    ...(kept.length > 0 ? [`  kept: ${kept.join(", ")}`] : []),
    ...(classes === undefined && names ? [`  kept: ${counted(names.length, "class name")}`] : []),
  ];
}
