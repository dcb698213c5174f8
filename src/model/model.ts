/** @file A classifier as the explainer sees it: one image input, class scores, and what is known about both. */

import { FoveaError, unknownName } from "../foundation/error.js";
import {
  copyGraph,
  dimsOf,
  type Graph,
  type GraphNode,
  producers,
  runInputs,
  staticDims,
  type Value,
  type ValueInfo,
} from "../onnx/graph.js";
import type { ReadExternal } from "../onnx/read/external-data.js";
import { refuseEndlessLoops } from "../onnx/read/limits.js";
import { readModel } from "../onnx/read/read.js";
import { freeBatch } from "../onnx/rewrite/free-batch.js";
import { float32From, type Precision, toFloat32 } from "../onnx/rewrite/precision.js";
import { sizeOf, type Tensor } from "../onnx/tensor.js";
import { inferTypes, settleSizes } from "../runtime/infer-types.js";
import type { Runtime } from "../runtime/session.js";
import { settleControlFlow } from "../runtime/settle.js";
import { type ModelCard, modelCard } from "./card.js";
import { checkSizes } from "./check-sizes.js";
import type { Sidecar } from "./sidecar.js";

export interface Model {
  /** With the types of all inner values. */
  readonly graph: Graph;
  /** Float32; images of the file's other floating types are given as such, too. */
  readonly input: ValueInfo;
  /** The file's output that holds the class scores. */
  readonly output: Value;
  /** The class scores before any final softmax or sigmoid. */
  readonly scores: Value;
  /** What the file applies to the scores in the end; `none` means that it hands out the scores themselves. */
  readonly ending: "softmax" | "log-softmax" | "sigmoid" | "none";
  /** The file gives one score with a sigmoid: it is that of class 1, and negated that of class 0. */
  readonly oneScore: boolean;
  /** How many classes, if the file tells. */
  readonly classCount: number | undefined;
  /** Classes, preprocessing and provenance; the classes are the best that are known, wherever they come from. */
  readonly card: ModelCard;
  /** Where the class names come from, for people; undefined where there are none. */
  readonly classesOrigin: string | undefined;
  /** Of scores with places, [N, classes, ...]: the names that are not one for each number, but of what a place has (see `withTarget`). */
  readonly placeClasses?: readonly string[] | undefined;
  /** What stands beside the file. */
  readonly beside: Sidecar | undefined;
  /** What the user says of it. */
  readonly given: Sidecar | undefined;
  /** Further inputs of the file, here constants. */
  readonly constants: Readonly<Record<Value, Tensor>>;
  /** What the file itself computes in; the graph computes in float32. */
  readonly precision: Precision;
  /**
   * Whether the file takes one image at a time. Its graph was then rewritten for any number where that seemed possible
   * (the input's first size is symbolic), which has to be verified before it is relied on.
   */
  readonly oneByOne: boolean;
  /** What its scores are, for people, where they are not the file's own class scores (see `withTarget`). */
  readonly target?: string;
  /** The values of the file's own scores and outputs that these are read from. */
  readonly readFrom?: readonly Value[];
}

export interface OpenModelOptions {
  /** What files beside the model say; the model's own metadata wins over it. Default nothing. */
  readonly beside?: Sidecar | undefined;
  /** What the user says, which wins over everything. Default nothing. */
  readonly given?: Sidecar | undefined;
  /** Reads the files that the model keeps weights in. Default: such a model is refused. */
  readonly external?: ReadExternal | undefined;
  /** Values of further inputs by name, which become constants of the model. Default none. */
  readonly inputs?: Readonly<Record<Value, Tensor>> | undefined;
  /** Name of the output that holds the class scores. Default: the first that is [N, classes], else the first. */
  readonly output?: Value | undefined;
}

/**
 * Reads a classifier.
 * @param source an ONNX file's bytes, or a graph
 * @param where how errors name the file
 * @throws FoveaError `bad-file`, `bad-graph` when it is no model that takes one float image tensor and returns scores
 */
