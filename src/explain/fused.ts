/** @file The maps of several layers as one. */

import { FoveaError, shortened } from "../foundation/error.js";
import { closeAll } from "../foundation/lifetime.js";
import { at } from "../foundation/present.js";
import { type GridMap, resizeGrid, rowsAndColumns } from "../image/map/grid-map.js";
import type { FloatMap } from "../image/map/heatmap.js";
import { layerSize } from "../model/layers/layer.js";
import { float32, sizeOf, type Tensor } from "../onnx/tensor.js";
import type { Explanation } from "./explanation.js";
import { gridMapOf, withEvidence } from "./maps.js";
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

/** The evidence of all explanations as one, [N, K, ...places]. */
function fuseEvidence(explanations: readonly Explanation[], dims: readonly number[], fusion: Fusion): Tensor {
  const [count = 0, classes = 0] = dims;
  const all = new Float32Array(sizeOf(dims));
  const size = all.length / (count * classes);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < classes; k++) {
      const maps = explanations.map((explanation) => gridMapOf(explanation, i, k, { signed: true }));
      all.set(fuseGrids(maps, fusion).values, (i * classes + k) * size);
    }
  return float32(dims, all);
}

/** Maps of several layers as one, brought to the finest one's size bilinearly. */
export function fuseMaps(maps: readonly FloatMap[], fusion: Fusion): FloatMap {
  const grids = maps.map(({ width, height, values }) => ({ sizes: [height, width], values }));
  return rowsAndColumns(fuseGrids(grids, fusion));
}

/** The same of maps of any number of axes. */
function fuseGrids(maps: readonly GridMap[], fusion: Fusion): GridMap {
  const finest = maps.reduce((a, b) => (b.values.length > a.values.length ? b : a));
  const each = maps.map((map) => {
    const sized = resizeGrid(map, finest.sizes);
    return { values: sized.values, share: fusion === "normalised" ? 1 / (largest(sized.values) || 1) : 1 };
  });
  const fused = finest.values.map((_, i) => {
    const values = each.map(({ values: own, share }) => at(own, i) * share);
    return fusion === "max" ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length;
  });
  return { sizes: finest.sizes, values: fused };
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
