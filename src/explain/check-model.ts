/** @file Two proofs that a model is explained rightly: its scores are the file's, and its gradient is the finite difference's. */

import { checkGradients } from "../autodiff/index.js";
import {
  ancestors,
  descendants,
  float32,
  floats,
  type Graph,
  numbers,
  prune,
  readsOf,
  runInputs,
  sizeOf,
  type Tensor,
  type Value,
} from "../onnx/index.js";
import { random } from "../random.js";
import type { Runtime, Session } from "../runtime/index.js";
import { createExplainer, type Explainer, type ExplainerOptions } from "./explainer.js";
import type { ChosenLayer } from "./layers.js";
import type { Model } from "./model.js";
import { imageDims, preprocessingOf } from "./preprocessing.js";

export interface CheckModelOptions extends Omit<ExplainerOptions, "include"> {
  /** The untouched file, or what else the runtime opens. */
  readonly source: Uint8Array | Graph;
  /** The model's input to check at. Default: two pictures of seeded noise, or one where the batch is fixed. */
  readonly input?: Tensor;
  /** Seed of the noise and of the directions. Default 1. */
  readonly seed?: number;
}

export interface Proof {
  /** Relative to the size of what is compared. */
  readonly error: number;
  readonly tolerance: number;
  readonly passed: boolean;
}

export interface ModelCheck {
  readonly layer: ChosenLayer;
  /** What the explanation graph makes of the input, against what the untouched file makes of it. */
  readonly scores: Proof;
  /**
   * The gradient at the layer, against finite differences uphill and along random signs, whichever is nearer to its tolerance.
   */
  readonly gradient: Proof;
  /** The operators between the layer and the scores with how often they occur, the most frequent first. */
  readonly operators: readonly (readonly [operator: string, count: number])[];
  readonly passed: boolean;
  readonly seed: number;
}

/** Largest difference of two runs of one network by differently optimised sessions, relative to the largest output. */
const scoresTolerance = 1e-4;
/**
 * What float32 and the kinks of a deep network leave of a finite difference. Uphill, the changes of all elements add up and
 * those of kinks do not; along random signs both mostly cancel, which hides small errors, but nothing that is left out.
 */
const gradientTolerances = [
  { towards: "uphill", tolerance: 5e-3 },
  { towards: "anywhere", tolerance: 0.1 },
] as const;
/** Steps relative to the activation's size. */
const steps = [1e-3, 1e-4, 1e-2];
/** How far from the activation the gradient is taken, relative to its size: at its zeros maxima are tied, and kinks met. */
const jitter = 0.1;

/**
 * Checks a model at one layer.
 * @throws FoveaError as `createExplainer` does, and `unsupported-operator` for an operator without a rule on the path
 */
export async function checkModel(model: Model, options: CheckModelOptions): Promise<ModelCheck> {
  const { source, runtime, seed = 1, input = noise(model, seed), ...explaining } = options;
  const explainer = await createExplainer(model, { ...explaining, runtime });
  try {
    const scores = await compareScores(model, explainer, source, runtime, input);
    const gradient = await compareGradients(model, explainer, runtime, input, seed);
    const passed = scores.passed && gradient.passed;
    return {
      layer: explainer.layer,
      scores,
      gradient,
      operators: operatorsBehind(model, explainer.layer.name),
      passed,
      seed,
    };
  } finally {
    await explainer.close();
  }
}

async function compareScores(
  model: Model,
  explainer: Explainer,
  source: Uint8Array | Graph,
  runtime: Runtime,
  input: Tensor,
): Promise<Proof> {
  const session = await runtime.open(source);
  const outputs = await session.run({ ...model.constants, [model.input.name]: input });
  await session.close();
  const expected = numbers(outputs[model.graph.outputs[0]?.name as Value] as Tensor);
  const { scores, probabilities } = await explainer.explain(input);
  const own = { softmax: probabilities, sigmoid: probabilities, "log-softmax": probabilities, none: scores };
  const found = numbers(own[model.ending]).map(model.ending === "log-softmax" ? Math.log : (value) => value);
  return proof(relativeDifference(found, expected), scoresTolerance);
}

function relativeDifference(found: readonly number[], expected: readonly number[]): number {
  if (found.length !== expected.length) return Number.NaN;
  let [largest, worst] = [Number.MIN_VALUE, 0];
  expected.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    const difference = Math.abs(value - (found[i] as number));
    if (!(difference <= worst)) worst = difference;
  });
  return worst / largest;
}

/** The tail alone, from the layer (and what passes around it) to the scores, node by node and without optimisation. */
async function compareGradients(
  model: Model,
  { graphs, layer }: Explainer,
  runtime: Runtime,
  input: Tensor,
  seed: number,
): Promise<Proof> {
  const sessions = new Map<Graph, Session>();
  const run = async (graph: Graph, feeds: Readonly<Record<Value, Tensor>>) => {
    const session = sessions.get(graph) ?? (await runtime.open(graph, { optimize: false }));
    sessions.set(graph, session);
    return session.run(feeds);
  };
  try {
    const passed = graphs.front.nodes.length > 0 ? await run(graphs.front, { [model.input.name]: input }) : {};
    const tail = prune(model.graph, [model.scores], [...new Set([layer.name, ...Object.keys(passed)])]);
    const feeds = Object.fromEntries(runInputs(tail).map(({ name }) => [name, passed[name] ?? input]));
    const activation = feeds[layer.name] as Tensor;
    const unit = rootMeanSquare(floats(activation)) || 1;
    const noise = random(seed).fork("jitter");
    const moved = floats(activation).map((value) => value + jitter * unit * noise.normal());
    const checked = { of: model.scores, wrt: [layer.name], run, seed, unit, step: steps };
    const proofs: Proof[] = [];
    for (const kind of gradientTolerances) {
      const at = { ...feeds, [layer.name]: float32(activation.dims, moved) };
      proofs.push(proof((await checkGradients(tail, { ...checked, ...kind, feeds: at })).error, kind.tolerance));
    }
    return proofs.reduce((a, b) => (b.error / b.tolerance <= a.error / a.tolerance ? a : b));
  } finally {
    for (const session of sessions.values()) await session.close();
  }
}

function proof(error: number, tolerance: number): Proof {
  return { error, tolerance, passed: error <= tolerance };
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

/** Noise over all pixel values, normalised as pictures are; standard normal where the input is no picture. */
function noise(model: Model, seed: number): Tensor {
  const source = random(seed).fork("noise");
  const dims = model.input.dims ?? [];
  const batch = typeof dims[0] === "number" ? dims[0] : 2;
  if (imageDims(dims) === undefined) {
    const sizes = [batch, ...dims.slice(1).map((dim) => (typeof dim === "number" ? dim : 32))];
    return float32(
      sizes,
      Float32Array.from({ length: sizeOf(sizes) }, () => source.normal()),
    );
  }
  const { channels, width, height, scale, mean, std, layout } = preprocessingOf(model).preprocessing;
  const last = layout === "nhwc";
  const sizes = last ? [batch, height, width, channels] : [batch, channels, height, width];
  const values = Float32Array.from({ length: sizeOf(sizes) }, (_, i) => {
    const c = last ? i % channels : Math.floor(i / (height * width)) % channels;
    return (255 * source.uniform() * scale - (mean[c] as number)) / (std[c] as number);
  });
  return float32(sizes, values);
}
