/** @file Finds the linear layers of a network, with the bias and the batch normalisation that follow them. */

import type { Builder } from "../../onnx/builder.js";
import { dimsOf, type GraphNode, int as intAttribute, type Value } from "../../onnx/graph.js";
import { type LinearParameters, mergedNormalisation } from "../../onnx/rewrite/fold/merged-normalisation.js";
import type { Facts } from "./facts.js";

/** A layer z = W x + b whose weights do not depend on the image. */
export interface LinearLayer {
  readonly kind: "convolution" | "dense";
  /** Which of the node's inputs is x, and which W. */
  readonly x: number;
  readonly weight: number;
  /** The bias, of the node or of an addition behind it. */
  readonly bias: Value | undefined;
  /** A batch normalisation with stored statistics that alone reads the layer. */
  readonly normalised: GraphNode | undefined;
  /** z, behind what was merged. */
  readonly output: Value;
  /** No linear layer lies between it and the image. */
  readonly isFirst: boolean;
  /** Only a rectifier reads z: no relevance arrives where z is negative. */
  readonly isRectified: boolean;
}

export interface LinearLayers {
  /** By the first output of the layer's own node. */
  readonly byOutput: ReadonlyMap<Value, LinearLayer>;
  /** Outputs of additions and normalisations that belong to the layer before them. */
  readonly merged: ReadonlySet<Value>;
}

const kinds: Readonly<Record<string, LinearLayer["kind"]>> = {
  Conv: "convolution",
  ConvTranspose: "convolution",
  Gemm: "dense",
  MatMul: "dense",
};

export function findLinearLayers(facts: Facts): LinearLayers {
  const byOutput = new Map<Value, LinearLayer>();
  const merged = new Set<Value>();
  const behindLayer = new Set<Value>();
  for (const node of facts.graph.nodes) {
    const [own = ""] = node.outputs;
    const isFirst = !node.inputs.some((input) => behindLayer.has(input));
    const layer = layerOf(facts, node, isFirst);
    if (layer !== undefined) byOutput.set(own, layer);
    if (layer !== undefined && layer.output !== own) merged.add(layer.output);
    if (layer !== undefined || !isFirst) for (const output of node.outputs) behindLayer.add(output);
  }
  return { byOutput, merged };
}

function layerOf(facts: Facts, node: GraphNode, isFirst: boolean): LinearLayer | undefined {
  const kind = node.domain === "" ? kinds[node.op] : undefined;
  const x = node.inputs.findIndex((input) => facts.takes(input));
  const weight = 1 - x;
  if (kind === undefined || x < 0 || x > 1) return;
  if (!facts.isFixed(node.inputs[weight]) || !facts.isFixed(node.inputs[2])) return;
  if (kind === "convolution" && x !== 0) return;
  const [own = ""] = node.outputs;
  const follower = facts.onlyReader(own);
  const normalised = follower && isMergeable(node, follower) ? follower : undefined;
  const added = node.op === "MatMul" && follower ? addedBias(facts, own, follower) : undefined;
  const output = (normalised ?? (added === undefined ? node : follower))?.outputs[0] ?? own;
  const bias = added ?? (node.inputs[2] || undefined);
  const isRectified = facts.rectifierOf(output) !== undefined;
  return { kind, x, weight, bias, normalised, output, isFirst, isRectified };
}

function isMergeable(node: GraphNode, follower: GraphNode): boolean {
  const channelsLead = node.op === "Conv" || (node.op === "Gemm" && intAttribute(node, "transB", 0) === 1);
  return channelsLead && follower.op === "BatchNormalization" && intAttribute(follower, "training_mode", 0) === 0;
}

/** A vector that is added to a product, as exporters write a dense layer. */
function addedBias({ graph }: Facts, product: Value, { op, inputs }: GraphNode): Value | undefined {
  if (op !== "Add") return undefined;
  const other = inputs.find((input) => input !== product);
  const rank = other === undefined ? undefined : dimsOf(graph, other)?.length;
  return rank !== undefined && rank < 2 && graph.initializers.has(other ?? "") ? other : undefined;
}

/** W and b of a layer, the normalisation behind it included. */
export function parametersOf(op: Builder, { normalised, bias }: LinearLayer, weight: Value): LinearParameters {
  const own = { weight, bias };
  return normalised === undefined ? own : mergedNormalisation(op, normalised, own);
}
