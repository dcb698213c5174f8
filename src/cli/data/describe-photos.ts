/** @file Describes a dataset of photos: classes, splits, sizes, boxes, and its faults. */

import { nearDuplicates } from "../../data/photos/copies/near-duplicates.js";
import { type Photo, type PhotoDataset, splits } from "../../data/photos/photo.js";
import { FoveaError } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";
import { failPhotos, photosAt } from "../inputs/datasets.js";
import type { Job } from "../terminal/job.js";
import { print, printJson, printLines } from "../terminal/print.js";
import { table } from "../terminal/table.js";

/** Pairs of near-duplicates that are printed. */
const mostPairs = 20;

/**
 * Prints it. Every photo is decoded, to find near-duplicates and those that are damaged.
 * @returns the exit code
 */
export async function describePhotos(job: Job, path: string, seed: string): Promise<number> {
  const dataset = await photosAt(job, path, { seed });
  const { pairs, unreadable } = await job.stage("comparing photos", (onProgress) =>
    nearDuplicates(dataset.photos, { onProgress }),
  );
  const skipped = [...dataset.skipped, ...unreadable];
  const damaged = new Set(unreadable.map((each) => each.path));
  const photos = dataset.photos.filter((photo) => !damaged.has(photo.path));
  const [first] = unreadable;
  if (first && photos.length === 0) {
    throw new FoveaError(
      "bad-input",
      `${path}: photos: expected one that can be read, got none: ${first.path}: ${first.reason}`,
    );
  }
  const { name, source, classes } = dataset;
  const near = pairs.map(({ photos: [a, b], distance }) => ({
    photos: [a.path, b.path],
    splits: [a.split, b.split],
    classes: [a, b].map(({ label }) => classes[label]),
    distance,
  }));
  const description = { name, source, classes, ...summaryOf(classes, photos), nearDuplicates: near, skipped };
  if (job.format === "json") printJson(description);
  else printDescription(description);
  return job.end(failPhotos(job, skipped, dataset.photos.length + dataset.skipped.length));
}

interface Description extends Pick<PhotoDataset, "name" | "source">, ReturnType<typeof summaryOf> {
  readonly nearDuplicates: readonly { photos: string[]; splits: string[]; classes: (string | undefined)[] }[];
}

function printDescription({
  name,
  source,
  counts,
  sizes,
  boxes,
  photosWithBoxes,
  nearDuplicates: near,
}: Description): void {
  print(`${name}: ${source}`);
  print();
  const rows = counts.map(({ name, ...inSplit }) => [name, ...splits.map((split) => inSplit[split]), inSplit.all]);
  printLines(table(["class", ...splits, "all"], rows));
  print();
  print(`sizes: ${sizes.smallest} to ${sizes.largest}, median ${sizes.median}`);
  print(`boxes: ${boxes === 0 ? "none" : `${count(boxes)} on ${count(photosWithBoxes)} photos`}`);
  print(`near-duplicates across splits (pairs): ${near.length === 0 ? "none" : count(near.length)}`);
  for (const { photos, splits: parts, classes } of near.slice(0, mostPairs)) {
    const labels = classes[0] === classes[1] ? "" : `, once ${classes.join(" and once ")}`;
    print(`  ${photos[0]} (${parts[0]}) and ${photos[1]} (${parts[1]})${labels}`);
  }
  if (near.length > mostPairs) print(`  and ${count(near.length - mostPairs)} more, see --json`);
}

function summaryOf(classes: PhotoDataset["classes"], photos: readonly Photo[]) {
  const counts = classes.map((name, label) => {
    const ofClass = photos.filter((photo) => photo.label === label);
    const inSplit = (split: Photo["split"]) => ofClass.filter((photo) => photo.split === split).length;
    return {
      name,
      ...{ train: inSplit("train"), validation: inSplit("validation"), test: inSplit("test") },
      all: ofClass.length,
    };
  });
  const bySize = photos.toSorted((a, b) => a.width * a.height - b.width * b.height);
  const size = (photo: Photo | undefined) => (photo ? `${photo.width}x${photo.height}` : "none");
  return {
    counts,
    sizes: { smallest: size(bySize[0]), largest: size(bySize.at(-1)), median: size(bySize[bySize.length >> 1]) },
    boxes: photos.reduce((sum, { boxes = [] }) => sum + boxes.length, 0),
    photosWithBoxes: photos.filter(({ boxes }) => boxes).length,
  };
}
