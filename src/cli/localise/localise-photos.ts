/** @file Measures a model's maps on photos with boxes: each for the photo's class, laid over the photo. */

import type { Photo } from "../../data/photos/photo.js";
import { imageOf } from "../../data/sources/image-of.js";
import { type Localisation, localise } from "../../evaluate/studies/localisation.js";
import type { ImageExplainer } from "../../explain/loaded-model.js";
import { mapOf } from "../../explain/maps.js";
import { explainStream } from "../../explain/stream.js";
import type { FoveaError } from "../../foundation/error.js";
import { present } from "../../foundation/present.js";
import { type Box, placeMap } from "../../image/picture/resize.js";
import { floats } from "../../onnx/tensor.js";
import type { ClassIndices } from "../inputs/photos.js";
import type { Marked } from "../shards/image-marks.js";

/** A photo whose map was measured. */
export interface LocalisedPhoto {
  readonly photo: Photo;
  /** Of each class of the model. */
  readonly scores: Float32Array;
  readonly predicted: number | undefined;
  readonly measures: Localisation;
  readonly error?: undefined;
}

export type LocaliseResult = LocalisedPhoto | { readonly photo: Photo; readonly error: FoveaError };

export interface LocalisePhotosOptions extends Marked {
  readonly batch: number;
  /** In pixels of the photo. */
  readonly tolerance: number;
  /** Breaks off between two runs; the reason of its abort is thrown. */
  readonly signal: AbortSignal;
}

/**
 * Explains and measures photos, in order. One that cannot be read is there with the reason.
 * @param photos of classes that the model has
 * @param indices the model's class for each class of the photos
 */
export async function* localisePhotos(
  explainer: ImageExplainer,
  photos: readonly Photo[],
  indices: ClassIndices,
  { tolerance, marks, ...options }: LocalisePhotosOptions,
): AsyncGenerator<LocaliseResult> {
  // The picture itself is not kept: in memory are a batch of inputs, and one that is read.
  const read = async (photo: Photo) => {
    const source = await imageOf(photo);
    const { input, box, picture } = await explainer.model.readImage(source);
    await marks?.note(photo.name, source, picture);
    return { input, box };
  };
  const labelOf = ({ label }: Photo) => present(indices[label], "the model's class of a photo");
  const explained = explainStream(explainer, photos, read, { ...options, labelOf, fill: true });
  for await (const { source: photo, image, explanation, error } of explained) {
    if (error) yield { photo, error };
    else {
      const { width, height, boxes, seen, scale } = shrunk(photo, image.box);
      const map = placeMap(mapOf(explanation, 0), seen, width, height);
      const measures = localise(map, boxes, { seen, tolerance: tolerance * scale });
      const [predicted] = explanation.predicted;
      yield { photo, scores: floats(explanation.probabilities).slice(), predicted, measures };
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
