/** @file Decides from the numbers of an explanation whether its map can be read. */

import { percent } from "../../foundation/words.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import type { Agreement } from "../faithful/agreement.js";
import { smallestLeft } from "../faithful/smallest-left.js";

/**
 * - `not-finite`: NaN or infinite values;
 * - `no-gradient`: nothing at the layer moves the score, or too little for float32;
 * - `cancelled-terms`: at every position the terms of its sum cancel, and what is left is rounding;
 * - `silent-layer`: the activations are zero wherever the class has weight;
 * - `no-evidence`: zero everywhere, for one of these two reasons (a method without channel weights does not tell which);
 * - `all-against`, `mostly-against`: all evidence, or nearly all, is negative;
 * - `constant`, `flat`: the same, or nearly the same value everywhere;
 * - `single-pixel`: one position outshines all others;
 * - `coarse`: so few positions that the map cannot say where;
 * - `averaged`: the method's average over positions moved the evidence, of which another method tells where it is.
 */
export type MapCondition =
  | "fine"
  | "not-finite"
  | "no-gradient"
  | "cancelled-terms"
  | "silent-layer"
  | "no-evidence"
  | "all-against"
  | "mostly-against"
  | "constant"
  | "flat"
  | "single-pixel"
  | "coarse"
  | "averaged";

/** Numbers of one map. Shares are from 0 to 1; where there is nothing to share, 0. */
export interface MapFacts {
  readonly height: number;
  readonly width: number;
  /** How many values are NaN or infinite; they count as zero below. */
  readonly notFinite: number;
  /** How many positions hold negative evidence. */
  readonly negativePositions: number;
  /** Negative evidence as a share of all evidence by magnitude. */
  readonly negativeShare: number;
  /** Row of the strongest position, from 0. */
  readonly row: number;
  /** Column of the strongest position, from 0. */
  readonly column: number;
  /** The strongest position's share of the positive evidence. */
  readonly peakShare: number;
  /** The second strongest position, relative to the strongest. */
  readonly second: number;
  /** The weakest position, relative to the strongest; negative evidence counts as zero. */
  readonly weakest: number;
  /** How many channels have weight, and how many there are, where the method has weights. */
  readonly weighted: number | undefined;
  readonly channels: number | undefined;
  /** All evidence by magnitude, relative to that of the terms that it is the sum of, where these may cancel. */
  readonly left: number | undefined;
  /** All evidence by magnitude, relative to the score. */
  readonly effect: number | undefined;
  /** Where the method averages over positions and that changes something: its agreement with the exact map; else undefined. */
  readonly agreement: Agreement | undefined;
  /** Of the explained class, before softmax. */
  readonly score: number | undefined;
  /** Of the explained class. */
  readonly probability: number | undefined;
}

export interface DiagnoseOptions {
  /** The map's places along each axis, of a signal or a volume. Default rows and columns. */
  readonly sizes?: readonly number[] | undefined;
  /** The channel weights α, [C], where the method has them. */
  readonly weights?: Float32Array | undefined;
  /** All terms of the evidence by magnitude, where they may cancel. */
  readonly magnitude?: number | undefined;
  /** Of the explained class, before softmax. */
  readonly score?: number | undefined;
  /** Of the explained class. */
  readonly probability?: number | undefined;
  /** With the exact map, of a method that averages over positions where that changes something. */
  readonly agreement?: Agreement | undefined;
  /** The map shows evidence against the class. Default false. */
  readonly against?: boolean;
}

/** Whether a map can be read, and if not, why, as far as the map tells. `diagnoseFully` finds out more. */
export interface MapDiagnosis {
  readonly condition: MapCondition;
  /** The condition with its numbers, for people; empty when the map is fine. */
  readonly text: string;
  readonly facts: MapFacts;
}

/**
 * The slope of a saturated unit is computed from 1 - y, which float32 rounds to 6e-8: of an effect this small, fewer than
 * two digits are right. Maps of eight trained networks have effects from 4e-2 upwards.
 */
