/** @file The energy loss: evidence for the true class is to lie inside the object's boxes. */

import { appendGradients } from "../../autodiff/differentiate.js";
import { FoveaError } from "../../foundation/error.js";
import { present } from "../../foundation/present.js";
import type { Box } from "../../image/picture/resize.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, dimsOf, type Graph, type Value } from "../../onnx/graph.js";
import { distancesTo } from "../../onnx/prune.js";
import { float32, type Tensor } from "../../onnx/tensor.js";

/** Keeps a map without evidence from dividing zero by zero. */
const tiny = 1e-9;

/**
 * Appends the energy loss of Rao et al. 2023 ("Studying how to efficiently and effectively guide models with explanations"), the energy
 * pointing game turned into a loss:
 *
 *     S = ReLU(Σ_k A^k ∂y^c/∂A^k),  EPG_n = Σ_p M_p S_p / Σ_p S_p,  loss = mean_n (1 - EPG_n)
 *
 * over the images with boxes. A is the last feature map, y^c the score of the true class, M the share of each of the map's places that
 * lies inside the image's boxes. S is input times gradient at A, one of the paper's attributions that needs no B-cos network; before a
 * global average and linear layers it is Grad-CAM's map. That ∂y^c/∂A depends on the weights is differentiated as well.
 * @param graph with the types of its values
 * @param boxes 1 inside boxes and 0 outside, [N, 1, H, W]; an image without any does not count
 * @param size [H, W] of `boxes`
 * @returns the graph, and the loss in it, a scalar
 * @throws FoveaError `bad-graph` for a network without a feature map
 */
export function appendEnergyLoss(
  graph: Graph,
  { logits, labels, boxes }: { readonly logits: Value; readonly labels: Value; readonly boxes: Value },
  size: readonly [number, number],
): { readonly graph: Graph; readonly loss: Value } {
  const map = lastFeatureMap(graph, logits);
  const op = new Builder(copyGraph(graph)).scope("energy");
  const classes = op.Gather(op.Shape(logits), op.int(1));
  const oneHot = op.OneHot(labels, classes, op.constant(float32([2], [0, 1]), "off_on"), { axis: 1 });
  const gradient = present(appendGradients(op, { of: logits, wrt: [map.name], seed: oneHot }).get(map.name), map.name);
  const evidence = op.Relu(op.ReduceSum(op.Mul(map.name, gradient), op.ints([1]), { keepdims: 1 }));
  const inside = shrink(op, boxes, size, map.size);
  const sum = (value: Value) => op.ReduceSum(value, op.ints([1, 2, 3]), { keepdims: 0 });
  const energy = op.Div(sum(op.Mul(evidence, inside)), op.Add(sum(evidence), op.scalar(tiny)));
  const counts = op.Cast(op.Greater(sum(inside), op.scalar(0)), { to: 1 });
  const missed = op.Mul(counts, op.Sub(op.scalar(1), energy));
  const total = (value: Value) => op.ReduceSum(value, op.ints([0]), { keepdims: 0 });
  return { graph: op.graph, loss: op.Div(total(missed), op.Max(total(counts), op.scalar(1))) };
}

/** Of the values [N, C, h, w] with several places: the one nearest to the scores. */
function lastFeatureMap(graph: Graph, logits: Value): { name: Value; size: readonly [number, number] } {
  for (const name of distancesTo(graph, logits).keys()) {
    const [, , height, width, ...others] = dimsOf(graph, name) ?? [];
    if (typeof height !== "number" || typeof width !== "number" || others.length > 0) continue;
    if (height * width > 1 && !graph.initializers.has(name)) return { name, size: [height, width] };
  }
  throw new FoveaError("bad-graph", "energy loss: expected a network with a feature map [N, C, H, W], got none");
}

/** Means over the part of the image that each place of a smaller grid covers. */
function shrink(op: Builder, value: Value, from: readonly [number, number], to: readonly [number, number]): Value {
  const rows = op.constant(overlaps(to[0], from[0]), "rows");
  const columns = op.Transpose(op.constant(overlaps(to[1], from[1]), "columns"), { perm: [1, 0] });
  return op.MatMul(op.MatMul(rows, value), columns);
}

/** [to, from]: the share of each of `to` equal parts of an axis that each of `from` parts makes up. */
function overlaps(to: number, from: number): Tensor {
  const values = Array.from({ length: to * from }, (_, i) => {
    const [part, place] = [Math.floor(i / from), i % from];
    const [start, end] = [(part * from) / to, ((part + 1) * from) / to];
    return (Math.max(0, Math.min(end, place + 1) - Math.max(start, place)) * to) / from;
  });
  return float32([to, from], values);
}

/** 1 inside the boxes and 0 outside, [indices.length, 1, height, width]; pixels count by their centres. */
export function drawBoxes(
  boxes: readonly (readonly Box[])[],
  indices: ArrayLike<number>,
  [, height = 1, width = 1]: readonly number[],
): Tensor {
  const area = height * width;
  const values = new Float32Array(indices.length * area);
  for (let i = 0; i < indices.length; i++) {
    for (const box of boxes[indices[i] as number] ?? []) {
      const [top, bottom] = [Math.max(0, Math.ceil(box.y - 0.5)), Math.min(height, box.y + box.height - 0.5)];
      const [left, right] = [Math.max(0, Math.ceil(box.x - 0.5)), Math.min(width, box.x + box.width - 0.5)];
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) values[i * area + y * width + x] = 1;
      }
    }
  }
  return float32([indices.length, 1, height, width], values);
}
