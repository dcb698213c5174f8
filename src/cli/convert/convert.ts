/** @file Writes a Keras or TensorFlow.js model as an ONNX file. */

import { resolve } from "node:path";
import { writeFileAtomically } from "../../files/atomic.js";
import { graphAt } from "../../formats/node.js";
import { FoveaError } from "../../foundation/error.js";
import { withModelCard } from "../../model/card.js";
import { fittingLabels } from "../../model/labels/labels.js";
import { refuseOtherThanLabels } from "../../model/labels/refuse-other-files.js";
import { labelsAt, sidecarBeside } from "../../model/node.js";
import { labelFilesOf } from "../../model/settings/sidecar.js";
import type { Graph } from "../../onnx/graph.js";
import { writeModel } from "../../onnx/write.js";
import { interfaceLines } from "../compile/interface-lines.js";
import { modelFile } from "../inputs/model-file.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { print, printLines } from "../terminal/print.js";

export interface ConvertFlags {
  readonly quiet?: boolean;
  readonly labels?: string;
}

/** @returns the exit code */
export async function convert(job: Job, given: string, out: string, { labels }: ConvertFlags): Promise<number> {
  if (labels !== undefined) await refuseOtherThanLabels(labels);
  const path = await modelFile(job, given);
  const graph = await graphAt(path);
  if (graph === undefined) {
    const expected = "expected a .keras, .h5, .hdf5 or model.json file";
    throw new FoveaError("bad-file", `${path}: ${expected}, got something else`);
  }
  if (resolve(path) === resolve(out)) {
    throw new FoveaError("bad-input", `${out}: expected another file than the model, got the same`);
  }
  const classes = await classesOf(path, graph, labels);
  await writeFileAtomically(out, writeModel(withModelCard(graph, classes ? { classes } : {})));
  printLines(interfaceLines(graph));
  print(`wrote ${out}`);
  return exitCodes.done;
}

/**
 * The class names of a file of labels, or of files beside the model as far as their number fits.
 * @throws FoveaError `bad-file` for another number of names than the model has classes
 */
async function classesOf(
  path: string,
  graph: Graph,
  labels: string | undefined,
): Promise<readonly string[] | undefined> {
  const scores = graph.outputs[0]?.dims?.at(-1);
  // One output is one logit of two classes.
  const expected = scores === 1 ? 2 : scores;
  const fits = (count: number) => typeof expected !== "number" || count === expected;
  if (labels === undefined) {
    const beside = await sidecarBeside(path);
    const readings = beside ? labelFilesOf(beside).flatMap((file) => file.readings) : [];
    return readings.find(({ names }) => fits(names.length))?.names;
  }
  const names = fittingLabels(await labelsAt(labels), fits)?.names ?? [];
  if (fits(names.length)) return names;
  throw new FoveaError("bad-file", `${path}: class names: expected ${expected}, got ${names.length}`);
}
