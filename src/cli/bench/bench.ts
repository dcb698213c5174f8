/** @file Measures the cost of explanations and prints it. */

import { measureCost } from "../../explain/prove/cost.js";
import { count } from "../../foundation/words.js";
import { describeLayer } from "../../model/layers/layer.js";
import { untouchedModel } from "../../model/node.js";
import { modelAt } from "../inputs/models.js";
import { type LayerFlags, layerOptions, loadOptions, type ModelOptions } from "../options/model-options.js";
import { wrongValue } from "../options/numbers.js";
import { runtime } from "../platform.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { note, print, printJson, printLines } from "../terminal/print.js";
import { table } from "../terminal/table.js";

export interface BenchFlags extends ModelOptions, LayerFlags {
  readonly method: string;
  readonly batch: readonly number[];
  readonly pairs: number;
  readonly json?: boolean;
}

/** Images of a run: of more of them nothing is learnt. */
const largestBatch = 1024;

/** `1,8` as the sizes of batches. @throws FoveaError `bad-input` */
export function batchSizes(text: string): readonly number[] {
  const sizes = text.split(",").map((part) => (/^\d{1,9}$/.test(part.trim()) ? Number(part) : 0));
  if (sizes.length <= 100 && sizes.every((size) => size >= 1 && size <= largestBatch)) return sizes;
  throw wrongValue("--batch", `whole numbers from 1 to ${count(largestBatch)}, with commas between`, text);
}

/** @returns the exit code */
export async function bench(job: Job, path: string, flags: BenchFlags): Promise<number> {
  const { method, pairs, batch: sizes } = flags;
  const { name, model, file } = await modelAt(job, path, await loadOptions(flags));
  const source = await untouchedModel(file);
  const costs = [];
  for (const batch of sizes) {
    note(`measuring batch ${batch} ...`);
    costs.push(await measureCost(model, { runtime, source, method, batch, pairs, ...layerOptions(flags) }));
  }
  if (job.format === "json") {
    printJson({ model: path, runtime: runtime.name, method, costs });
    return exitCodes.done;
  }
  const layer = costs[0]?.layer;
  if (layer) print(`${name}: ${method} at layer ${layer.name} (${describeLayer(layer)}), ${runtime.name}`);
  const rows = costs.map(({ batch, first, second, ratio, low, high }) => [
    batch,
    first.toFixed(2),
    second.toFixed(2),
    ratio.toFixed(3),
    `${low.toFixed(3)} to ${high.toFixed(3)}`,
  ]);
  printLines(table(["batch", "inference ms", "explanation ms", "ratio", "quartiles"], rows));
  return exitCodes.done;
}
