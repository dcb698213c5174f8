/** @file A model's maps measured on photos with boxes: each for the photo's class, laid over the photo. */

import { type Photo, type PhotoDataset, reasonOf, type SkippedPhoto } from "../../data/photos/photo.js";
import { type Localisation, localise } from "../../evaluate/studies/localisation.js";
import type { LoadedModel } from "../../explain/loaded-model.js";
import { mapOf } from "../../explain/maps.js";
import type { Explainer } from "../../explain/options.js";
import { explainStream } from "../../explain/stream.js";
import { FoveaError, unknownName } from "../../foundation/error.js";
import { type Box, placeMap } from "../../image/picture/resize.js";
import { classFinder } from "../../model/match-classes.js";
import type { Model } from "../../model/model.js";
import { floats } from "../../onnx/tensor.js";
import { classChoice } from "../commands/explain.js";

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

/**
 * The model's class for each class of the photos; undefined where it has none.
 * @param given `photos' class=model's class`, which win over equal names
 * @throws FoveaError `bad-input`, `unknown-name`
 */
export function modelClasses(model: Model, { classes, name }: PhotoDataset, given: readonly string[]) {
  const names = model.card.classes;
  const sameOrder = names === undefined && model.classCount === classes.length;
  const find = names ? classFinder(names) : () => undefined;
  const found = classes.map((label, i) => (sameOrder ? i : find(label)));
  for (const text of given) {
    const [, label = "", wanted = ""] = /^(.+?)=(.+)$/.exec(text) ?? [];
    if (label === "") {
      throw new FoveaError("bad-input", `--class: expected PHOTOS=MODEL, e.g. kangaroo=wallaby, got "${text}"`);
    }
    const place = classes.indexOf(label);
    if (place < 0) throw unknownName("class", label, classes, name);
    const choice = find(wanted) ?? classChoice(model, wanted);
    if (choice === "predicted") throw new FoveaError("bad-input", "--class: expected a class, got predicted");
    found[place] = choice;
  }
  return found;
}

export interface LocalisePhotosOptions {
  readonly batch: number;
  /** In pixels of the photo. */
  readonly tolerance: number;
}

/**
 * Explains and measures photos class by class, in order. One that cannot be read is there with the reason.
 * @param indices the model's class for each class of the photos; photos of others are left out
 */
export async function* localisePhotos(
  explainer: Explainer & { readonly model: LoadedModel },
  photos: readonly Photo[],
  indices: readonly (number | undefined)[],
  { batch, tolerance }: LocalisePhotosOptions,
): AsyncGenerator<LocaliseResult> {
  // The picture itself is not kept: in memory are a batch of inputs, and one that is read.
  const read = async ({ path }: Photo) => {
    const { input, box } = await explainer.model.readImage(path);
    return { input, box };
  };
  for (const [label, explained] of indices.entries()) {
    if (explained === undefined) continue;
    const own = photos.filter((photo) => photo.label === label);
    for await (const { source, image, explanation, error } of explainStream(explainer, own, read, {
      batch,
      classes: [explained],
    })) {
      if (error) yield { path: source.path, reason: reasonOf(source.path, error) };
      else {
        const { width, height, boxes, seen, scale } = shrunk(source, image.box);
        const map = placeMap(mapOf(explanation, 0), seen, width, height);
        const measures = localise(map, boxes, { seen, tolerance: tolerance * scale });
        const probability = floats(explanation.probabilities)[explained] as number;
        yield { photo: source, explained, predicted: explanation.predicted[0] as number, probability, measures };
      }
    }
  }
}

/** The longer side of the map that is measured: finer than what networks see, and quick for photos of any size. */
const finest = 640;

/** The photo's size, its boxes and what the network saw of it, in pixels of the map that is measured. */
function shrunk({ width, height, boxes = [] }: Photo, seen: Box) {
  const scale = Math.min(1, finest / Math.max(width, height));
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const [across, down] = [size.width / width, size.height / height];
  const scaled = (box: Box): Box => ({
    x: box.x * across,
    y: box.y * down,
    width: box.width * across,
    height: box.height * down,
  });
  return { ...size, boxes: boxes.map(scaled), seen: scaled(seen), scale };
}
