/** @file The maps of several layers as one. */

import { FoveaError, shortened } from "../foundation/error.js";
import { closeAll } from "../foundation/lifetime.js";
import { floatMap } from "../image/map/heatmap.js";
import { resizeMap } from "../image/picture/resize.js";
import { layerSize } from "../model/layers/layer.js";
import { float32, floats, type Tensor } from "../onnx/tensor.js";
import { withEvidence } from "./maps.js";
import type { Explainer, Fusion } from "./options.js";

/**
 * Explains with all explainers, which differ in their layer, and fuses their evidence, brought to the finest one's size bilinearly.
 * @throws FoveaError `bad-input` for no explainer, or a fusion that is none
 */
export function fusedExplainer(explainers: readonly Explainer[], fusion: Fusion = "normalised"): Explainer {
  if (!["normalised", "mean", "max"].includes(fusion))
    throw new FoveaError("bad-input", `fusion: expected normalised, mean or max, got ${shortened(fusion)}`);
  const [first] = explainers;
  if (first === undefined) throw new FoveaError("bad-input", "layers: expected at least one, got none");
  const names = explainers.map(({ layer }) => `${layer.name} (${layerSize(layer)})`).join(", ");
  const how = fusion === "normalised" ? "mean, each divided by its peak," : fusion;
  return {
    ...first,
    notes: [...first.notes, `the ${how} of the maps at ${names}`],
    async explain(images, options) {
      const explanations = [];
      for (const explainer of explainers) explanations.push(await explainer.explain(images, options));
      const finest = explanations.reduce((a, b) => (b.evidence.size > a.evidence.size ? b : a));
      const sized = explanations.map(({ evidence }) => resizeMaps(evidence, finest.evidence.dims));
      return withEvidence(finest, fuseMaps(sized, fusion));
    },
    close: () => closeAll(explainers),
  };
}

/** Maps [N, K, h, w] of another height and width. */
function resizeMaps(maps: Tensor, [count = 0, classes = 0, height = 1, width = 1]: readonly number[]): Tensor {
  const [, , rows = 1, columns = 1] = maps.dims;
  if (rows === height && columns === width) return maps;
  const all = new Float32Array(count * classes * height * width);
  for (let at = 0; at < count * classes; at++) {
    const values = floats(maps).subarray(at * rows * columns, (at + 1) * rows * columns);
    all.set(resizeMap(floatMap(columns, rows, values), width, height).values, at * height * width);
  }
  return float32([count, classes, height, width], all);
}

function fuseMaps(maps: readonly Tensor[], fusion: Fusion): Tensor {
  const [{ dims, size }] = maps as [Tensor];
  const [, , height = 1, width = 1] = dims;
  const places = height * width;
  const all = new Float32Array(size);
  for (let start = 0; start < size; start += places) {
    const each = maps.map((map) => floats(map).subarray(start, start + places));
    const shares = each.map((values) => (fusion === "normalised" ? 1 / (largest(values) || 1) : 1));
    for (let i = 0; i < places; i++) {
      const values = each.map((map, k) => (map[i] as number) * (shares[k] as number));
      all[start + i] =
        fusion === "max" ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length;
    }
  }
  return float32(dims, all);
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
