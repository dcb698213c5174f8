/** @file Prints how good a detector is: average precision, classes, kinds of errors, the surest errors. */

import type { Average } from "../../../evaluate/detection/average-precision.js";
import { errorMeanings } from "../../../evaluate/detection/error-kinds.js";
import { type DetectionEvaluation, shownFrom } from "../../../evaluate/detection/evaluate-detections.js";
import { count, counted, percent } from "../../../foundation/words.js";
import type { Box } from "../../../image/picture/resize.js";
import { modelLine, type NamedModel } from "../../inputs/models.js";
import { print, printLines } from "../../terminal/print.js";
import { table } from "../../terminal/table.js";
import type { DetectSetOptions } from "./detect-set.js";
import type { ListedError } from "./listed-error.js";

export interface PrintedDetection {
  readonly evaluation: DetectionEvaluation;
  /** Of all kinds, one kind behind the other. */
  readonly listed: readonly ListedError[];
  readonly limits: DetectSetOptions;
  /** Assumptions about the model, in words. */
  readonly notes: readonly string[];
  readonly source: string;
}

export function printDetection(named: NamedModel, printed: PrintedDetection): void {
  const { evaluation, listed, limits, notes, source } = printed;
  print(modelLine(named));
  print(`on ${counted(evaluation.images, "picture")}: ${source}`);
  for (const each of notes) print(each);
  const { confidence, overlap } = limits;
  print(
    `${count(evaluation.found)} boxes with a score of ${confidence} or more; of two of a class that overlap by more than ${overlap} the surer one`,
  );
  print();
  printAverages(evaluation);
  print();
  printClasses(evaluation);
  print();
  printKinds(evaluation);
  for (const { kind } of evaluation.errors.kinds) {
    const ofKind = listed.filter((error) => error.kind === kind);
    if (ofKind.length > 0) printErrors(ofKind, evaluation.shownErrors[kind]);
  }
}

const share = (value: Average) => (value === null ? "-" : percent(value, 1));

/** COCO's twelve numbers. */
function printAverages({ overall, ignored }: DetectionEvaluation): void {
  const rows = [
    ["AP", share(overall.ap), "mean over overlaps of 0.5 to 0.95"],
    ["AP50", share(overall.ap50), "with an overlap of 0.5"],
    ["AP75", share(overall.ap75), "with an overlap of 0.75"],
    ["AP small", share(overall.apSmall), "objects up to 32 x 32 pixels"],
    ["AP medium", share(overall.apMedium), "between"],
    ["AP large", share(overall.apLarge), "from 96 x 96 pixels on"],
    ["AR 1", share(overall.ar1), "recall of the surest box of each class and picture"],
    ["AR 10", share(overall.ar10), "of the 10 surest"],
    ["AR 100", share(overall.ar100), "of the 100 surest"],
    ["AR small", share(overall.arSmall), ""],
    ["AR medium", share(overall.arMedium), ""],
    ["AR large", share(overall.arLarge), ""],
  ];
  printLines(table(["as COCO measures", "", ""], rows));
  if (ignored > 0) print(`${counted(ignored, "object")} ignored: crowds and difficult ones`);
}

function printClasses({ classes }: DetectionEvaluation): void {
  const rows = classes
    .filter(({ objects, found }) => objects + found > 0)
    .map(({ name, objects, found, ap, ap50, ap75, ar100 }) => [
      name,
      count(objects),
      count(found),
      ...[ap, ap50, ap75, ar100].map(share),
    ]);
  printLines(table(["class", "objects", "boxes", "AP", "AP50", "AP75", "AR 100"], rows));
}

function printKinds({ errors, shownErrors }: DetectionEvaluation): void {
  const rows = errors.kinds.map(({ kind, count: all, gain }) => [
    kind,
    count(all),
    count(shownErrors[kind]),
    points(gain),
    errorMeanings[kind],
  ]);
  printLines(table(["errors (TIDE)", "count", `score ${shownFrom} or more`, "points of AP50", ""], rows));
  print("points of AP50: by how much it rises where these alone are mended, whatever their score");
  print(
    `AP50 without any wrong box ${points(errors.falsePositives)}, without any object that was not found ${points(errors.falseNegatives)} points`,
  );
}

/** A gain in points of percent. */
const points = (gain: number) => `+${(100 * Math.max(0, gain)).toFixed(1)}`;

function printErrors(errors: readonly ListedError[], all: number): void {
  const [first] = errors;
  if (first === undefined) return;
  print();
  const order = first.kind === "missed" ? "largest first" : "surest first";
  print(`${first.kind}, ${order} (${errors.length} of ${count(all)})`);
  const rows = errors.map(({ image, found, object, overlap }) => {
    const box = found ?? object;
    const truth = found && object ? `${object.class}, overlap ${overlap.toFixed(2)}` : "";
    return [image, box?.class ?? "", found ? found.score.toFixed(3) : "", box ? sides(box.box) : "", truth];
  });
  printLines(table(["picture", "class", "score", "left top right bottom", "is about"], rows));
}

const sides = ({ x, y, width, height }: Box) => [x, y, x + width, y + height].map(Math.round).join(" ");
