/** @file Inspects a model: its inputs, outputs, parameters, and the layers that can be explained. */

import type { Model } from "../../model/model.js";
import { trialWords } from "../../model/preprocessing/trial-words.js";
import { networkLayers } from "../../model/summary.js";
import { graphLines } from "../../onnx/print.js";
import { modelAt } from "../inputs/models.js";
import { tryModel } from "../inputs/try-model.js";
import { type GridFlags, loadOptions, type ModelOptions } from "../options/model-options.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { printJson, printLines } from "../terminal/print.js";
import { type Inspection, inspectModel } from "./inspect-model.js";
import { inspectionLines } from "./inspection-lines.js";

export interface InspectFlags extends ModelOptions, GridFlags {
  readonly graph?: boolean;
  readonly json?: boolean;
}

/** @returns the exit code */
export async function inspect(job: Job, path: string | undefined, flags: InspectFlags): Promise<number> {
  const named = await tryModel(job, await modelAt(job, path, await loadOptions(flags)), []);
  if (flags.graph) printLines(graphLines(named.model.graph));
  else {
    const inspection = inspectModel(named.model, flags);
    if (job.format === "json") printJson(describeInspection(named.model, inspection));
    else printLines(inspectionLines(named, inspection));
  }
  return exitCodes.done;
}

/** Plain data for programs. */
function describeInspection({ graph, task, scores, ending, card, trial }: Model, inspection: Inspection) {
  const { layers, automatic, notes, parameters, preprocessing } = inspection;
  return {
    inputs: graph.inputs,
    outputs: graph.outputs,
    task: task.name,
    scores,
    ending,
    parameters,
    classes: card.classes,
    notes,
    preprocessing: preprocessing?.preprocessing,
    preprocessingOrigin: preprocessing?.origin,
    preprocessingOrigins: preprocessing?.origins,
    ...(trial ? { trial: { ...trial, says: trialWords({ trial, card }) } } : {}),
    provenance: card.provenance,
    layers,
    auto: automatic?.name,
    reason: automatic?.reason,
    network: networkLayers(graph),
  };
}
