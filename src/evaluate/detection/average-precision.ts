/** @file Average precision and recall of a detector, as the COCO API computes them. */

import { at } from "../../foundation/present.js";
import type { DetectedScene } from "./detected-scene.js";
import { classIn } from "./match-boxes.js";
import { type AreaRange, areaRanges, type Pool, poolOf, surestOf, verdictsOf } from "./pool.js";
import { averagePrecision, precisionCurve, recalls } from "./precision-curve.js";

/** Overlaps from which on a box counts as found: 0.5, 0.55, ... 0.95. */
export const overlapLimits: readonly number[] = Array.from({ length: 10 }, (_, i) =>
  i === 9 ? 0.95 : i * ((0.95 - 0.5) / 9) + 0.5,
);

/** Null where there is no object to find. */
export type Average = number | null;

/** COCO's twelve numbers, each from 0 to 1 and a mean over the classes that have objects. */
export interface DetectionAverages {
  /** Mean over the ten overlaps. */
  readonly ap: Average;
  readonly ap50: Average;
  readonly ap75: Average;
  readonly apSmall: Average;
  readonly apMedium: Average;
  readonly apLarge: Average;
  /** Recall of the surest box of each image and class; mean over the ten overlaps. */
  readonly ar1: Average;
  readonly ar10: Average;
  readonly ar100: Average;
  readonly arSmall: Average;
  readonly arMedium: Average;
  readonly arLarge: Average;
}

/** One class. */
export interface ClassAverages {
  readonly name: string;
  /** To be found. */
  readonly objects: number;
  /** Boxes of the class, whatever their score. */
  readonly found: number;
  readonly ap: Average;
  readonly ap50: Average;
  readonly ap75: Average;
  readonly ar100: Average;
  /** Precision at each of 101 recalls, with an overlap of 0.5; empty without objects. */
  readonly precisions: readonly number[];
}

export interface AveragePrecision {
  readonly overall: DetectionAverages;
  readonly classes: readonly ClassAverages[];
}

/**
 * Average precision as `COCOeval` of the COCO API computes it for boxes (Lin et al., ECCV 2014; pycocotools 2.0): boxes are matched to objects
 * greedily by score at ten overlaps, precision is read at 101 recalls, at most 100 boxes of a class count in an image. Objects that are ignored are
 * neither hit nor miss.
 */
export function measurePrecision(scenes: readonly DetectedScene[], classes: readonly string[]): AveragePrecision {
  const measured = classes.map((name, classIndex) => {
    const pool = poolOf(scenes.flatMap((scene) => classIn(scene, classIndex) ?? []));
    return { name, pool, ranges: areaRanges.map((range) => measureRange(pool, range)) };
  });
  const over = (range: AreaRange["name"], value: (of: MeasuredRange) => number) => {
    const k = areaRanges.findIndex(({ name }) => name === range);
    return meanOf(measured.flatMap(({ ranges }) => ranges[k]?.map(value) ?? []));
  };
  const atOverlap = (i: number) =>
    meanOf(measured.flatMap(({ ranges }) => (ranges[0]?.[i] === undefined ? [] : [ranges[0][i].precision])));
  return {
    overall: {
      ap: over("all", ({ precision }) => precision),
      ap50: atOverlap(0),
      ap75: atOverlap(5),
      apSmall: over("small", ({ precision }) => precision),
      apMedium: over("medium", ({ precision }) => precision),
      apLarge: over("large", ({ precision }) => precision),
      ar1: over("all", ({ recall1 }) => recall1),
      ar10: over("all", ({ recall10 }) => recall10),
      ar100: over("all", ({ recall }) => recall),
      arSmall: over("small", ({ recall }) => recall),
      arMedium: over("medium", ({ recall }) => recall),
      arLarge: over("large", ({ recall }) => recall),
    },
    classes: measured.map(({ name, pool, ranges }): ClassAverages => {
      const all = at(ranges, 0);
      return {
        name,
        objects: pool.scenes.flatMap(({ objects }) => objects.filter(({ ignored }) => !ignored)).length,
        found: pool.order.length,
        ap: meanOf(all.map(({ precision }) => precision)),
        ap50: all[0]?.precision ?? null,
        ap75: all[5]?.precision ?? null,
        ar100: meanOf(all.map(({ recall }) => recall)),
        precisions: all[0]?.precisions ?? [],
      };
    }),
  };
}

interface MeasuredRange {
  readonly precision: number;
  readonly precisions: readonly number[];
  readonly recall: number;
  readonly recall1: number;
  readonly recall10: number;
}

/** At each overlap; none where there is no object of the size. */
function measureRange(pool: Pool, range: AreaRange): readonly MeasuredRange[] {
  return overlapLimits.flatMap((least) => {
    const { verdicts, objects } = verdictsOf(pool, range, least);
    if (objects === 0) return [];
    const curve = precisionCurve(verdicts, objects);
    const recallOf = (most: number) => precisionCurve(surestOf(pool, verdicts, most), objects).recall;
    const [recall1, recall10] = range.name === "all" ? [recallOf(1), recallOf(10)] : [0, 0];
    return [
      {
        precision: averagePrecision(curve),
        precisions: [...curve.precisions],
        recall: curve.recall,
        recall1,
        recall10,
      },
    ];
  });
}

function meanOf(values: readonly number[]): Average {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The curve of the mean over classes at an overlap of 0.5; empty without objects. */
export function meanCurve(classes: readonly ClassAverages[]): readonly number[] {
  const curves = classes.flatMap(({ precisions }) => (precisions.length > 0 ? [precisions] : []));
  if (curves.length === 0) return [];
  return recalls.map((_, i) => curves.reduce((sum, curve) => sum + at(curve, i), 0) / curves.length);
}
