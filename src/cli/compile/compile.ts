/** @file Writes a model file that explains itself. */

import { compileExplanation } from "../../explain/compile.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { isSameFile } from "../../files/own-folder.js";
import { FoveaError, naming } from "../../foundation/error.js";
import { chooseLayer } from "../../model/layers/choose-layer.js";
import { type ChosenLayer, describeLayer } from "../../model/layers/layer.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { writeModel } from "../../onnx/write.js";
import { modelAt } from "../inputs/models.js";
import { type LayerFlags, layerOptions, loadOptions, type ModelOptions } from "../options/model-options.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { print, printLines } from "../terminal/print.js";
import { interfaceLines } from "./interface-lines.js";

export interface CompileFlags extends ModelOptions, LayerFlags {
  readonly quiet?: boolean;
  readonly out: string;
  readonly method: string;
  readonly classes: number | "all";
  readonly choose?: boolean;
  readonly image?: boolean;
}

/** @returns the exit code */
export async function compile(job: Job, path: string, flags: CompileFlags): Promise<number> {
  const { out, method, classes, choose = false, image = false } = flags;
  if (isSameFile(path, out))
    throw new FoveaError("bad-input", `--out: expected another file than the model, got ${out}`);
  const { model } = await modelAt(job, path, await loadOptions(flags));
  const explaining = layerOptions(flags);
  const options = { method, classes, choose, image, ...explaining };
  const graph = await naming(path, async () => compileExplanation(model, options));
  await writeFileAtomically(out, writeModel(graph));
  printLines(interfaceLines(graph));
  const layer = chooseLayer(model, explaining.layer, explaining);
  print(layerLine(layer));
  if (layer.doubt !== undefined) print(`note    ${layer.doubt}`);
  if (image) print(`photos  ${preprocessingOf(model).origin}`);
  print(`wrote ${out}`);
  return exitCodes.done;
}

function layerLine(layer: ChosenLayer): string {
  return `layer   ${layer.name} (${describeLayer(layer)}): ${layer.reason}`;
}
