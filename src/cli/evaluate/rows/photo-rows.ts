/** @file Classifies photos, a row for each. */

import { type Photo, type PhotoDataset, reasonOf } from "../../../data/photos/photo.js";
import { imageOf } from "../../../data/sources/image-of.js";
import { FoveaError } from "../../../foundation/error.js";
import { classifyStream } from "../../../model/run/classify-stream.js";
import type { NamedModel } from "../../inputs/models.js";
import { matchedClasses, type PhotosOfSplit } from "../../inputs/photos.js";
import { assumptions } from "../../inputs/read-input.js";
import type { Marked } from "../../shards/image-marks.js";
import { sameFacts } from "../../shards/rows/facts-of.js";
import { imageRow } from "../../shards/rows/image-columns.js";
import { byName, identityWith, ownPhotos } from "../../shards/rows/photos-of-part.js";
import type { MadeRows, RowWork } from "../../shards/rows/row-work.js";
import type { EvaluateFlags } from "../evaluate-flags.js";
import type { EvaluationOwn, EvaluationSame, evaluationColumns } from "./evaluation-command.js";

/**
 * A prediction of a class that the photos don't have is an error like any other.
 * @throws FoveaError `bad-input` when classes don't match
 */
export function photoRows(
  named: NamedModel,
  dataset: PhotoDataset,
  { photos, split, marks }: PhotosOfSplit & Marked,
  flags: EvaluateFlags,
): RowWork<typeof evaluationColumns, EvaluationSame, EvaluationOwn, Photo> {
  const { classes, indices } = matchedClasses(named, dataset);
  const labelOf = ({ label }: Photo) => dataset.classes[label] ?? "";
  const nameOf = (index: number) => classes[index] ?? "";
  async function* make(some: readonly Photo[]): AsyncGenerator<MadeRows<typeof evaluationColumns, Photo>> {
    const classifier = named.model.classifier();
    const read = async (photo: Photo) => {
      const source = await imageOf(photo);
      const { input, picture } = await named.model.readImage(source);
      await marks?.note(photo.name, source, picture);
      return input;
    };
    try {
      for await (const { source, probabilities, error } of classifyStream(classifier, some, read, { fill: true })) {
        if (error) yield { source, skipped: { path: source.path, reason: reasonOf(source.path, error) } };
        else {
          checkWidth(named, probabilities.length, classes.length);
          const label = indices[source.label] ?? -1;
          const image = { path: source.name, label: labelOf(source), split: source.split };
          yield { source, rows: [{ ...imageRow(image, { nameOf, label }, probabilities), label_index: label }] };
        }
      }
    } finally {
      await classifier.close();
    }
  }
  return {
    what: "classifying",
    same: {
      ...sameFacts(named, dataset.name, flags, assumptions(named.model)),
      ...{ classes, errors: flags.errors, images: { found: dataset.found, split } },
    },
    sources: byName(photos),
    identityOf: (photo) => identityWith(photo, labelOf(photo)),
    make,
    ...(marks ? { marksOf: (photo: Photo) => marks.of(photo.name, photo) } : {}),
    ownOf: (failed) => ({ ...ownPhotos(dataset, failed), measured: photos.length }),
    skippedOf: (own) => own,
  };
}

function checkWidth({ name }: NamedModel, width: number, expected: number): void {
  if (width === expected) return;
  throw new FoveaError("bad-input", `${name}: expected a model of ${expected} classes, got ${width} scores`);
}
