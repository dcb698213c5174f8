/** @file Class probabilities of batches of images, without maps and gradients. */

import { FoveaError, shortened } from "../../foundation/error.js";
import { Lifetime } from "../../foundation/lifetime.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, dimsOf, type Graph, typeOf, type Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { floats, Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { SessionCache } from "../../runtime/session-cache.js";
import type { Model } from "../model.js";
import { Batches } from "./batches.js";
import { worthRepackingForOne } from "./repack.js";
import { own, ownTensors, type Tensors } from "./tensors.js";

/** Gives class probabilities of batches of images. */
export interface Classifier {
  readonly model: Model;
  /**
   * Class probabilities [N, classes].
   * @param images the model's input, float32 [N, C, H, W]
   * @throws FoveaError `bad-input` for NaN or infinite input, or no tensor, `shape-mismatch`, `closed`
   */
  classify(images: Tensor): Promise<Tensor>;
  /** Waits for running work; every use after it is an error of code `closed`. */
  close(): Promise<void>;
}

/** Class scores before any softmax, and probabilities, [N, classes] both. */
export interface Scores {
  readonly scores: Tensor;
  readonly probabilities: Tensor;
}

/** Gives scores and probabilities of batches of images. */
export interface Scorer {
  /** @throws FoveaError as `Classifier.classify` */
  score(images: Tensor): Promise<Scores>;
  /** Waits for running work; every use after it is an error of code `closed`. */
  close(): Promise<void>;
}

/** Makes a classifier of a model. Works for every model, differentiable or not; its session is opened when first needed. */
export function createClassifier(model: Model, { runtime }: { readonly runtime: Runtime }): Classifier {
  const { run, close } = rowsOfModel(model, runtime, ["probabilities"]);
  return { model, classify: async (images) => (await run(images)).probabilities, close };
}

/** As `createClassifier`, with the scores as well. */
export function createScorer(model: Model, { runtime }: { readonly runtime: Runtime }): Scorer {
  const { run, close } = rowsOfModel(model, runtime, ["scores", "probabilities"]);
  return { score: run, close };
}

/** Runs a model for some of its scores and probabilities. */
function rowsOfModel<Name extends keyof AppendedScores>(model: Model, runtime: Runtime, names: readonly Name[]) {
  const batches = new Batches(model);
  const lifetime = new Lifetime("classifier");
  const graph = scoresGraph(model, names);
  const sessions = new SessionCache<Graph>();
  return {
    run: (images: Tensor) =>
      lifetime.run(async () => {
        checkImages(model, images);
        const [rows] = await batches.run<Readonly<Record<Name, Tensor>>>(images, async (part) => {
          const session = await sessions.get(graph, () =>
            runtime.open(graph, { repack: part.dims[0] !== 1 || worthRepackingForOne(graph) }),
          );
          const feeds = { [model.input.name]: part };
          const results = await session.run(feeds);
          checkSum(results, feeds);
          return [ownTensors(results, names)];
        });
        if (rows === undefined) throw new FoveaError("bad-input", "images: expected at least one, got none");
        return rows;
      }),
    close: () => lifetime.close(() => sessions.close()),
  };
}

export interface AppendedScores {
  /** [N, classes], both. */
  readonly scores: Value;
  readonly probabilities: Value;
  /** The one of both that is highest for the class that the network predicts. */
  readonly ranking: Value;
}

/** Scores, and the probabilities that the network's own ending makes of them, at the temperature that its card says. */
export function appendScores(op: Builder, model: Model): AppendedScores {
  const output = asRows(op, model.scores);
  const scores = model.oneScore ? op.Concat(op.Neg(output), output, { axis: 1 }) : output;
  if (model.probabilities !== undefined) {
    const probabilities = ownProbabilities(op, model.probabilities, model);
    return { scores, probabilities, ranking: probabilities };
  }
  const { temperature } = model.card;
  const scaled = temperature === undefined ? scores : op.Div(scores, op.scalar(temperature));
  const probabilities = model.ending === "sigmoid" ? op.Sigmoid(scaled) : op.Softmax(scaled, { axis: 1 });
  const type = typeOf(op.graph, scores);
  if (type) op.graph.types.set(probabilities, type);
  return { scores, probabilities, ranking: scores };
}

/** The probabilities that the file itself gives, as [N, classes]. */
function ownProbabilities(op: Builder, value: Value, { oneScore }: Model): Value {
  const rows = asRows(op, value);
  return oneScore ? op.Concat(op.Sub(op.scalar(1), rows), rows, { axis: 1 }) : rows;
}

function asRows(op: Builder, value: Value): Value {
  return dimsOf(op.graph, value)?.length === 2 ? value : op.Flatten(value, { axis: 1 });
}

function scoresGraph(model: Model, names: readonly (keyof AppendedScores)[]): Graph {
  const op = new Builder(copyGraph(model.graph));
  const appended = appendScores(op, model);
  return prune(op.graph, [...names.map((name) => op.named(own(name), appended[name])), appendSum(op, model)]);
}

/** The number of images, if the model takes them; any number, also where it takes a fixed one at a time. */
export function checkImages(model: Model, images: Tensor): number {
  const expected = model.input.dims ?? [];
  if (!isTensor(images)) {
    const expectation = `a float32 tensor [${expected.join(", ")}]`;
    throw new FoveaError("bad-input", `images: expected ${expectation}, got ${shortened(images)}`);
  }
  const [count = 0] = images.dims;
  const fits =
    images.dims.length === expected.length &&
    expected.every((dim, i) => typeof dim !== "number" || dim === images.dims[i] || i === 0);
  if (fits && images.type === "float32") return count;
  throw new FoveaError(
    "shape-mismatch",
    `images: expected float32 [${expected.join(", ")}], got ${images.type} [${images.dims.join(", ")}]`,
  );
}

/** Also of another copy of this package. */
function isTensor(value: unknown): boolean {
  if (value instanceof Tensor) return true;
  return typeof value === "object" && value !== null && "type" in value && "dims" in value && "data" in value;
}

const sumName = own("sum");

/** The sum of each image's pixels, [N]: far faster than a look at every one from here, and not finite where any is not. */
export function appendSum(op: Builder, { input: { name, dims = [] } }: Model): Value {
  const axes = op.ints(dims.slice(1).map((_, i) => i + 1));
  const sum = op.named(sumName, op.ReduceSum(name, axes, { keepdims: 0 }));
  op.graph.types.set(sum, { type: "float32", dims: dims.slice(0, 1) });
  return sum;
}

/**
 * Looks at the sums among the results of a run, where there are some.
 * @throws FoveaError `bad-input` where the images hold NaN or infinity, which a network may well swallow
 */
export function checkSum(results: Tensors, feeds: Tensors): void {
  const sums = results[sumName];
  if (sums === undefined || floats(sums).every(Number.isFinite)) return;
  for (const tensor of Object.values(feeds)) if (tensor.type === "float32") checkFinite(tensor);
}

/** @throws FoveaError `bad-input` where the images hold NaN or infinity */
export function checkFinite(images: Tensor): void {
  const values = floats(images);
  const i = values.findIndex((value) => !Number.isFinite(value));
  if (i < 0) return;
  const got = `${values[i]} at element ${i} of ${values.length}`;
  throw new FoveaError("bad-input", `images: expected finite numbers, got ${got}`);
}
