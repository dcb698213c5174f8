/** @file Proofs that a model is explained rightly: its scores are the file's, always, and its gradient is the finite difference's. */

import { checkGradients } from "../../autodiff/check-gradients.js";
import { checkOptions } from "../../foundation/check.js";
import { random } from "../../foundation/random.js";
import type { ChosenLayer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { tensorNamed } from "../../model/run/tensors.js";
import { type Graph, readsOf, runInputs, type Value } from "../../onnx/graph.js";
import { ancestors, descendants, prune } from "../../onnx/prune.js";
import { refuseEndlessLoops } from "../../onnx/read/limits.js";
import type { Precision } from "../../onnx/rewrite/precision.js";
import { float32, floats, numbers, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { SessionCache } from "../../runtime/session-cache.js";
import { createExplainer } from "../explainer.js";
import type { Explainer, ExplainerOptions } from "../options.js";
import { isStraightThrough } from "../run/gradients.js";
import { checkStability, type StabilityProof, stabilityNotes } from "./check-stability.js";
import { statedProbabilities } from "./file-values.js";
import { noiseImages } from "./noise.js";
import { type Proof, proof, relativeDifference } from "./proof.js";
import { openUntouched, type UntouchedSource } from "./untouched.js";

export interface CheckModelOptions extends Omit<ExplainerOptions, "include"> {
  readonly source: UntouchedSource;
  /** The model's input to check at. Default: two pictures of seeded noise, or one where the batch is fixed. */
  readonly input?: Tensor;
  /** Seed of the noise and of the directions. Default 1. */
  readonly seed?: number;
}

/** The gradient against finite differences: along itself, where all errors show, and along random signs. */
export interface GradientProof {
  readonly uphill: Proof;
  readonly anywhere: Proof;
  readonly passed: boolean;
}

/** Whether a model's scores and gradients are right, with the evidence. */
export interface ModelCheck {
  readonly layer: ChosenLayer;
  /** Compares the scores of the explanation graph with those of the untouched file, run without optimisations. */
  readonly scores: Proof;
  /** Whether the file gives an image the same scores again, and beside other images. */
  readonly stability: StabilityProof;
  /** Undefined for the straight-through gradient of a quantised model, which is not the derivative. */
  readonly gradient: GradientProof | undefined;
  /** Sentences that a reader should know about how maps are computed. */
  readonly notes: readonly string[];
  /** The operators between the layer and the scores with how often they occur, the most frequent first. */
  readonly operators: readonly (readonly [operator: string, count: number])[];
  readonly passed: boolean;
  readonly seed: number;
}

/**
 * Largest difference of two runs of one network by differently optimised sessions, relative to the largest output, by the
 * file's precision. In half precision the file's own output is that far from the exact one: results are rounded to 11
 * (float16) or 8 (bfloat16) significant bits several times on the way.
 */
const scoresTolerances: Readonly<Record<Precision, number>> = {
  float64: 1e-4,
  float32: 1e-4,
  float16: 1e-2,
  bfloat16: 5e-2,
};
/** Sums that fall on the edge between two whole numbers round to either, in each layer of a quantised model. */
const quantizedTolerance = 2e-2;
/**
 * float32 and the kinks of a deep network leave this much error in a finite difference. Uphill, the changes of all elements add up and
 * those of kinks do not; along random signs both mostly cancel, which hides small errors, but nothing that is left out.
 */
const gradientTolerances = { uphill: 5e-3, anywhere: 0.1 } as const;
/** Steps relative to the activation's size. */
const steps = [1e-3, 1e-4, 1e-2];
/** How far from the activation the gradient is taken, relative to its size: at its zeros maxima are tied, and kinks met. */
const jitter = 0.1;

/**
 * Compares a model's scores with the untouched file, the file's with its own in other runs, and the gradient at one layer
 * with finite differences. The file runs without the runtime's optimisations, which takes some times as long as with them.
 * @throws FoveaError as `createExplainer` does, and `unsupported-operator` for an operator without a rule on the path
 */
export async function checkModel(model: Model, options: CheckModelOptions): Promise<ModelCheck> {
  checkOptions("checkModel", options);
  const { source, runtime, seed = 1, input = noiseImages(model, { seed }), ...explaining } = options;
  // Of its explanations only the scores are looked at.
  const explainer = await createExplainer(uncalibrated(model), { ...explaining, samples: 1, runtime });
  refuseEndlessLoops(model.graph, Number.POSITIVE_INFINITY);
  try {
    const { scores, stability, notes } = await compareWithFile(model, explainer, source, runtime, input);
    const straightThrough = isStraightThrough(model, explainer.layer.name);
    const gradient = straightThrough ? undefined : await compareGradients(model, explainer, runtime, input, seed);
    const passed = scores.passed && stability.passed && gradient?.passed !== false;
    return {
      layer: explainer.layer,
      scores,
      stability,
      gradient,
      notes: [...explainer.notes, ...notes],
      operators: operatorsBehind(model, explainer.layer.name),
      passed,
      seed,
    };
  } finally {
    await explainer.close();
  }
}

/** The file's own probabilities are those without the temperature that its metadata says. */
function uncalibrated(model: Model): Model {
  const { temperature: _, ...card } = model.card;
  return { ...model, card };
}

/** The proofs that need the file itself, which runs without the runtime's optimisations. */
async function compareWithFile(
  model: Model,
  explainer: Explainer,
  source: UntouchedSource,
  runtime: Runtime,
  input: Tensor,
): Promise<Pick<ModelCheck, "scores" | "stability" | "notes">> {
  const file = await openUntouched(model, source, runtime, input);
  try {
    const scores = await compareScores(model, explainer, input, await statedProbabilities(model, file.first, runtime));
    const stability = await checkStability(model, file, input, scores.tolerance);
    return { scores, stability, notes: [...file.notes, ...stabilityNotes(stability)] };
  } finally {
    await file.close();
  }
}

/** @param expected what the file's own output stands for */
async function compareScores(model: Model, explainer: Explainer, input: Tensor, expected: Tensor): Promise<Proof> {
  const { scores, probabilities } = await explainer.explain(input);
  const explained = { softmax: probabilities, sigmoid: probabilities, "log-softmax": probabilities, none: scores };
  const isLog = model.ending === "log-softmax" && model.probabilities === undefined;
  const all = numbers(explained[model.ending]).map(isLog ? Math.log : (value) => value);
  const actual = model.oneScore ? all.filter((_, i) => i % 2 === 1) : all;
  return proof(relativeDifference(actual, numbers(expected)), scoresTolerance(model));
}

function scoresTolerance({ graph, precision }: Model): number {
  const rounded = graph.nodes.some(({ op }) => op === "QuantizeLinear" || op === "DynamicQuantizeLinear");
  return Math.max(scoresTolerances[precision], rounded ? quantizedTolerance : 0);
}

/** The tail alone, from the layer (and the values that pass around it) to the scores, node by node and without optimisation. */
async function compareGradients(
  model: Model,
  { graphs, layer }: Explainer,
  runtime: Runtime,
  input: Tensor,
  seed: number,
): Promise<GradientProof> {
  const sessions = new SessionCache<Graph>();
  const run = async (graph: Graph, feeds: Readonly<Record<Value, Tensor>>) => {
    const session = await sessions.get(graph, () => runtime.open(graph, { optimize: false }));
    return session.run(feeds);
  };
  try {
    const passed = graphs.front.nodes.length > 0 ? await run(graphs.front, { [model.input.name]: input }) : {};
    const tail = prune(model.graph, [model.scores], graphs.cut);
    const feeds = Object.fromEntries(runInputs(tail).map(({ name }) => [name, passed[name] ?? input]));
    const activation = tensorNamed(feeds, layer.name);
    const unit = rootMeanSquare(floats(activation)) || 1;
    const noise = random(seed).fork("jitter");
    const jittered = floats(activation).map((value) => value + jitter * unit * noise.normal());
    const at = { ...feeds, [layer.name]: float32(activation.dims, jittered) };
    const checked = { of: model.scores, wrt: [layer.name], run, seed, unit, step: steps, feeds: at };
    const towards = async (direction: keyof typeof gradientTolerances) => {
      const { error } = await checkGradients(tail, { ...checked, towards: direction });
      return proof(error, gradientTolerances[direction]);
    };
    const [uphill, anywhere] = [await towards("uphill"), await towards("anywhere")];
    return { uphill, anywhere, passed: uphill.passed && anywhere.passed };
  } finally {
    await sessions.close();
  }
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

function operatorsBehind({ graph, scores }: Model, layer: Value): [string, number][] {
  const [after, before] = [descendants(graph, [layer]), ancestors(graph, [scores])];
  const counts = new Map<string, number>();
  for (const node of graph.nodes) {
    if (!readsOf(node).some((value) => after.has(value)) || !node.outputs.some((value) => before.has(value))) continue;
    counts.set(node.op, (counts.get(node.op) ?? 0) + 1);
  }
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}