export const smallestEffect = 1e-5;
/** With less evidence than this on its side, a map divided by its peak shows a remainder as if it were a finding. */
const remainder = 0.01;
/**
 * Layer-CAM, the averaged methods' nearest kin, correlates with what places are worth by 0.80 on a flattened head: what agrees less with
 * the exact map tells less. Means of averaged maps of trained networks lie at 0.02 to 0.37 (XGrad-CAM on one: 0.73) where no global
 * average follows, and at 1.00 where one does (`npm run bench -- real-drop`).
 */
const smallestAgreement = 0.8;
/** Values below this share of the colour scale cannot be seen. */
const invisible = 0.05;
/** Above this share of the peak everything is drawn alike. Maps of eight trained networks have weakest values below 0.2. */
const uniform = 0.9;
/** Relative differences that rounding makes. */
const rounding = 1e-6;
/** Of 2x2 positions each covers a quarter of the picture. */
const fewestPositions = 4;

/** Looks at one map before its ReLU. */
export function diagnose(evidence: FloatMap, options: DiagnoseOptions = {}): MapDiagnosis {
  const facts = factsOf(evidence, options);
  const condition = conditionOf(facts, evidence.values);
  return { condition, text: describeMap(condition, facts, options), facts };
}

function factsOf({ width, height, values }: FloatMap, options: DiagnoseOptions): MapFacts {
  const { weights, magnitude, agreement, score, probability } = options;
  let [notFinite, negativePositions, against, support, second] = [0, 0, 0, 0, 0];
  let [at, peak, weakest] = [0, 0, Number.POSITIVE_INFINITY];
  values.forEach((raw, i) => {
    const value = Number.isFinite(raw) ? raw : 0;
    if (value !== raw) notFinite++;
    if (value < 0) {
      negativePositions++;
      against -= value;
    } else support += value;
    weakest = Math.min(weakest, Math.max(0, value));
    if (value > peak) [at, peak, second] = [i, value, peak];
    else second = Math.max(second, value);
  });
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
  return {
    height,
    width,
    notFinite,
    negativePositions,
    negativeShare: share(against, against + support),
    row: Math.floor(at / width),
    column: at % width,
    peakShare: share(peak, support),
    second: share(second, peak),
    weakest: share(weakest, peak),
    weighted: weights?.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0),
    channels: weights?.length,
    left: magnitude ? share(against + support, magnitude) : undefined,
    effect: score === undefined ? undefined : share(against + support, Math.abs(score)),
    agreement,
    score,
    probability,
  };
}

function conditionOf(facts: MapFacts, values: Float32Array): MapCondition {
  const { height, width, notFinite, effect, left, score, weighted, second, weakest } = facts;
  const positions = height * width;
  if (notFinite > 0) return "not-finite";
  if (weighted === 0) return "no-gradient";
  if (left !== undefined && left < smallestLeft) return "cancelled-terms";
  if (values.every((value) => value === 0)) return weighted === undefined ? "no-evidence" : "silent-layer";
  if (score !== undefined && score !== 0 && effect !== undefined && effect < smallestEffect) return "no-gradient";
  if (facts.peakShare === 0) return "all-against";
  if (1 - facts.negativeShare < remainder) return "mostly-against";
  if (weakest >= 1 - rounding) return "constant";
  if (weakest >= uniform) return "flat";
  if (positions <= fewestPositions) return "coarse";
  if (second <= invisible) return "single-pixel";
  return isMoved(facts.agreement) ? "averaged" : "fine";
}

/** Whether averaging over positions made another map. */
function isMoved(agreement: Agreement | undefined): boolean {
  return agreement !== undefined && (agreement.correlation ?? 0) < smallestAgreement;
}

