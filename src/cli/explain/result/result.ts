/** @file The result of an input: its words in a figure, and how results are written and coloured. */

import type { FoundInput } from "../../../data/find-inputs.js";
import { markedTitle } from "../../../explain/method.js";
import type { Explainer } from "../../../explain/options.js";
import { writeFileAtomically } from "../../../files/atomic.js";
import { figureWords } from "../../../image/figure/explanation-row.js";
import type { FigureRow } from "../../../image/figure/row-parts.js";
import { defaultDivergingColormap } from "../../../image/map/colormap.js";
import type { EmphasisOptions } from "../../../image/map/emphasis.js";
import { rasterize } from "../../../image/node.js";
import { layerSize } from "../../../model/layers/layer.js";
import { measuresNumbers } from "../../../model/targets/output-numbers.js";
import { areOwnScores } from "../../../model/targets/target.js";
import type { ImageInput } from "../../inputs/read-input.js";
import { printBytes } from "../../terminal/print.js";
import { standardOutput } from "../../terminal/standard-output.js";
import type { AgreementOfMaps } from "../agreement/agreement-of-maps.js";
import type { DiagnosedExplanation } from "../diagnosis.js";
import type { OutputPaths, ResultKind } from "../output-paths.js";
import type { StepsOfMaps } from "../steps.js";
import type { TrustOfMaps } from "../trust-of-maps.js";

export interface ResultOptions extends EmphasisOptions {
  readonly kinds: readonly ResultKind[];
  /** The classes as the user named them. */
  readonly classes: readonly string[];
  readonly against: boolean;
  readonly colormap: string | undefined;
}

/** Explanations of one input and where they go. */
export interface Result {
  readonly source: FoundInput;
  readonly image: ImageInput;
  readonly explanation: DiagnosedExplanation;
  /** Only where it was asked for. */
  readonly trust?: TrustOfMaps;
  /** Only where it was asked for, or cheap. */
  readonly agreement?: AgreementOfMaps;
  /** Only where they were asked for. */
  readonly steps?: StepsOfMaps;
}

/** A file, or standard output. */
export async function writeResult(path: string, bytes: Uint8Array | string, { isNamed }: OutputPaths): Promise<void> {
  await (path === standardOutput ? printBytes(bytes) : writeFileAtomically(path, bytes, { isOurName: !isNamed }));
}

/** A figure as what is written: the drawing, or its pixels. */
export async function fileOfFigure(svg: string, { format }: OutputPaths): Promise<Uint8Array | string> {
  return format === "svg" ? svg : rasterize(svg, format);
}

/** Signed maps have colours of their own. */
export function coloured({ signed, colormap }: Pick<ResultOptions, "signed" | "colormap">): { colormap?: string } {
  if (signed) return { colormap: defaultDivergingColormap };
  return colormap ? { colormap } : {};
}

/** Which map a row of a figure has, and where its colours end. */
export interface RowOfMap {
  readonly i: number;
  readonly k: number;
  readonly peak: number;
}

/** The words of a row. */
export function wordsOf(
  { model, layer, method }: Explainer,
  { explanation }: Result,
  { i, k, peak }: RowOfMap,
  options: ResultOptions,
): FigureRow {
  const { classes, predicted, scores } = explanation.at(i);
  const { index, label, score, probability } = classes[k] ?? predicted;
  const several = scores.length > 1;
  const isMultiLabel = model.task.name === "multi-label" && model.target === undefined;
  const isLikely = isMultiLabel ? probability >= 0.5 : predicted.index === index;
  const row = figureWords({
    label,
    predicted: several && !measuresNumbers(model) && isLikely,
    against: options.against,
    score,
    probability: several && !areOwnScores(model) ? probability : undefined,
    shareOf: model.shareOf,
    activation: isMultiLabel ? "sigmoid" : "softmax",
    signs: measuresNumbers(model) ? ["raises it", "lowers it"] : undefined,
    method: markedTitle(method),
    layer: { name: layer.name, size: layerSize(layer, "×") },
    peak,
    signed: options.signed ?? false,
    note: explanation.diagnosis(i, k).text,
  });
  return measuresNumbers(model) ? { ...row, score: score.toPrecision(4) } : row;
}