export async function openModel(
  source: Uint8Array | Graph,
  runtime: Runtime,
  where = "model",
  { beside, given, external, inputs = {}, output: wanted }: OpenModelOptions = {},
): Promise<Model> {
  const file = toFloat32(source instanceof Uint8Array ? readModel(source, where, external) : source);
  const read = withInputs(file.graph, inputs, where);
  const card = modelCard(read);
  const [input, ...others] = runInputs(read);
  if (input === undefined || others.length > 0 || input.type !== "float32") {
    const got = [input, ...others].map((each) => (each ? `${each.type ?? "unknown"} "${each.name}"` : "nothing"));
    const hint = others.length > 0 ? ": give the others as arrays by name" : "";
    throw new FoveaError("bad-graph", `${where}: expected one float32 image input, got ${got.join(", ")}${hint}`);
  }
  const oneByOne = input.dims?.[0] === 1;
  refuseEndlessLoops(read, 1);
  const settled = await settleControlFlow(read, runtime);
  checkSizes(settled, where);
  const output = scoresOutput(settled, wanted, where);
  const whole = (oneByOne && (await freed(settled, input.name, output, runtime))) || settled;
  const graph = await settleSizes(whole, runtime);
  const { scores, ending } = beforeEnding(graph, output);
  const sizes = staticDims(dimsOf(graph, scores)?.slice(1));
  const count = sizes && sizes.length > 0 ? sizeOf(sizes) : undefined;
  const known = await classNames(card, { beside, given }, count);
  const { classes } = known;
  const oneScore = ending === "sigmoid" && count === 1;
  const classCount = oneScore ? 2 : (count ?? classes?.length);
  const ofPlaces = classes?.length !== classCount && sizeOf(sizes?.slice(1) ?? []) > 1;
  if (classes && classes.length !== classCount && !ofPlaces) {
    throw new FoveaError(
      "bad-file",
      `${where}: class names ${known.origin}: expected ${classCount}, got ${classes.length}`,
    );
  }
  const { classes: _, ...unnamed } = card;
  return {
    graph,
    input: graph.inputs.find(({ name }) => name === input.name) as ValueInfo,
    output,
    scores,
    ending,
    oneScore,
    classCount,
    card: classes && !ofPlaces ? { ...unnamed, classes } : unnamed,
    classesOrigin: known.origin,
    placeClasses: ofPlaces ? classes : undefined,
    beside,
    given,
    constants: inputs,
    precision: file.precision,
    oneByOne,
  };
}

/** The graph for any number of images, if the runtime agrees that the scores' number follows the images'. */
async function freed(graph: Graph, input: Value, output: Value, runtime: Runtime): Promise<Graph | undefined> {
  try {
    const result = await inferTypes(freeBatch(graph, input), runtime);
    return typeof dimsOf(result, output)?.[0] === "string" ? result : undefined;
  } catch (error) {
    if (error instanceof FoveaError) return undefined;
    throw error;
  }
}

/** @throws FoveaError `unknown-name`, or `bad-graph` where there is no output at all */
function scoresOutput({ outputs }: Graph, wanted: Value | undefined, where: string): Value {
  const names = outputs.map(({ name }) => name);
  if (wanted !== undefined && !names.includes(wanted)) throw unknownName("output", wanted, names, where);
  const isScores = ({ type, dims = [] }: ValueInfo) =>
    type === "float32" && dims.length >= 2 && dims[1] !== 1 && dims.slice(2).every((dim) => dim === 1);
  const chosen = wanted ?? (outputs.find(isScores) ?? outputs[0])?.name;
  if (chosen !== undefined) return chosen;
  throw new FoveaError("bad-graph", `${where}: expected an output with class scores, got none`);
}

/**
 * The graph with the given inputs as constants.
 * @throws FoveaError `unknown-name`, or `shape-mismatch` for a value that does not fit
 */
export function withInputs(graph: Graph, inputs: Readonly<Record<Value, Tensor>>, where: string): Graph {
  const names = Object.keys(inputs);
  if (names.length === 0) return graph;
  const result = copyGraph(graph);
  for (const name of names) {
    const tensor = float32From(inputs[name] as Tensor);
    const known = runInputs(graph);
    const input = known.find((each) => each.name === name);
    if (input === undefined)
      throw unknownName(
        "input",
        name,
        known.map((each) => each.name),
        where,
      );
    const fits =
      tensor.type === input.type &&
      (input.dims === undefined ||
        (input.dims.length === tensor.dims.length &&
          input.dims.every((dim, i) => typeof dim !== "number" || dim === tensor.dims[i])));
    if (!fits) {
      throw new FoveaError(
        "shape-mismatch",
        `${where}: input "${name}": expected ${input.type} [${input.dims?.join(", ") ?? "?"}], got ${tensor.type} [${tensor.dims.join(", ")}]`,
      );
    }
    result.initializers.set(name, tensor);
  }
  result.inputs = result.inputs.filter(({ name }) => !names.includes(name));
  return result;
}

/** The best class names there are; for 1000 or 1001 classes without names ImageNet's. */
async function classNames(
  card: ModelCard,
  { beside, given }: OpenModelOptions,
  count: number | undefined,
): Promise<{ classes?: readonly string[] | undefined; origin?: string }> {
  if (given?.classes) return { classes: given.classes, origin: given.origin };
  if (card.classes) return { classes: card.classes, origin: "stored with the model" };
  if (beside?.classes) return { classes: beside.classes, origin: beside.origin };
  if (count !== 1000 && count !== 1001) return {};
  const { imageNetClasses } = await import("./imagenet-classes.js");
  return count === 1000
    ? { classes: imageNetClasses, origin: "assumed: ImageNet's" }
    : { classes: ["background", ...imageNetClasses], origin: "assumed: background and ImageNet's" };
}

const endings: Readonly<Record<string, Model["ending"]>> = {
  Softmax: "softmax",
  LogSoftmax: "log-softmax",
  Sigmoid: "sigmoid",
};
const transparent = new Set([
  ...["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast"],
  ...["QuantizeLinear", "DequantizeLinear"],
]);

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
