/** @file How far methods of different families agree about the same images. */

import { type CamMethod, defaultMethod } from "../../explain/method.js";
import { methodNamed } from "../../explain/methods/index.js";
import { occlusionWith } from "../../explain/methods/occlusion.js";
import type { ExplainerOptions } from "../../explain/options.js";
import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import { resizeMap } from "../../image/picture/resize.js";
import { areChannelsLast } from "../../model/input/image-axes.js";
import type { Model } from "../../model/model.js";
import type { Tensor } from "../../onnx/tensor.js";
import { sizeOfImages } from "../trial/trial.js";
import { compareMaps, type MapSimilarity, similarityOf } from "./compare-maps.js";
import { mapsOfImages, withExplainers } from "./maps-of-images.js";
import { familyOf, type MethodFamily } from "./method-family.js";

export interface FamilyAgreementOptions extends Omit<ExplainerOptions, "method" | "include"> {
  /** Default `grad-cam`. */
  readonly methods?: readonly (string | CamMethod)[];
}

/** How alike a method's maps are to those of one method of each other family; plain data. */
export interface FamilyAgreement {
  readonly method: string;
  readonly title: string;
  readonly family: MethodFamily;
  readonly with: readonly (MapSimilarity & { readonly family: MethodFamily; readonly method: string })[];
}

/**
 * Rank correlation of each method's maps with those of Grad-CAM (feature maps), gradient x input (gradients) and occlusion with a
 * seventh of the image at a time (perturbation), for the class that is predicted. Of two maps the finer one is brought to the size
 * of the coarser. A family whose method does not work for the model is left out. Agreement is no proof; where families disagree, not all of them
 * can be right.
 * @param images the model's input, one image each
 */
export async function measureAgreement(
  model: Model,
  images: readonly Tensor[],
  options: FamilyAgreementOptions,
): Promise<FamilyAgreement[]> {
  const { methods = [defaultMethod], ...explaining } = options;
  const mapsBy = (method: string | CamMethod) =>
    withExplainers(model, [method], explaining, async (explainers) => {
      const explainer = at(explainers, 0);
      return { method: explainer.method, maps: (await mapsOfImages(explainer, images)).maps };
    });
  const references: MethodMaps[] = [];
  for (const method of referencesFor(images)) {
    const maps = await mapsBy(method).catch((error: unknown) => {
      if (error instanceof FoveaError) return undefined;
      throw error;
    });
    if (maps) references.push(maps);
  }
  const results: FamilyAgreement[] = [];
  for (const each of methods) {
    const { method, maps } = await mapsBy(each);
    const family = familyOf(method);
    const others = references.filter((reference) => familyOf(reference.method) !== family);
    results.push({
      ...{ method: method.name, title: method.title, family },
      with: others.map((reference) => ({
        ...{ family: familyOf(reference.method), method: reference.method.name },
        ...similarityOf(maps.flatMap((map, i) => compareMaps(...inOneSize(map, at(reference.maps, i))) ?? [])),
      })),
    });
  }
  return results;
}

interface MethodMaps {
  readonly method: CamMethod;
  readonly maps: readonly FloatMap[];
}

/** A method of each family. */
function referencesFor(images: readonly Tensor[]): CamMethod[] {
  const first = at(images, 0);
  const { width, height } = sizeOfImages(first, areChannelsLast(first.dims));
  const window = Math.max(1, Math.round(Math.min(width, height) / 7));
  return [methodNamed("grad-cam"), methodNamed("gradient-x-input"), occlusionWith({ window, stride: window })];
}

function inOneSize(a: FloatMap, b: FloatMap): [FloatMap, FloatMap] {
  const [width, height] = [Math.min(a.width, b.width), Math.min(a.height, b.height)];
  const sized = (map: FloatMap) => resizeMap(map, width, height, { antialias: true });
  return [sized(a), sized(b)];
}
