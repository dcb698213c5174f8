/** @file Discovery: what maps and probes of the training images suggest the model goes by besides the object. */

import { storedCue } from "../../data/cues/store-cue.js";
import { at } from "../../foundation/present.js";
import { counted, list, percent } from "../../foundation/words.js";
import type { Mask } from "../../image/map/mask.js";
import { pieces } from "../../image/map/pieces.js";
import type { Parts } from "../image-set.js";
import type { DiscoverySection, Hypothesis, MapCluster } from "../protocol/sections.js";
import type { Subject } from "../subject.js";
import { clustersOf, type ImageCluster } from "./clusters.js";
import { looks } from "./looks.js";
import {
  areaOf,
  boundsOf,
  concentrationIn,
  contentReader,
  meanMap,
  offObject,
  overlap,
  regionAbove,
  union,
} from "./regions.js";
import { type Sharpener, sharpener } from "./sharpen.js";
import { tellsLabel } from "./tells.js";
import { type LookOptions, lookAtTraining, type SeenImage, type SeenImages } from "./training-maps.js";

/** Shares of a mean map's peak above which a region lies; which one fits is chosen by interventions. */
const thresholds = [0.25, 0.15, 0.35, 0.5] as const;
/** The threshold by which regions are compared and described. */
const [usual] = thresholds;
/** A region of more than so much of the image is the image. */
const largestArea = 0.4;
/** Regions that are tried: each more must be corrected for. */
const mostRegions = 4;
/** Two regions of which so much is the same are one. */
const same = 0.5;
/** A narrow place: its share of the image at most, and that of the maps at least. */
const narrow = { area: 0.1, maps: 1 / 3 } as const;
/** Names that are shown. */
const examples = 8;

/** A region that some images' maps point to. */
interface Candidate {
  /** The region, and the same at other levels. */
  readonly masks: readonly [Mask, ...Mask[]];
  readonly images: readonly SeenImage[];
  readonly concentration: number;
  /** Whether small windows tell what it tells (`sharpener`). */
  readonly sharp: boolean;
}

/**
 * Looks at training images: maps of the true class, clusters of maps and features, regions where mean maps are hot, and numbers that have
 * no place.
 */
export async function discover(subject: Subject, { train }: Parts, options: LookOptions): Promise<DiscoverySection> {
  const seen = await lookAtTraining(subject, train, options);
  const clusters = clustersOf(seen.images, subject.classes.length, 1);
  const context: Context = { subject, seen, names: train.names, boxes: train.boxes };
  const sharp = sharpener(seen.sample);
  const regions = regionsOf(context, clusters, sharp).map((each, i) => regionHypothesis(context, each, i + 1, sharp));
  const placeless = looks.flatMap((look) => lookHypothesis(context, look));
  const hypotheses = [...regions, ...placeless].sort((a, b) => b.information - a.information);
  const seenInTraining = wasSeen(subject);
  return {
    method: seen.method,
    layer: seen.layer,
    images: seen.images.length,
    seenInTraining,
    notes: notesOf(context, seenInTraining),
    clusters: clusters.map((each) => describeCluster(context, each)),
    hypotheses,
  };
}

interface Context {
  readonly subject: Subject;
  readonly seen: SeenImages;
  readonly names: readonly string[];
  readonly boxes: Parts["train"]["boxes"];
}

/** Whether the model has learned from the images: true of networks that name this data as theirs. */
function wasSeen({ model, name }: Subject): boolean | null {
  const data = model.card.provenance?.data;
  return data === undefined ? null : data === name;
}

function notesOf({ seen }: Context, seenInTraining: boolean | null): string[] {
  const blank = seen.images.filter(({ map }) => map.values.every((value) => value === 0)).length;
  return [
    ...(seenInTraining === false
      ? []
      : [
          "the model has, or may have, learned from the images whose maps are looked at: maps of such images are less sure",
        ]),
    ...(blank > 0
      ? [`${counted(blank, "map is", "maps are")} blank: nothing in the layer speaks for the true class`]
      : []),
  ];
}

/** Regions of all maps together, of each class and of each cluster, the most concentrated first, each different from those before. */
function regionsOf({ subject, seen }: Context, clusters: readonly ImageCluster[], sharp: Sharpener): Candidate[] {
  const sources = [
    seen.images,
    ...subject.classes.map((_, label) => seen.images.filter((image) => image.label === label)),
    ...clusters.map(({ members }) => members),
  ].filter((images) => images.length > 0);
  const [all, ...others] = sources.flatMap((images) => candidatesOf(subject, images, sharp));
  if (all === undefined) return [];
  const ranked = [...others].sort(
    (a, b) => b.concentration * b.images.length ** 0.5 - a.concentration * a.images.length ** 0.5,
  );
  return different([all, ...scattered(others), ...ranked]).slice(0, mostRegions);
}

/** Those that are not nearly the same as one before. */
function different(candidates: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const each of candidates)
    if (kept.every((other) => overlap(other.masks[0], each.masks[0]) < same)) kept.push(each);
  return kept;
}