function describeMap(condition: MapCondition, facts: MapFacts, { against = false, sizes }: DiagnoseOptions): string {
  const { height, width, notFinite, negativePositions, weighted, channels, effect } = facts;
  const positions = height * width;
  const probability = facts.probability === undefined ? "" : ` (probability ${percentage(facts.probability)})`;
  const speaks = against ? "against" : "for";
  const otherwise = against ? "for" : "against";
  switch (condition) {
    case "fine":
      return "";
    case "not-finite": {
      const score = facts.score !== undefined && !Number.isFinite(facts.score) ? ", and neither is the score" : "";
      return `${notFinite} of the map's ${positions} values are not finite${score}.`;
    }
    case "no-gradient":
      return weighted === 0
        ? `All ${channels} channels of this layer have weight zero for this class.`
        : `This layer hardly moves the score: all evidence together is ${significant(effect ?? 0)} of it, less than float32 can resolve.`;
    case "cancelled-terms":
      return `At every position the terms of the channels cancel: what is left is ${significant(facts.left ?? 0)} of them, which is rounding and no evidence.`;
    case "silent-layer":
      return `The layer is silent: the class has weight in ${weighted} of its ${channels} channels, and these are zero on this image.`;
    case "no-evidence":
      return `The map is zero at all ${positions} positions: the layer is silent, or the class does not depend on it.`;
    case "all-against": {
      const rest = negativePositions === positions ? "" : ", and the rest is silent";
      return `Nothing at this layer speaks ${speaks} this class${probability}: ${negativePositions} of ${positions} positions speak ${otherwise} it${rest}.`;
    }
    case "mostly-against":
      return `Only ${percentage(1 - facts.negativeShare)} of the evidence at this layer speaks ${speaks} this class${probability}, and the map shows that remainder in full colour: ${negativePositions} of ${positions} positions speak ${otherwise} it.`;
    case "constant":
      return positions === 1
        ? "The layer has a single position: it cannot say where."
        : `The map has the same value at all ${positions} positions: this layer does not tell them apart.`;
    case "flat":
      return `The map is nearly uniform: its weakest value is ${percentage(facts.weakest)} of its strongest.`;
    case "single-pixel":
      return `One position (${peakInWords(facts, sizes)}) holds ${percentage(facts.peakShare)} of the evidence, and outshines all others ${outshone(facts.second)}.`;
    case "coarse":
      return `The layer has ${sizes?.join("x") ?? `${height}x${width}`} positions: too few to say where.`;
    case "averaged":
      return `Averaging over positions moved this map: ${agreementInWords(facts.agreement, speaks)}; hires-cam shows each position by its own gradient.`;
  }
}

/** Where the largest value is: `row 3, column 5 of 7x7`, or along other axes `2, 3, 5 of 4x7x7`. */
function peakInWords({ row, column, height, width }: MapFacts, sizes: readonly number[] = [height, width]): string {
  if (sizes.length === 2) return `row ${row}, column ${column} of ${height}x${width}`;
  let rest = row * width + column;
  const place = sizes.toReversed().map((size) => {
    const at = rest % size;
    rest = (rest - at) / size;
    return at;
  });
  return `${place.toReversed().join(", ")} of ${sizes.join("x")}`;
}

/** `its correlation with the exact one is 0.12, and 37 % of it is at positions that do not speak for this class`. */
export function agreementInWords(agreement: Agreement | undefined, speaks: "for" | "against"): string {
  const { correlation, misplaced = 0 } = agreement ?? {};
  const likeness =
    correlation === undefined
      ? "it has no likeness to the exact one"
      : `its correlation with the exact one is ${correlation.toFixed(2)}`;
  return `${likeness}, and ${percentage(misplaced)} of it is at positions that do not speak ${speaks} this class`;
}

function outshone(second: number): string {
  return second === 0 ? "completely" : `${Math.round(1 / second)} to 1`;
}

/** `7 %`, `99.8 %`: as many digits as keep it from looking like none or all. */
export function percentage(share: number): string {
  for (const digits of [0, 1, 2, 3, 4]) {
    const text = percent(share, digits);
    const rounded = Number.parseFloat(text);
    if (share === 0 || share === 1 || (rounded > 0 && rounded < 100)) return text;
  }
  return share < 0.5 ? `${significant(100 * share)} %` : "over 99.9999 %";
}

function significant(value: number): string {
  return value.toExponential(0);
}
