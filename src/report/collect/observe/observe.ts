/** @file Observations of a model: its answer to each image and where it looks, computed once and small enough to be kept. */

import { mapOf } from "../../../explain/maps.js";
import type { Explainer } from "../../../explain/options.js";
import { type Explained, explainStream } from "../../../explain/stream.js";
import type { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import { type Box, placeMap, resizePicture } from "../../../image/picture/resize.js";
import { preprocessingOf } from "../../../model/preprocessing.js";
import { floats, type Tensor } from "../../../onnx/tensor.js";
import { scaled } from "../draw.js";
import type { ReportImages, SeenImage } from "../report-images.js";
import { evidenceShares } from "./evidence-shares.js";
import { Exchanges } from "./exchange.js";
import type { Observation, ObservationStore } from "./observation.js";

export type Observed =
  | { readonly index: number; readonly observation: Observation; readonly error?: undefined }
  | { readonly index: number; readonly error: FoveaError; readonly observation?: undefined };

/** On so many images at most parts are exchanged: six more runs for each. */
const mostExchanged = 300;
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
  signal?: AbortSignal,
): AsyncGenerator<Observed> {
  const all = Array.from({ length: images.count }, (_, index) => index);
  const fresh = all.filter((index) => !store?.has(index));
  const results = observeFresh(explainer, images, fresh, signal);
  for (const index of all) {
    const observation = store?.get(index);
    if (observation) {
      yield { index, observation };
      continue;
    }
    const { value } = await results.next();
    if (value === undefined) throw new Error(`internal: image ${index} was not observed`);
    if (value.observation) await store?.put(index, value.observation);
    yield value;
  }
}

/** An image without its many pixels. */
interface SmallImage extends Pick<Observation, "size" | "thumbnail"> {
  readonly input: Tensor;
  readonly box: Box;
}

type ExplainedImage = Explained<number, SmallImage>;

async function* observeFresh(
  explainer: Explainer,
  images: ReportImages,
  indices: readonly number[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Observed, undefined> {
  const batch = batchFor(explainer);
  const exchanges = new Exchanges(explainer, images);
  const read = async (index: number) => smallImage(await images.read(explainer.model, index));
  let group: ExplainedImage[] = [];
  for await (const each of explainStream(explainer, indices, read, { batch, fill: true, signal })) {
    group.push(each);
    if (group.length < batch) continue;
    yield* await observeGroup(exchanges, images, group);
    group = [];
  }
  yield* await observeGroup(exchanges, images, group);
}

function smallImage({ input, picture, box }: SeenImage): SmallImage {
  const { width, height } = picture;
  const [across, down] = Math.max(width, height) <= 2 * frame ? [width, height] : [frame, frame];
  // A picture at full size has too many pixels to look at each; the mean over many photos evens out the missed pixels.
  const thumbnail = resizePicture(picture, across, down, { antialias: false });
  return { input, box, size: { width, height }, thumbnail };
}

async function observeGroup(
  exchanges: Exchanges,
  images: ReportImages,
  group: readonly ExplainedImage[],
): Promise<Observed[]> {
  const observed: Observed[] = [];
  for (const each of group) {
    const { source: index, error } = each;
    if (error) observed.push({ index, error });
    else observed.push({ index, observation: await observationOf(exchanges, images, each) });
  }
  return observed;
}

async function observationOf(
  exchanges: Exchanges,
  images: ReportImages,
  { source: index, image, explanation }: Extract<ExplainedImage, { readonly error?: undefined }>,
): Promise<Observation> {
  const { size, thumbnail, box, input } = image;
  const { width, height } = thumbnail;
  const map = mapOf(explanation, 0);
  const predicted = explanation.at(0).predicted.index;
  const isTried = at(images.ranks, index) < mostExchanged;
  return {
    probabilities: floats(explanation.probabilities).slice(),
    predicted,
    size,
    thumbnail,
    map: placeMap(map, scaled(box, width / size.width, height / size.height), width, height),
    evidence: evidenceShares(map, size, box, images.boxesOf(index)),
    flips: isTried ? await exchanges.flipsOf({ index, input, map, predicted }) : undefined,
  };
}
