/** @file Maps of many images by several methods of one network. */

import { createExplainer } from "../../explain/explainer.js";
import { mapOf } from "../../explain/maps.js";
import type { CamMethod } from "../../explain/method.js";
import type { Explainer, ExplainerOptions } from "../../explain/options.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import type { Model } from "../../model/model.js";
import { joined } from "../../model/run/batches.js";
import type { Tensor } from "../../onnx/tensor.js";

/** Opens an explainer for each method, and closes them after the action. */
export async function withExplainers<Result>(
  model: Model,
  methods: readonly (string | CamMethod)[],
  options: ExplainerOptions,
  action: (explainers: readonly Explainer[]) => Promise<Result>,
): Promise<Result> {
  const explainers: Explainer[] = [];
  try {
    for (const method of methods) explainers.push(await createExplainer(model, { ...options, method }));
    return await action(explainers);
  } finally {
    for (const explainer of explainers) await explainer.close();
  }
}

export interface MapsOfImages {
  readonly maps: readonly FloatMap[];
  /** The class with the highest score of each image. */
  readonly predicted: readonly number[];
}

/** @param classes the class to explain of each image. Default: the predicted one */
export async function mapsOfImages(
  explainer: Explainer,
  images: readonly Tensor[],
  classes?: readonly number[],
): Promise<MapsOfImages> {
  const maps: FloatMap[] = [];
  const predicted: number[] = [];
  for (const batch of batchesOf(images)) {
    const count = batch.dims[0] ?? 0;
    const labels = classes?.slice(maps.length, maps.length + count);
    const explanation = await explainer.explain(batch, labels ? { labels } : {});
    maps.push(...Array.from({ length: count }, (_, i) => mapOf(explanation, i)));
    predicted.push(...explanation.predicted);
  }
  return { maps, predicted };
}

/** So many images run at once. */
const together = 8;

/** Neighbours of one size put together, in order. */
function batchesOf(images: readonly Tensor[]): Tensor[] {
  const batches: Tensor[][] = [];
  for (const image of images) {
    const last = batches.at(-1);
    if (last && last.length < together && last[0]?.dims.join() === image.dims.join()) last.push(image);
    else batches.push([image]);
  }
  return batches.map(joined);
}
