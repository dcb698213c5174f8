/** @file Plans the images of `fovea explain`, and the path of each result. */

import type { FoundInput, FoundInputs } from "../../data/find-inputs.js";
import { eachRank } from "../../explain/run/class-texts.js";
import { FoveaError } from "../../foundation/error.js";
import { colormap } from "../../image/map/colormap.js";
import { givenInputs } from "../inputs/standard-input.js";
import type { ExplainFlags } from "../options/explain-options.js";
import { emphasisOptions } from "../options/map-options.js";
import { givenTargets } from "../options/target-options.js";
import { note } from "../terminal/print.js";
import { standardOutput } from "../terminal/standard-output.js";
import { type OutputPaths, planOutputs, type ResultKind } from "./output-paths.js";
import type { ResultOptions } from "./result/result.js";

export interface Plan {
  /** All that was found. */
  readonly candidates: FoundInputs;
  /** Those that are explained. */
  readonly inputs: readonly FoundInput[];
  /** There may be more than one input. */
  readonly many: boolean;
  readonly outputs: OutputPaths;
  readonly drawing: ResultOptions;
}

/**
 * Leaves out the inputs whose results are there, if the user asks for that. @param find the inputs that arguments mean. Default: pictures
 * @throws FoveaError `bad-input`
 */
export async function planExplanation(
  args: readonly string[],
  flags: ExplainFlags,
  find: (args: readonly string[]) => Promise<FoundInputs> = givenInputs,
): Promise<Plan> {
  if (flags.trust) refuseUnmeasured(flags);
  if (flags.agreement && flags.method === "all")
    throw new FoveaError("bad-input", "--agreement: expected one method, got --method all");
  if (flags.colormap) colormap(flags.colormap);
  const candidates = await find(args);
  for (const each of candidates.notes ?? []) note(each);
  const plan = planFor(candidates, flags);
  const skipped = candidates.inputs.length - plan.inputs.length;
  if (skipped > 0) note(`${skipped} of ${candidates.inputs.length} inputs left out: their results are there`);
  return plan;
}

/** The plan of the same inputs for other classes. */
export function planForClasses({ candidates }: Plan, classes: readonly string[], flags: ExplainFlags): Plan {
  return planFor(candidates, { ...flags, class: classes });
}

function planFor(candidates: FoundInputs, flags: ExplainFlags): Plan {
  const { out, format, against = false } = flags;
  const kinds = resultKinds(flags);
  const classes = flags.class.length > 0 ? flags.class.flatMap(eachRank) : ["predicted"];
  const outputs = planOutputs(candidates, { kinds, classes, out, format });
  const inputs = flags.skipExisting ? candidates.inputs.filter((input) => !outputs.done(input)) : candidates.inputs;
  const drawing = { kinds, classes, against, colormap: flags.colormap, ...emphasisOptions(flags) };
  return { candidates, inputs, many: candidates.many, outputs, drawing };
}

/** What is written for each input: nothing where JSON goes to standard output instead, or a table is written. */
function resultKinds({ out, table, json = false, jsonl = false, ...flags }: ExplainFlags): readonly ResultKind[] {
  const flagged = (["overlay", "heatmap", "raw"] as const).filter((kind) => flags[kind]);
  if (table !== undefined) return flagged;
  if (out !== standardOutput || !(json || jsonl)) return flagged.length > 0 ? flagged : ["figure"];
  const [flag] = flagged;
  if (flag === undefined) return [];
  throw new FoveaError(
    "bad-input",
    `--out -: expected --${flag} or JSON on standard output, got both: give --out a file`,
  );
}

/** --trust measures the probability of a class. */
function refuseUnmeasured(flags: ExplainFlags): void {
  const unmeasured = givenTargets(flags).filter(({ ofClasses }) => !ofClasses);
  const [flag] = [
    ...(flags.against ? ["--against"] : []),
    ...unmeasured.map(({ name }) => name),
    ...(flags.method === "all" ? ["--method all"] : []),
  ];
  if (flag === undefined) return;
  throw new FoveaError("bad-input", `--trust: expected no ${flag}: it measures the map of one method for a class`);
}
