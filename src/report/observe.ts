/** @file What a model says of each image and where it looks, found once for each and small enough to be kept. */

import type { FoveaError } from "../error.js";
import { type Explainer, type Explanation, explainStream, mapOf, preprocessingOf } from "../explain/index.js";
import { type FloatMap, type Picture, placeMap, resizePicture } from "../image/index.js";
import { floats } from "../onnx/index.js";
import { scaled } from "./draw.js";
import type { ReportImages, SeenImage } from "./report-images.js";

/** Plain numbers, a few kilobytes. */
export interface Observation {
  /** Of each class of the model. */
  readonly probabilities: Float32Array;
  /** The model's class with the highest score. */
  readonly predicted: number;
  /** Size of the whole image. */
  readonly size: { readonly width: number; readonly height: number };
  /** The whole image, small: its sides are those of `frame`. */
  readonly thumbnail: Picture;
  /** The raw map of the predicted class over the whole image, at the thumbnail's size. */
  readonly map: FloatMap;
}

/** Keeps what was found, so that interrupted work goes on where it was. */
export interface ObservationStore {
  get(index: number): Observation | undefined;
  put(index: number, observation: Observation): Promise<void>;
}

export type Observed =
  | { readonly index: number; readonly observation: Observation; readonly error?: undefined }
  | { readonly index: number; readonly error: FoveaError; readonly observation?: undefined };

/** Sides of thumbnails and maps; images up to twice as large keep their own. */
const frame = 32;
/** Values of the inputs in a batch. */
const batchValues = 1.2e6;

/** How many images are computed with at once: 8 of 224 × 224 × 3, and up to 128 smaller ones. */
export function batchFor({ model }: Pick<Explainer, "model">): number {
  const { width, height, channels } = preprocessingOf(model).preprocessing;
  return Math.max(4, Math.min(128, Math.round(batchValues / (width * height * channels))));
}

/** Observes images in their order. One that cannot be read is there with its error. */
export async function* observeImages(
  explainer: Explainer,
  images: ReportImages,
  store?: ObservationStore,
): AsyncGenerator<Observed> {
  const all = Array.from({ length: images.count }, (_, index) => index);
  const fresh = all.filter((index) => store?.get(index) === undefined);
  const found = explainStream(explainer, fresh, (index) => images.read(explainer.model, index), {
    batch: batchFor(explainer),
  });
  for (const index of all) {
    const known = store?.get(index);
    if (known) {
      yield { index, observation: known };
      continue;
    }
    const { value } = await found.next();
    if (value === undefined) throw new Error(`internal: image ${index} was not explained`);
    if (value.error) yield { index, error: value.error };
    else {
      const observation = observationOf(value.image, value.explanation);
      await store?.put(index, observation);
      yield { index, observation };
    }
  }
}

function observationOf({ picture, box }: SeenImage, explanation: Explanation): Observation {
  const { width, height } = picture;
  const [across, down] = Math.max(width, height) <= 2 * frame ? [width, height] : [frame, frame];
  return {
    probabilities: floats(explanation.probabilities).slice(),
    predicted: explanation.predicted[0] as number,
    size: { width, height },
    // A picture at full size has too many pixels to look at each; the mean over many photos evens out what is missed.
    thumbnail: resizePicture(picture, across, down, { antialias: false }),
    map: placeMap(mapOf(explanation, 0), scaled(box, across / width, down / height), across, down),
  };
}
