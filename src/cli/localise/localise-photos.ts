/** @file Measures a model's maps on photos with boxes: each for the photo's class, laid over the photo. */

import { type Photo, reasonOf, type SkippedPhoto } from "../../data/photos/photo.js";
import { imageOf } from "../../data/sources/image-of.js";
import { type Localisation, localise } from "../../evaluate/studies/localisation.js";
import type { LoadedModel } from "../../explain/loaded-model.js";
import { mapOf } from "../../explain/maps.js";
import type { Explainer } from "../../explain/options.js";
import { explainStream } from "../../explain/stream.js";
import { type Box, placeMap } from "../../image/picture/resize.js";
import { floats } from "../../onnx/tensor.js";
import type { ClassIndices } from "../inputs/photos.js";

/** A photo whose map was measured. */
export interface LocalisedPhoto {
  readonly photo: Photo;
  /** The class that was explained, and the one that was predicted, as the model's indices. */
  readonly explained: number;
  readonly predicted: number;
  /** Of the explained class, 0 to 1. */
  readonly probability: number;
  readonly measures: Localisation;
}

export type LocaliseResult = LocalisedPhoto | SkippedPhoto;

export interface LocalisePhotosOptions {
  readonly batch: number;
  /** In pixels of the photo. */
  readonly tolerance: number;
  /** Breaks off between two runs; the reason of its abort is thrown. */
  readonly signal: AbortSignal;
}

/**
 * Explains and measures photos class by class, in order. One that cannot be read is there with the reason.
 * @param indices the model's class for each class of the photos; photos of others are left out
 */
export async function* localisePhotos(
  explainer: Explainer & { readonly model: LoadedModel },
  photos: readonly Photo[],
  indices: ClassIndices,
  { tolerance, ...options }: LocalisePhotosOptions,
): AsyncGenerator<LocaliseResult> {
  // The picture itself is not kept: in memory are a batch of inputs, and one that is read.
  const read = async (photo: Photo) => {
    const { input, box } = await explainer.model.readImage(await imageOf(photo));
    return { input, box };
  };
  for (const [label, explained] of indices.entries()) {
    if (explained === undefined) continue;
    const ofClass = photos.filter((photo) => photo.label === label);
    for await (const { source, image, explanation, error } of explainStream(explainer, ofClass, read, {
      ...options,
      classes: [explained],
    })) {
      if (error) yield { path: source.path, reason: reasonOf(source.path, error) };
      else {
        const { width, height, boxes, seen, scale } = shrunk(source, image.box);
        const map = placeMap(mapOf(explanation, 0), seen, width, height);
        const measures = localise(map, boxes, { seen, tolerance: tolerance * scale });
        const [predicted = explained] = explanation.predicted;
        const probability = floats(explanation.probabilities)[explained] ?? 0;
        yield { photo: source, explained, predicted, probability, measures };
      }
    }
  }
}

/** The longer side of the map that is measured: finer than networks see, and quick for photos of any size. */
const finest = 640;

/** The photo's size, its boxes and the part that the network saw, in pixels of the map that is measured. */
function shrunk({ width, height, boxes = [] }: Photo, crop: Box) {
  const scale = Math.min(1, finest / Math.max(width, height));
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const [across, down] = [size.width / width, size.height / height];
  const scaled = (box: Box): Box => ({
    x: box.x * across,
    y: box.y * down,
    width: box.width * across,
    height: box.height * down,
  });
  return { ...size, boxes: boxes.map(scaled), seen: scaled(crop), scale };
}
