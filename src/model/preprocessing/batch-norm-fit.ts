/** @file How well photos fit the statistics that a network's batch normalization has kept of its training images. */

import { Builder } from "../../onnx/builder.js";
import {
  copyGraph,
  dimsOf,
  float as floatAttribute,
  type Graph,
  type GraphNode,
  type Value,
} from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { floats, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import type { Model } from "../model.js";
import { Batches } from "../run/batches.js";
import { own, ownTensors } from "../run/tensors.js";

/** Mean and variance of each channel, as the network has kept them. */
interface KeptStatistics {
  readonly value: Value;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly epsilon: number;
}

/** Measures the misfit of batches to one network. */
export interface StatisticsFit {
  /**
   * The mean over channels of the Kullback-Leibler divergence, in nats, from the normal distribution of the activations of these images
   * to that of the training images; 0 where they have the same means and variances.
   * @param inputs the model's input, in one batch or several
   */
  misfit(inputs: Iterable<Tensor>): Promise<number>;
  close(): Promise<void>;
}

/** Opens the network up to its first batch normalization; undefined where it has none, or it was merged into a convolution. */
export async function openStatisticsFit(model: Model, runtime: Runtime): Promise<StatisticsFit | undefined> {
  const kept = keptStatistics(model);
  if (kept === undefined) return undefined;
  const graph = momentsGraph(model, kept.value);
  const session = await runtime.open(graph);
  const batches = new Batches(model);
  return {
    async misfit(inputs) {
      const [means, squares]: [number[], number[]] = [[], []];
      for (const input of inputs) {
        const run = async (part: Tensor) => [
          ownTensors(await session.run({ [model.input.name]: part }), ["mean", "square"]),
        ];
        const [moments] = await batches.run<Record<"mean" | "square", Tensor>>(input, run);
        means.push(...(moments ? floats(moments.mean) : []));
        squares.push(...(moments ? floats(moments.square) : []));
      }
      return divergence(kept, means, squares);
    },
    close: () => session.close(),
  };
}

function keptStatistics({ graph, input }: Model): KeptStatistics | undefined {
  const constant = (node: GraphNode, i: number) => graph.initializers.get(node.inputs[i] ?? "");
  for (const node of graph.nodes) {
    const [value = ""] = node.inputs;
    const [mean, variance] = node.op === "BatchNormalization" ? [constant(node, 3), constant(node, 4)] : [];
    const rank = dimsOf(graph, value)?.length ?? 0;
    if (mean?.type !== "float32" || variance?.type !== "float32" || rank < 2) continue;
    // Of a graph's several parts only those that see the picture say anything of it.
    const seesPicture = value === input.name || prune(graph, [value]).inputs.some(({ name }) => name === input.name);
    if (!seesPicture) continue;
    return { value, mean: floats(mean), variance: floats(variance), epsilon: floatAttribute(node, "epsilon", 1e-5) };
  }
  return undefined;
}

/** Mean and mean square of every channel of each image, [N, C]. */
function momentsGraph(model: Model, value: Value): Graph {
  const op = new Builder(copyGraph(model.graph));
  const places = (dimsOf(model.graph, value)?.length ?? 0) - 2;
  const axes = Array.from({ length: places }, (_, i) => i + 2);
  const average = (of: Value) => (places === 0 ? of : op.ReduceMean(of, op.ints(axes), { keepdims: 0 }));
  const mean = op.named(own("mean"), average(value));
  return prune(op.graph, [mean, op.named(own("square"), average(op.Mul(value, value)))]);
}

function divergence(kept: KeptStatistics, means: readonly number[], squares: readonly number[]): number {
  const channels = kept.mean.length;
  const count = means.length / channels;
  let total = 0;
  for (let c = 0; c < channels; c++) {
    let [mean, square] = [0, 0];
    for (let i = c; i < means.length; i += channels) {
      mean += (means[i] ?? 0) / count;
      square += (squares[i] ?? 0) / count;
    }
    const spread = (kept.variance[c] ?? 0) + kept.epsilon;
    const ratio = (Math.max(0, square - mean * mean) + kept.epsilon) / spread;
    total += 0.5 * (ratio + (mean - (kept.mean[c] ?? 0)) ** 2 / spread - 1 - Math.log(ratio));
  }
  return Number.isFinite(total) ? total / channels : Number.POSITIVE_INFINITY;
}
