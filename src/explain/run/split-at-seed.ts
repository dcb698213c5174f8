/** @file Cuts a graph with its gradient in two: what is the same for every score that is explained, and the way back from one. */

import { type Graph, readsOf, runInputs, type Value } from "../../onnx/graph.js";
import { descendants, prune } from "../../onnx/prune.js";
import { inferTypes } from "../../runtime/infer-types.js";
import type { Runtime } from "../../runtime/session.js";

export interface SplitGraph {
  /** From the image to what the way back reads. */
  readonly forward: Graph;
  /** From there and the seed to the outputs. */
  readonly back: Graph;
}

export interface SplitOptions {
  readonly outputs: readonly Value[];
  /** The input that differs from score to score: the class, or a gradient. */
  readonly seed: Value;
  /** Further outputs of the forward part. Default none. */
  readonly also?: readonly Value[];
}

/** Derivatives that do not depend on the seed, such as those of activations, belong to the forward part. */
export async function splitAtSeed(
  graph: Graph,
  { outputs, seed, also = [] }: SplitOptions,
  runtime: Runtime,
): Promise<SplitGraph> {
  const whole = await inferTypes(prune(graph, [...outputs, ...also]), runtime);
  const afterSeed = descendants(whole, [seed]);
  const images = runInputs(whole).flatMap(({ name }) => (name === seed ? [] : [name]));
  const ofImage = descendants(whole, images);
  const reads = whole.nodes
    .filter(({ outputs: [first = ""] }) => afterSeed.has(first))
    .flatMap(readsOf)
    .filter((value) => ofImage.has(value) && !afterSeed.has(value));
  const passed = [...new Set(reads)];
  const made = passed.filter((value) => !images.includes(value));
  return { forward: prune(whole, [...new Set([...made, ...also])]), back: prune(whole, outputs, passed) };
}
