/** @file A trainable network: a graph with parameters, the examples it takes, and how it becomes an ordinary network. */

import type { Examples } from "../data/dataset.js";
import { FoveaError } from "../foundation/error.js";
import type { Builder } from "../onnx/builder.js";
import type { Graph, Value } from "../onnx/graph.js";
import type { Tensor } from "../onnx/tensor.js";
import type { RunningStatistic } from "./network/layers.js";

/** A network in the form that is trained. */
export interface TrainableGraph {
  readonly graph: Graph;
  /** The float32 input. */
  readonly input: Value;
  /** [N, classes], or [N, 1] where one score stands for two classes; what the objective takes, where there is one. */
  readonly logits: Value;
  /** Initializers that are learned. */
  readonly parameters: readonly Value[];
  readonly statistics: readonly RunningStatistic[];
}

/** What a network learns, where that is not one class for each example. */
export interface Objective {
  /** Appends inputs for the targets (see `ReadTargets`), the mean loss of a batch, and how many of its examples are right. */
  readonly append: (op: Builder, raw: Value) => { readonly loss: Value; readonly correct: Value };
}

/** What the examples at the indices are to be taken for, by the names of the objective's inputs. */
export type ReadTargets = (indices: ArrayLike<number>) => Promise<Readonly<Record<string, Tensor>>>;

/** A network as the training loop takes it. */
export interface Trainable {
  /** How many classes the labels tell apart. */
  readonly classes: number;
  readonly head: Head;
  /** What is learned in the place of one class for each example; its loss takes the network's `logits`. Default: the cross-entropy. */
  readonly objective?: Objective;
  /** The type of one example; pixels arrive at `prepare` as 0..1. */
  readonly example: Pick<Examples, "type" | "dims">;
  /** Appends the nodes between an example and the network's input. */
  readonly prepare: (op: Builder, example: Value) => Value;
  readonly build: () => TrainableGraph;
  /** The network for inference, from its input to probabilities, with the learned tensors in place of its initializers. */
  readonly export: (learned: ReadonlyMap<Value, Tensor>) => Graph;
}

/** How scores become probabilities: `sigmoid` has one score for two classes, that of the second. */
export const heads = ["softmax", "sigmoid"] as const;
export type Head = (typeof heads)[number];

/**
 * How many scores a network of `classes` classes has.
 * @throws FoveaError `bad-input` for a sigmoid with other than two classes
 */
export function scoreCount(head: Head, classes: number): number {
  if (head === "sigmoid" && classes !== 2) {
    throw new FoveaError("bad-input", `head sigmoid: expected 2 classes, got ${classes}: take softmax`);
  }
  return head === "sigmoid" ? 1 : classes;
}

/** Appends the network's ending as the output `probabilities`. */
export function appendEnding(op: Builder, logits: Value, head: Head, classes: number): void {
  const ending = head === "sigmoid" ? "Sigmoid" : "Softmax";
  const output = op.layer(op.fresh("probabilities"), ending, [logits], head === "sigmoid" ? {} : { axis: 1 });
  op.graph.outputs.push({ name: output, type: "float32", dims: ["N", scoreCount(head, classes)] });
}
