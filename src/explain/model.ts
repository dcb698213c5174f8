/** @file A classifier as the explainer sees it: one image input, class scores, and what is known about both. */

import { FoveaError } from "../error.js";
import {
  dimsOf,
  type Graph,
  type GraphNode,
  type ModelCard,
  modelCard,
  producers,
  readModel,
  runInputs,
  type Value,
  type ValueInfo,
} from "../onnx/index.js";
import { inferTypes, type Runtime } from "../runtime/index.js";

export interface Model {
  /** With the types of all inner values. */
  readonly graph: Graph;
  readonly input: ValueInfo;
  /** The class scores before any final softmax or sigmoid. */
  readonly scores: Value;
  /** What the file applies to the scores in the end; `none` means that it hands out the scores themselves. */
  readonly ending: "softmax" | "log-softmax" | "sigmoid" | "none";
  /** How many classes, if the file tells. */
  readonly classCount: number | undefined;
  readonly card: ModelCard;
}

/**
 * Reads a classifier.
 * @param source an ONNX file's bytes, or a graph
 * @param where how errors name the file
 * @throws FoveaError `bad-file`, `bad-graph` when it is no model that takes one float image tensor and returns scores
 */
export async function openModel(source: Uint8Array | Graph, runtime: Runtime, where = "model"): Promise<Model> {
  const read = source instanceof Uint8Array ? readModel(source, where) : source;
  const card = modelCard(read);
  const [input, ...others] = runInputs(read);
  if (input === undefined || others.length > 0 || input.type !== "float32") {
    const got = [input, ...others].map((each) => `${each?.type ?? "nothing"}`).join(", ");
    throw new FoveaError("bad-graph", `${where}: expected one float32 image input, got ${got}`);
  }
  const graph = await inferTypes(read, runtime);
  const output = graph.outputs[0];
  if (output === undefined)
    throw new FoveaError("bad-graph", `${where}: expected an output with class scores, got none`);
  const { scores, ending } = beforeEnding(graph, output.name);
  const count = dimsOf(graph, scores)?.[1];
  const classCount = typeof count === "number" ? count : card.classes?.length;
  if (card.classes && classCount !== undefined && card.classes.length !== classCount) {
    throw new FoveaError("bad-file", `${where}: expected ${classCount} class names, got ${card.classes.length}`);
  }
  return { graph, input, scores, ending, classCount, card };
}

const endings: Readonly<Record<string, Model["ending"]>> = {
  Softmax: "softmax",
  LogSoftmax: "log-softmax",
  Sigmoid: "sigmoid",
};
const transparent = new Set(["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast"]);

/** Walks back from an output over operators that only reshape, to the input of a final softmax or sigmoid. */
function beforeEnding(graph: Graph, output: Value): Pick<Model, "scores" | "ending"> {
  const made = producers(graph);
  let node: GraphNode | undefined = made.get(output);
  while (node && transparent.has(node.op)) node = made.get(node.inputs[0] as Value);
  const ending = node && endings[node.op];
  return ending ? { scores: node?.inputs[0] as Value, ending } : { scores: output, ending: "none" };
}

/** The name of a class, or its number where the model has no names. */
export function className(model: Model, index: number): string {
  return model.card.classes?.[index] ?? String(index);
}
