/** @file The last stages of a backbone, trained together with the new layer on its features. */

import { present } from "../../foundation/present.js";
import { appendNormalized } from "../../image/input/preprocess.js";
import type { Preprocessing } from "../../image/input/preprocessing.js";
import type { Graph, GraphNode, Value } from "../../onnx/graph.js";
import { descendants } from "../../onnx/prune.js";
import { withWeights } from "../network/layers.js";
import type { Head, Trainable } from "../trainable.js";
import type { Backbone } from "./backbone.js";
import { appendHead, attachHead, type LinearHead } from "./head.js";

export interface UnfreezeOptions {
  readonly classes: number;
  readonly head: Head;
  /** How the network takes its pixels; they come in its size. */
  readonly preprocessing: Preprocessing;
  /** Everything behind this value is trained. Default: everything. */
  readonly behind?: Value | undefined;
}

/**
 * A backbone whose last stages are trained on pixels together with the new layer. Its normalisation layers keep their running
 * statistics.
 */
export function unfreezeStages(backbone: Backbone, layer: LinearHead, options: UnfreezeOptions): Trainable {
  const { classes, head, preprocessing, behind } = options;
  const { channels, height, width } = preprocessing;
  return {
    classes,
    head,
    example: { type: "uint8", dims: [channels, height, width] },
    prepare: (op, pixels) => appendNormalized(op, op.Mul(pixels, op.scalar(255)), preprocessing),
    build() {
      const { graph, logits, names } = appendHead(backbone, layer);
      const parameters = [...weightsBehind(graph, behind ?? backbone.input), ...names];
      return { graph, input: backbone.input, logits, parameters: [...new Set(parameters)], statistics: [] };
    },
    export: (learned) => withWeights(attachHead(backbone, layer, head, classes), learned),
  };
}

/** The places of an operator's learned inputs; running statistics are not learned. */
const learnedInputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [1],
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  GroupNormalization: [1, 2],
  PRelu: [1],
};

/** Float weights of the layers behind a value, in the order of the nodes; a bias that is added to a product is one. */
function weightsBehind(graph: Graph, behind: Value): Value[] {
  const dependent = descendants(graph, [behind]);
  const products = new Set(graph.nodes.flatMap(({ op, outputs }) => (op === "MatMul" ? outputs : [])));
  const learnedBy = ({ op, inputs }: GraphNode) => {
    if (op === "Add" && inputs.some((input) => products.has(input))) return inputs;
    return (learnedInputs[op] ?? []).map((i) => inputs[i] ?? "");
  };
  return graph.nodes
    .filter(({ inputs }) => inputs.some((input) => dependent.has(input)))
    .flatMap(learnedBy)
    .filter((name) => graph.initializers.get(name)?.type === "float32");
}

/** Counts the numbers of a backbone that would be trained behind a value; behind its input where there is none. */
export function countLearnable({ graph, input }: Backbone, behind: Value = input): number {
  const names = new Set(weightsBehind(graph, behind));
  return [...names].reduce((sum, name) => sum + present(graph.initializers.get(name), name).size, 0);
}
