/** @file Measures whether the network follows a map: its score as pixels are taken or given in the map's order, and in those of maps of chance. */

import { centreMap } from "../../../../src/evaluate/trial/baseline-maps.js";
import { randomMaps } from "../../../../src/evaluate/trial/map-source.js";
import { firstPixels, perturbationCurve, pixelOrder } from "../../../../src/evaluate/trial/perturbation-curve.js";
import { createPerturbedModel } from "../../../../src/evaluate/trial/perturbed-model.js";
import { scaledArea } from "../../../../src/evaluate/trial/scale.js";
import { shuffledMap } from "../../../../src/evaluate/trial/shuffled-map.js";
import type { Replacement } from "../../../../src/evaluate/trial/trial.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { random } from "../../../../src/foundation/random.js";
import { pictureOfInput } from "../../../../src/image/input/input.js";
import type { FloatMap } from "../../../../src/image/map/heatmap.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import { resizeMap } from "../../../../src/image/picture/resize.js";
import { imageAxes } from "../../../../src/model/input/image-axes.js";
import type { Model } from "../../../../src/model/model.js";
import { preprocessingOf } from "../../../../src/model/preprocessing.js";
import { singleImages } from "../../../../src/model/run/batches.js";
import type { Tensor } from "../../../../src/onnx/tensor.js";
import type { ChanceCurve, TrustCurve, TrustView } from "../../engine/api.js";

/** Random maps to compare with, and as many of the map's own values shuffled. */
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

/** Deletion and insertion (Petsiuk et al., BMVC 2018) of a map and of maps of chance. */
export async function measureTrust(
  model: LoadedModel,
  picture: Picture,
  { target, map, signal, progress }: TrustOptions,
): Promise<TrustView> {
  const { input } = await model.readImage(picture);
  const network = createPerturbedModel(model, model.platform);
  try {
    const chance = await chanceOrders(map, input, model);
    const order = pixelOrder(resizeMap(map, ...sizeOf(input, model)), "trust");
    const total = Object.keys(kinds).length * (chance.length + 1);
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
      const others: ChanceCurve[] = [];
      for (const other of chance) {
        const curve = await curveOf(other.order, kind);
        others.push({ kind: other.kind, values: curve.probabilities, area: scaledArea(curve, kinds[kind].keep) });
      }
      const { keep, replacement } = kinds[kind];
      const masks = frameShares.map((share) => firstPixels(order, share, keep));
      const frames = await network.blended(input, masks, replacement);
      curves.push({
        kind,
        shares: map.shares,
        map: map.probabilities,
        area: scaledArea(map, keep),
        others,
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

interface ChanceOrder {
  readonly kind: ChanceCurve["kind"];
  readonly order: Uint32Array;
}

async function chanceOrders(map: FloatMap, input: Tensor, model: Model): Promise<ChanceOrder[]> {
  const source = randomMaps("random", map);
  const [width, height] = sizeOf(input, model);
  const orderOf = (other: FloatMap, seed: number) => pixelOrder(resizeMap(other, width, height), seed);
  const orders: ChanceOrder[] = [];
  for (let i = 0; i < draws; i++) {
    const [randomMap] = await source.maps(input, 0, i);
    if (randomMap) orders.push({ kind: "random", order: orderOf(randomMap, i) });
    orders.push({ kind: "shuffled", order: orderOf(shuffledMap(map, random(i)), i) });
  }
  return [...orders, { kind: "centre", order: orderOf(centreMap({ width, height }), draws) }];
}

function framesOf(images: Tensor, model: Model): TrustCurve["frames"] {
  const { preprocessing } = preprocessingOf(model);
  return singleImages(images).map((image, i) => ({
    share: frameShares[i] as number,
    picture: pictureOfInput(image, preprocessing),
  }));
}
