/** @file An independent test: planted images in which a cue says nothing of the label, and where the cue stands in them. */

import { runtime } from "../../src/cli/platform.js";
import { cueFrom, type StoredCue } from "../../src/data/cues/stored-cue.js";
import type { LabelledImages } from "../../src/data/dataset.js";
import { type Planted, plant } from "../../src/data/planted/plant.js";
import { at } from "../../src/foundation/present.js";
import type { Mask } from "../../src/image/map/mask.js";
import { largestOfRows } from "../../src/improve/answers.js";
import { areaOf, overlap, union } from "../../src/improve/discover/regions.js";
import type { Graph } from "../../src/onnx/graph.js";
import { predictAll } from "../../src/train/validate.js";

/** Accuracies over the groups of class and whether an image's cue is its own class's. */
export interface GroupAccuracies {
  readonly mean: number;
  readonly worst: number;
  /** Over all images. */
  readonly overall: number;
  /** By group, 2 · class + 1 where the cue is another class's. */
  readonly groups: readonly number[];
}

/** What a network gets right of planted images. */
export async function groupAccuracies(
  graph: Graph,
  { images, cues }: Planted,
  classes: number,
): Promise<GroupAccuracies> {
  const answers = largestOfRows(await predictAll(graph, images, runtime), classes);
  const rights = Array.from({ length: 2 * classes }, (): boolean[] => []);
  images.labels.forEach((label, i) => {
    rights[2 * label + (cues[i] === label ? 0 : 1)]?.push(answers[i] === label);
  });
  const share = (all: readonly boolean[]) => all.filter(Boolean).length / Math.max(1, all.length);
  const groups = rights.map(share);
  const mean = groups.reduce((sum, value) => sum + value, 0) / groups.length;
  return { mean, worst: Math.min(...groups), overall: share(rights.flat()), groups };
}

/** A cue that takes more of the image than this has no place. */
const largestPlace = 0.4;
/** Grey images that are marked to see where a cue stands. */
const marked = 300;

/** Where a kind of cue stands: the pixels of grey images that it makes unlike the rest of them; undefined for one without a fixed place. */
export function placeOf(kind: string, { height, width }: LabelledImages, classes: number): Mask | undefined {
  const area = height * width;
  const labels = Uint8Array.from({ length: marked }, (_, i) => i % classes);
  const pixels = new Uint8Array(marked * area).fill(128);
  const { images } = plant({ pixels, labels, count: marked, channels: 1, height, width }, classes, { kind, tied: 1 });
  const size = images.channels * area;
  const places = new Uint8Array(area);
  for (let i = 0; i < marked; i++) {
    const image = images.pixels.subarray(i * size, (i + 1) * size);
    for (let c = 0; c < images.channels; c++) {
      const channel = image.subarray(c * area, (c + 1) * area);
      const rest = mostFrequent(channel);
      channel.forEach((value, place) => {
        if (value !== rest) places[place] = 1;
      });
    }
  }
  const mask = { width, height, places };
  return areaOf(mask) > 0 && areaOf(mask) <= largestPlace ? mask : undefined;
}

function mostFrequent(values: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const value of values) counts[value] = at(counts, value) + 1;
  return counts.indexOf(Math.max(...counts));
}

/** How alike the regions of cues together are to a place (Jaccard); undefined where either has none. */
export function likeness(cues: readonly StoredCue[], place: Mask | undefined): number | undefined {
  const masks = cues.map((cue) => cueFrom(cue)).flatMap((cue) => (cue.kind === "region" ? [cue.mask] : []));
  if (place === undefined || masks.length === 0) return undefined;
  return overlap(union(masks), place);
}
