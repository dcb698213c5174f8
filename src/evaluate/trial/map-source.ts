/** @file Sources of maps under test: methods, and baselines that don't use the network. */

import { mapOf } from "../../explain/maps.js";
import type { Explainer } from "../../explain/options.js";
import { random } from "../../foundation/random.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import { areChannelsLast } from "../../model/input/image-axes.js";
import type { Tensor } from "../../onnx/tensor.js";
import { centreMap, uniformMap } from "./baseline-maps.js";
import { type Size, sizeOfImages } from "./trial.js";

/** A method or a baseline that makes maps. */
export interface MapSource {
  /** As it stands in a table. */
  readonly name: string;
  readonly title: string;
  /** Maps of a class for images [n, ...]; random ones are new in each call, as `seed` has it. */
  maps(images: Tensor, target: number, seed: number | string): Promise<readonly FloatMap[]>;
}

/** The maps of an explainer. */
export function methodMaps(explainer: Explainer): MapSource {
  const { name, title } = explainer.method;
  return {
    name,
    title,
    async maps(images, target) {
      const labels = Array<number>(countOf(images)).fill(target);
      const explanation = await explainer.explain(images, { labels });
      return labels.map((_, i) => mapOf(explanation, i));
    },
  };
}

/** Random maps: even noise from 0 to 1 of a method's size, so that it is as coarse as the method's maps. */
export function randomMaps(name: string, { width, height }: Size): MapSource {
  return {
    name,
    title: `Random ${height}x${width} maps`,
    async maps(images, _target, seed) {
      const source = random(seed).fork("random map");
      return Array.from({ length: countOf(images) }, () => ({
        ...{ width, height },
        values: Float32Array.from({ length: width * height }, () => source.uniform()),
      }));
    },
  };
}

/** A Gaussian around the middle of the input. */
export const centreMaps: MapSource = {
  name: "centre",
  title: "Centre",
  maps: async (images) => perImage(images, centreMap),
};

/** The same everywhere: an order of pixels at random. */
export const uniformMaps: MapSource = {
  name: "uniform",
  title: "Uniform",
  maps: async (images) => perImage(images, uniformMap),
};

/** The baselines that every study measures, besides random maps of each method's size. */
export const baselines: readonly MapSource[] = [centreMaps, uniformMaps];

function perImage(images: Tensor, make: (size: Size) => FloatMap): FloatMap[] {
  const size = sizeOfImages(images, areChannelsLast(images.dims));
  return Array<FloatMap>(countOf(images)).fill(make(size));
}

function countOf({ dims: [count = 0] }: Tensor): number {
  return count;
}
