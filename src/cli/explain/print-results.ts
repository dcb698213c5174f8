/** @file Tells an explanation in words, in one line, and for programs. */

import { agreementInWords } from "../../explain/diagnose/diagnose.js";
import type { Explanation } from "../../explain/explanation.js";
import { markedTitle } from "../../explain/method.js";
import type { Explainer } from "../../explain/options.js";
import { percent } from "../../foundation/words.js";
import { middleOf, peakCell } from "../../image/grid/grid-picture.js";
import { outshone } from "../../image/map/emphasis.js";
import { stackedRows } from "../../image/map/grid-map.js";
import { mapPeak } from "../../image/map/heatmap.js";
import { className } from "../../model/class-names.js";
import { describeLayer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { measuresNumbers } from "../../model/targets/output-numbers.js";
import { areOwnScores } from "../../model/targets/target.js";
import { floats } from "../../onnx/tensor.js";
import { modelLine, type NamedModel } from "../inputs/models.js";
import { assumptions, countOf, type ImageInput } from "../inputs/read-input.js";
import { print } from "../terminal/print.js";
import { standardOutput } from "../terminal/standard-output.js";
import { describedFamilies, familyLines } from "./agreement/agreement-of-maps.js";
import { type DiagnosedExplanation, describedDiagnosis, diagnosisLines, drawableGrid } from "./diagnosis.js";
import type { Result } from "./result/result.js";
import { describedSteps, type StepsOfMaps, stepLines } from "./steps.js";
import { trustLines } from "./trust-of-maps.js";

/** What of an explanation is printed. */
export interface Printing {
  /** How many classes. */
  readonly top: number;
  /** The colour scale ends at the peak, since nobody said where. */
  readonly endsAtPeak: boolean;
}

/** Prints everything about one input. */
export function printExplanation(
  named: NamedModel,
  explainer: Explainer,
  { image, explanation, trust, agreement, steps }: Result,
  written: readonly (readonly string[])[],
  { top, endsAtPeak }: Printing,
): void {
  for (const i of explanation.classes.keys()) {
    print(`${nameOf(image, i)}: ${modelLine(named)}`);
    const { warnings = [] } = image;
    const notes = [...assumed(named.model, image), ...explainer.notes, ...image.notes, ...neglected(explanation, i)];
    for (const note of [...warnings, ...notes]) print(`  ${note}`);
    if (named.model.classCount === 1)
      print(`  ${floats(explanation.scores)[i]?.toPrecision(4)}  ${className(named.model, 0)}`);
    else
      for (const each of toldClasses(named.model, explanation, i, top))
        print(`  ${strength(named.model, each).padStart(7)}  ${each.label}`);
    for (const line of peakLines(image, explanation, i)) print(`  ${line}`);
    for (const line of completenessLines(explanation, i)) print(`  ${line}`);
    for (const line of agreementLines(explanation, i)) print(`  ${line}`);
    for (const line of blankMaps(explanation, i)) print(`  ${line}`);
    for (const line of endsAtPeak ? darkMaps(explanation, i) : []) print(`  ${line}`);
    for (const line of familyLines(explanation, agreement, i)) print(`  ${line}`);
    for (const line of trustLines(named.model, explanation, trust, i)) print(`  ${line}`);
    for (const line of steps?.[i]?.flatMap(stepLines) ?? []) print(`  ${line}`);
  }
  print(`  ${methodLine(explainer)}`);
  for (const path of new Set(written.flat())) if (path !== standardOutput) print(`  wrote ${path}`);
}

/** Lines that hold for all inputs of a run. */
export function runLines(named: NamedModel, explainer: Explainer, image: Pick<ImageInput, "isArray">): string[] {
  return [
    modelLine(named),
    ...[methodLine(explainer), ...assumed(named.model, image), ...explainer.notes].map((line) => `  ${line}`),
  ];
}

/** One of many inputs: for each picture a line, and one for each map that is blank. */
export function resultLines(
  { model }: NamedModel,
  { image, explanation, trust, agreement }: Result,
  written: readonly (readonly string[])[],
  top: number,
): string[][] {
  return explanation.classes.map((_, i) => {
    const classes = toldClasses(model, explanation, i, top);
    const scores = classes.map((each) => `${strength(model, each)} ${each.label}`).join(", ");
    const files = written[i] ?? [];
    const line = `${nameOf(image, i)}: ${scores}${files.length > 0 ? ` -> ${files.join(", ")}` : ""}`;
    const more = [
      ...(image.warnings ?? []),
      ...neglected(explanation, i),
      ...blankMaps(explanation, i),
      ...familyLines(explanation, agreement, i),
      ...trustLines(model, explanation, trust, i),
    ];
    return [line, ...more.map((each) => `  ${each}`)];
  });
}

/** Machine-readable results, one per picture. */
export function describeResult(
  { model }: NamedModel,
  explainer: Explainer,
  { image, explanation, trust, agreement, steps }: Result,
  written: readonly (readonly string[])[],
  top: number,
) {
  return explanation.classes.map((_, i) => ({
    input: image.path,
    ...(countOf(image) > 1 ? { index: i } : {}),
    ...(image.box ? { box: image.box } : {}),
    top: topClasses(model, explanation, i, top),
    classes: explanation.at(i).classes.map(({ index, label, score, probability }, k) => ({
      class: index,
      label,
      probability,
      score,
      peak: mapPeak(stackedRows(drawableGrid(explanation, i, k))),
      ...peakPlace(image, explanation, i, k),
      ...completenessAt(explanation, i, k),
      ...agreementAt(explanation, i, k),
      ...describedFamilies(agreement, i, k),
      diagnosis: describedDiagnosis(explanation.diagnosis(i, k)),
      ...(trust ? { trust: trust[i]?.[k] } : {}),
      ...describedAt(steps, i, k),
    })),
    notes: [
      ...(image.warnings ?? []),
      ...assumed(model, image),
      ...explainer.notes,
      ...image.notes,
      ...neglected(explanation, i),
    ],
    written: written[i]?.length === 1 ? written[i]?.[0] : written[i],
  }));
}

/** The attributed sum and the number that it should be, where the method shares out a number. */
function completenessAt({ completeness, classes }: Explanation, i: number, k: number) {
  if (completeness === undefined) return {};
  const at = i * (classes[i]?.length ?? 0) + k;
  return { attributed: floats(completeness.attributed)[at], total: floats(completeness.total)[at] };
}

function completenessLines(explanation: Explanation, i: number): string[] {
  return explanation.at(i).classes.flatMap(({ label }, k) => {
    const { attributed, total } = completenessAt(explanation, i, k);
    if (attributed === undefined || total === undefined) return [];
    const error = Math.abs(attributed - total);
    const share = total === 0 ? "" : `, ${percent(error / Math.abs(total), 2)}`;
    return [
      `attribution of ${label} adds up to ${attributed.toFixed(3)} of ${total.toFixed(3)} (error ${error.toPrecision(2)}${share})`,
    ];
  });
}

/** Maps that look dark because a few dots outshine the rest, and what shows it. */
function darkMaps(explanation: DiagnosedExplanation, i: number): string[] {
  return explanation.at(i).classes.flatMap(({ label }, k) => {
    const share = outshone(stackedRows(drawableGrid(explanation, i, k)));
    if (share === undefined) return [];
    return [
      `map of ${label}: a few dots outshine the rest, of which 99 % lie below ${percent(share, 0)} of the peak; --percentile 99 shows it`,
    ];
  });
}

/** The place of the input where the map of a signal, volume or clip has its peak; nothing for a picture, and a blank map. */
function peakPlace(image: ImageInput, explanation: DiagnosedExplanation, i: number, k: number) {
  const picture = image.grids?.[i];
  const { sizes, values } = drawableGrid(explanation, i, k);
  if (picture === undefined || sizes.length !== picture.sizes.length || !values.some((value) => value > 0)) return {};
  return { peakAt: middleOf(peakCell(values, sizes, false), sizes, picture.sizes) };
}

function peakLines(image: ImageInput, explanation: DiagnosedExplanation, i: number): string[] {
  return explanation.at(i).classes.flatMap(({ label }, k) => {
    const { peakAt } = peakPlace(image, explanation, i, k);
    const { kind = "signal", sizes = [] } = image.grids?.[i] ?? {};
    const words = kind === "signal" ? ["sample"] : [kind === "clip" ? "frame" : "slice", "row", "column"];
    const places = peakAt?.map((at, axis) => `${words[axis]} ${at} of ${sizes[axis]}`).join(", ");
    return places === undefined ? [] : [`map of ${label}: the peak is at ${places}`];
  });
}

function describedAt(steps: StepsOfMaps | undefined, i: number, k: number) {
  const step = steps?.[i]?.[k];
  return step === undefined ? {} : { steps: describedSteps(step) };
}

/** Where the method averages over places, and that is not exact. */
function agreementAt(explanation: Explanation, i: number, k: number) {
  const agreement = explanation.at(i).agreement(k);
  return agreement === undefined ? {} : { agreement };
}

/** Of maps whose diagnosis does not say it. */
function agreementLines(explanation: DiagnosedExplanation, i: number): string[] {
  return explanation.at(i).classes.flatMap(({ label }, k) => {
    const { agreement } = agreementAt(explanation, i, k);
    if (agreement === undefined || explanation.diagnosis(i, k).condition === "averaged") return [];
    const speaks = explanation.against ? "against" : "for";
    return [`map of ${label}: averaged over positions; ${agreementInWords(agreement, speaks)} (hires-cam)`];
  });
}

function nameOf(image: ImageInput, i: number): string {
  return countOf(image) > 1 ? `${image.path} [${i}]` : image.path;
}

/** Of an array nothing is assumed. */
function assumed(model: Model, { isArray }: Pick<ImageInput, "isArray">): string[] {
  return isArray ? [] : assumptions(model);
}

/** The share that a choice among the channels leaves out. */
function neglected({ neglected: shares, weights }: Explanation, i: number): string[] {
  const share = shares?.[i];
  if (share === undefined) return [];
  return [
    `the channels that were not looked at hold ${percent(share, 1)} of the activation (of ${weights?.dims[2]} channels)`,
  ];
}

function blankMaps(explanation: DiagnosedExplanation, i: number): string[] {
  return explanation.at(i).classes.flatMap(({ label }, k) => diagnosisLines(label, explanation.diagnosis(i, k)));
}

function methodLine({ layer, method }: Explainer): string {
  return `${markedTitle(method)} at layer ${layer.name} (${describeLayer(layer)})${layer.reason === "as given" ? "" : `: ${layer.reason}`}`;
}

function topClasses(model: Model, explanation: Explanation, i: number, top: number) {
  return rankedClasses(model, explanation, i).slice(0, top);
}

/** The best classes, and behind them those that are explained without being among the best. */
function toldClasses(model: Model, explanation: Explanation, i: number, top: number) {
  const explained = explanation.classes[i] ?? [];
  return rankedClasses(model, explanation, i).filter((each, rank) => rank < top || explained.includes(each.class));
}

/** The likeliest first; numbers that are measured in their own order. */
function rankedClasses(model: Model, explanation: Explanation, i: number) {
  const { scores, probabilities } = explanation.at(i);
  const all = Array.from(probabilities, (probability, index) => ({
    class: index,
    label: explanation.classNames?.[index] ?? String(index),
    probability,
    score: scores[index] ?? Number.NaN,
  }));
  return measuresNumbers(model) ? all : all.sort((a, b) => b.probability - a.probability);
}

/** The probability; for a target other than the model's own classes the score, for which a softmax has no meaning. */
function strength(
  model: Model,
  { probability, score }: { readonly probability: number; readonly score: number },
): string {
  if (areOwnScores(model)) return score.toFixed(3);
  return [percent(probability, 1), ...(model.shareOf === undefined ? [] : [model.shareOf])].join(" ");
}
