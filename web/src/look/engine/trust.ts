/** @file Measures whether the network follows a map: its score as pixels are taken or given in the map's order, and in random orders. */

import { randomMaps } from "../../../../src/evaluate/trial/map-source.js";
import {
  areaUnder,
  firstPixels,
  perturbationCurve,
  pixelOrder,
} from "../../../../src/evaluate/trial/perturbation-curve.js";
import { createPerturbedModel } from "../../../../src/evaluate/trial/perturbed-model.js";
import type { Replacement } from "../../../../src/evaluate/trial/trial.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { pictureOfInput } from "../../../../src/image/input/input.js";
import type { FloatMap } from "../../../../src/image/map/heatmap.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import { resizeMap } from "../../../../src/image/picture/resize.js";
import { imageAxes } from "../../../../src/model/input/image-axes.js";
import type { Model } from "../../../../src/model/model.js";
import { preprocessingOf } from "../../../../src/model/preprocessing.js";
import { singleImages } from "../../../../src/model/run/batches.js";
import type { Tensor } from "../../../../src/onnx/tensor.js";
import type { TrustCurve, TrustView } from "../../engine/api.js";

/** Random maps to compare with. */
const draws = 5;
const frameShares = [0, 0.05, 0.1, 0.2, 0.4, 0.7] as const;

export interface TrustOptions {
  readonly target: number;
  readonly map: FloatMap;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
}

const kinds: Readonly<Record<TrustCurve["kind"], { keep: 0 | 1; replacement: Replacement }>> = {
  deletion: { keep: 0, replacement: "zero" },
  insertion: { keep: 1, replacement: "blur" },
};

/** Deletion and insertion (Petsiuk et al., BMVC 2018) of a map and of random maps as coarse as it. */
export async function measureTrust(
  model: LoadedModel,
  picture: Picture,
  { target, map, signal, progress }: TrustOptions,
): Promise<TrustView> {
  const { input } = await model.readImage(picture);
  const network = createPerturbedModel(model, model.platform);
  try {
    const random = await randomOrders(map, input, model);
    const order = pixelOrder(resizeMap(map, ...sizeOf(input, model)), "trust");
    const total = Object.keys(kinds).length * (random.length + 1);
    let done = 0;
    const curveOf = async (order: Uint32Array, kind: TrustCurve["kind"]) => {
      signal.throwIfAborted();
      const curve = await perturbationCurve({ network, image: input, target }, order, kinds[kind]);
      progress(++done, total);
      return curve;
    };
    const curves: TrustCurve[] = [];
    for (const kind of ["deletion", "insertion"] as const) {
      const map = await curveOf(order, kind);
      const others = [];
      for (const other of random) others.push(await curveOf(other, kind));
      const { keep, replacement } = kinds[kind];
      const masks = frameShares.map((share) => firstPixels(order, share, keep));
      const frames = await network.blended(input, masks, replacement);
      curves.push({
        kind,
        shares: map.shares,
        map: map.probabilities,
        random: others.map(({ probabilities }) => probabilities),
        area: areaUnder(map),
        randomAreas: others.map(areaUnder),
        frames: framesOf(frames, model),
      });
    }
    return { target, curves };
  } finally {
    await network.close();
  }
}

function sizeOf(input: Tensor, model: Model): [width: number, height: number] {
  const last = imageAxes(model)?.layout === "nhwc";
  const [height, width] = input.dims.slice(last ? 1 : 2) as [number, number];
  return [width, height];
}

async function randomOrders(map: FloatMap, input: Tensor, model: Model): Promise<Uint32Array[]> {
  const source = randomMaps("random", map);
  const orders: Uint32Array[] = [];
  for (let i = 0; i < draws; i++) {
    const [randomMap] = await source.maps(input, 0, i);
    if (randomMap) orders.push(pixelOrder(resizeMap(randomMap, ...sizeOf(input, model)), i));
  }
  return orders;
}

function framesOf(images: Tensor, model: Model): TrustCurve["frames"] {
  const { preprocessing } = preprocessingOf(model);
  return singleImages(images).map((image, i) => ({
    share: frameShares[i] as number,
    picture: pictureOfInput(image, preprocessing),
  }));
}
