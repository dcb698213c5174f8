/** @file The maps of several layers as one. */

import { FoveaError, shortened } from "../foundation/error.js";
import { closeAll } from "../foundation/lifetime.js";
import { at } from "../foundation/present.js";
import { type FloatMap, floatMap } from "../image/map/heatmap.js";
import { resizeMap } from "../image/picture/resize.js";
import { layerSize } from "../model/layers/layer.js";
import { float32, type Tensor } from "../onnx/tensor.js";
import type { Explanation } from "./explanation.js";
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
      return withEvidence(finest, fuseEvidence(explanations, finest.evidence.dims, fusion));
    },
    close: () => closeAll(explainers),
  };
}

/** The evidence of all explanations as one, [N, K, h, w]. */
function fuseEvidence(explanations: readonly Explanation[], dims: readonly number[], fusion: Fusion): Tensor {
  const [count = 0, classes = 0, height = 1, width = 1] = dims;
  const all = new Float32Array(count * classes * height * width);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < classes; k++) {
      const fused = fuseMaps(
        explanations.map((explanation) => explanation.at(i).evidence(k)),
        fusion,
      );
      all.set(fused.values, (i * classes + k) * height * width);
    }
  return float32(dims, all);
}

/** Maps of several layers as one, brought to the finest one's size bilinearly. */
export function fuseMaps(maps: readonly FloatMap[], fusion: Fusion): FloatMap {
  const finest = maps.reduce((a, b) => (b.values.length > a.values.length ? b : a));
  const { width, height } = finest;
  const each = maps.map((map) => {
    const sized = map.width === width && map.height === height ? map : resizeMap(map, width, height);
    return { values: sized.values, share: fusion === "normalised" ? 1 / (largest(sized.values) || 1) : 1 };
  });
  const fused = finest.values.map((_, i) => {
    const values = each.map(({ values: own, share }) => at(own, i) * share);
    return fusion === "max" ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length;
  });
  return floatMap(width, height, fused);
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
