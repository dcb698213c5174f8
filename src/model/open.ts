/** @file Opens a model: a list of passes that bring any file into the one form that explainers know. */

import type { Graph } from "../onnx/graph.js";
import { refuseFatalAttributes } from "../onnx/read/fatal-attributes.js";
import { refuseVastGraphs } from "../onnx/read/limits.js";
import { readModel } from "../onnx/read/read.js";
import type { Runtime } from "../runtime/session.js";
import type { Model } from "./model.js";
import { freeBatch, settleSizes } from "./passes/batch.js";
import { boundWork, inferTypes } from "./passes/bounds.js";
import { readCard } from "./passes/card.js";
import { foldConstants, refuseLongLoops, refuseVastValues, settleControlFlow } from "./passes/control-flow.js";
import { cutTexts, findOutput } from "./passes/find-output.js";
import { findScores } from "./passes/find-scores.js";
import { findTask } from "./passes/find-task.js";
import { freeFixedBatch } from "./passes/fixed-batch.js";
import { setInputSize } from "./passes/input-size.js";
import { findImageInput, giveInputs, pinTexts } from "./passes/inputs.js";
import { expandOptimised } from "./passes/optimised.js";
import { type Draft, hasFields, type OpenModelOptions, type Pass } from "./passes/pass.js";
import { convertToFloat32 } from "./passes/precision.js";
import { countClasses, nameClasses } from "./passes/scores.js";
import { noteRandomness, readAsInference } from "./passes/training-mode.js";

/** All passes, in order. */
export const passes: readonly Pass[] = [
  convertToFloat32,
  pinTexts,
  giveInputs,
  readCard,
  cutTexts,
  findImageInput,
  setInputSize,
  refuseLongLoops,
  expandOptimised,
  inferTypes,
  boundWork,
  settleControlFlow,
  foldConstants,
  readAsInference,
  refuseVastValues,
  findOutput,
  noteRandomness,
  findScores,
  freeFixedBatch,
  settleSizes,
  freeBatch,
  findTask,
  countClasses,
  nameClasses,
];

/**
 * Opens a classifier of any kind on any runtime; `loadModel` also finds its files.
 * @param source an ONNX file's bytes, or a graph
 * @param where how errors name the file
 * @throws FoveaError `bad-file`, `bad-graph` when it is no model that takes one float image tensor and returns scores
 */
export async function openModel(
  source: Uint8Array | Graph,
  runtime: Runtime,
  where = "model",
  options: OpenModelOptions = {},
): Promise<Model> {
  const { beside, given, external } = options;
  const graph = source instanceof Uint8Array ? readModel(source, where, external) : checked(source, where);
  let draft: Draft = { graph, beside, given, notes: [] };
  for (const pass of passes) draft = await pass.apply(draft, { where, runtime, options });
  if (isModel(draft)) return draft;
  throw new Error("internal: no pass fills in some field of the model");
}

/** A graph of another file format, within the limits of those that are read. */
function checked(graph: Graph, where: string): Graph {
  refuseVastGraphs(graph, where);
  refuseFatalAttributes(graph, where);
  return graph;
}

function isModel(draft: Draft): draft is Model {
  return hasFields(draft, ["beside", "given", "notes", ...passes.flatMap(({ gives }) => gives)]);
}

/** The passes as a table in Markdown: task, fields of the model that it reads, fields that it fills in. */
export function passTable(): string {
  const list = (fields: readonly string[]) => fields.map((field) => `\`${field}\``).join(", ");
  const rows = passes.map(({ name, does, needs, gives }) => `| ${name} | ${does} | ${list(needs)} | ${list(gives)} |`);
  return ["| pass | does | reads | fills in |", "|---|---|---|---|", ...rows, ""].join("\n");
}