/** Narrow places that different images point to, as one: a cue that changes its place says little at any one of them. */
function scattered(candidates: readonly Candidate[]): Candidate[] {
  const isNarrow = ({ sharp, masks: [mask], concentration }: Candidate) => {
    const area = areaOf(mask);
    return sharp && area <= narrow.area && area * concentration >= narrow.maps;
  };
  const spots = different(candidates.filter(isNarrow));
  if (spots.length < 2) return [];
  const images = [...new Set(spots.flatMap((spot) => spot.images))];
  const mask = union(spots.map(({ masks }) => masks[0]));
  if (!isPlace(mask)) return [];
  return [
    {
      masks: [mask],
      images,
      concentration: concentrationIn(
        mask,
        images.map(({ map }) => map),
      ),
      sharp: true,
    },
  ];
}

/** Where the images' mean map is hot: sharpened where that can be done, else as it is. */
function candidatesOf({ learning: { dims } }: Subject, images: readonly SeenImage[], sharp: Sharpener): Candidate[] {
  const maps = images.map(({ map }) => map);
  const mean = meanMap(maps);
  const hot = thresholds.map((threshold) => regionAbove(mean, threshold, dims[2], dims[1])).filter(isPlace);
  const meant = hot[0] === undefined ? [] : sharp.sharpen(hot[0]).map((masks) => masks.filter(isPlace));
  return (meant.length > 0 ? meant : [hot]).flatMap(([first, ...others]) =>
    first
      ? [{ masks: [first, ...others], images, concentration: concentrationIn(first, maps), sharp: meant.length > 0 }]
      : [],
  );
}

/** Whether a mask is neither empty nor the image. */
function isPlace(mask: Mask): boolean {
  const area = areaOf(mask);
  return area > 0 && area <= largestArea;
}

function regionHypothesis(
  { subject, seen, names, boxes }: Context,
  candidate: Candidate,
  number: number,
  sharp: Sharpener,
): Hypothesis {
  const [mask, ...others] = candidate.masks;
  const told = tellsLabel(seen.sample, contentReader(mask));
  const classes = [...new Set(candidate.images.map(({ label }) => label))].sort((a, b) => a - b);
  const off = boxes
    ? offObject(
        mask,
        candidate.images.map(({ index }) => boxes[index] ?? []),
      )
    : null;
  const { x, y, width, height } = boundsOf(mask);
  const where = `columns ${x} to ${x + width - 1}, rows ${y} to ${y + height - 1}`;
  const whose =
    classes.length === subject.classes.length
      ? "all classes"
      : `class ${list(classes.map((c) => subject.classes[c] ?? String(c)))}`;
  const area = areaOf(mask);
  const spots = pieces(mask).length;
  return {
    id: `region-${number}`,
    sentence: `Maps of ${whose} meet at ${spots === 1 ? "one place" : `${spots} places`} (${where}, ${percent(area, 0)} of the image); what stands there tells the label of ${percent(told.right.value, 0)} of the images.`,
    cue: storedCue({ kind: "region", mask }),
    alternatives: others.map((each) => storedCue({ kind: "region", mask: each })),
    classes,
    ...toldOf(told),
    window: sharp.bestWindow(mask),
    area,
    concentration: concentrationIn(
      mask,
      candidate.images.map(({ map }) => map),
    ),
    offObject: off,
    examples: candidate.images.slice(0, examples).map(({ index }) => at(names, index)),
  };
}

function lookHypothesis({ subject, seen, names }: Context, look: (typeof looks)[number]): Hypothesis[] {
  const told = tellsLabel(seen.sample, (pixels) => look.measure(pixels, subject.learning.dims));
  // Less than chance and its spread is nothing to look into.
  if (look.cue === undefined || told.right.low <= told.chance) return [];
  return [
    {
      id: look.name,
      sentence: `${look.words} alone tell the label of ${percent(told.right.value, 0)} of the images (${percent(told.chance, 0)} by chance); maps cannot show that.`,
      cue: storedCue(look.cue),
      alternatives: [],
      classes: subject.classes.map((_, i) => i),
      ...toldOf(told),
      window: null,
      area: null,
      concentration: null,
      offObject: null,
      examples: seen.images.slice(0, examples).map(({ index }) => at(names, index)),
    },
  ];
}

function toldOf({ right, chance, information }: ReturnType<typeof tellsLabel>) {
  return { tells: right, chance, information };
}

function describeCluster({ subject, names, boxes }: Context, { label, by, members, share }: ImageCluster): MapCluster {
  const { dims } = subject.learning;
  const maps = members.map(({ map }) => map);
  const mask = regionAbove(meanMap(maps), usual, dims[2], dims[1]);
  return {
    class: label,
    label: subject.classes[label] ?? String(label),
    by,
    images: members.length,
    share,
    errorRate: members.filter(({ answer }) => answer !== label).length / members.length,
    area: areaOf(mask),
    concentration: concentrationIn(mask, maps),
    offObject: boxes
      ? offObject(
          mask,
          members.map(({ index }) => boxes[index] ?? []),
        )
      : null,
    examples: members.slice(0, examples).map(({ index }) => at(names, index)),
  };
}
