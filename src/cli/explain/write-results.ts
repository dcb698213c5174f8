/** @file Writes the results of an input: figures, overlays, heat maps, arrays. */

import type { FoundInput } from "../../data/find-inputs.js";
import { writeNpy } from "../../data/npy.js";
import { displayMapOf } from "../../explain/maps.js";
import type { Explainer } from "../../explain/options.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { figureWords, placeOnPicture } from "../../image/figure/explanation-row.js";
import type { ExplanationRow } from "../../image/figure/figure.js";
import type { FigureRow } from "../../image/figure/row-parts.js";
import { defaultDivergingColormap } from "../../image/map/colormap.js";
import { type EmphasisOptions, emphasized } from "../../image/map/emphasis.js";
import { mapsJson } from "../../image/map/maps-json.js";
import { colorizeMap, overlay } from "../../image/map/overlay.js";
import { encodePicture, explanationSvg, rasterize } from "../../image/node.js";
import type { Picture } from "../../image/picture/picture.js";
import { layerSize } from "../../model/layers/layer.js";
import { measuresNumbers } from "../../model/targets/output-numbers.js";
import { areOwnScores } from "../../model/targets/target.js";
import type { ImageInput } from "../inputs/read-input.js";
import { printBytes } from "../terminal/print.js";
import { standardOutput } from "../terminal/standard-output.js";
import { type DiagnosedExplanation, drawableMap } from "./diagnosis.js";
import type { OutputPaths, ResultKind } from "./output-paths.js";
import type { StepsOfMaps } from "./steps.js";
import type { TrustOfMaps } from "./trust-of-maps.js";

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
  /** Only where they were asked for. */
  readonly steps?: StepsOfMaps;
}

/** @returns the written paths, for each picture of the input */
export async function writeResults(
  result: Result,
  explainer: Explainer,
  outputs: OutputPaths,
  options: ResultOptions,
): Promise<string[][]> {
  const { source, image, explanation } = result;
  if (image.grids) return (await import("./grids/write-grids.js")).writeGrids(result, image.grids, { explainer, outputs, options });
  const pathsOf: string[][] = image.pictures.map(() => []);
  const write = async (i: number, path: string, bytes: Uint8Array | string) => {
    await writeResult(path, bytes, outputs);
    pathsOf[i]?.push(path);
  };
  if (options.kinds.includes("raw")) {
    const path = outputs.path(source, "raw");
    await writeResult(path, writeNpy(options.signed ? explanation.evidence : explanation.maps), outputs);
    for (const paths of pathsOf) paths.push(path);
    const json = image.isArray ? undefined : outputs.rawJson(source);
    if (json !== undefined) await write(0, json, jsonOf(result, options));
  }
  for (const [i, picture] of image.pictures.entries()) {
    const index = image.pictures.length > 1 ? i : undefined;
    if (options.kinds.includes("figure")) {
      const path = outputs.path(source, "figure", undefined, index);
      const svg = await figureSvg(result, picture, i, explainer, options);
      await write(i, path, outputs.format === "svg" ? svg : await rasterize(svg, outputs.format));
    }
    for (const kind of ["overlay", "heatmap"] as const) {
      if (!options.kinds.includes(kind) || outputs.format === "svg") continue;
      for (const [k, label] of options.classes.entries()) {
        const pixels = (kind === "overlay" ? overlaid : heatMap)(result, picture, i, k, options);
        await write(i, outputs.path(source, kind, label, index), await encodePicture(pixels, outputs.format));
      }
    }
  }
  return pathsOf;
}

/** The maps of the one picture. */
function jsonOf({ image: { box }, explanation }: Result, { signed = false }: ResultOptions): string {
  const maps = explanation.at(0).classes.map(({ label }, k) => ({
    label,
    map: drawableMap(explanation, 0, k, { signed }),
  }));
  return mapsJson(maps, box, signed);
}

/** A file, or standard output. */
export async function writeResult(path: string, bytes: Uint8Array | string, { isNamed }: OutputPaths): Promise<void> {
  await (path === standardOutput ? printBytes(bytes) : writeFileAtomically(path, bytes, { isOurName: !isNamed }));
}

/** Picture i with a row for each class. */
async function figureSvg(
  result: Result,
  picture: Picture,
  i: number,
  explainer: Explainer,
  options: ResultOptions,
): Promise<string> {
  const { classes } = result.explanation.at(i);
  const rows = classes.map((_, k) => rowOf(explainer, result, i, k, options));
  const { box } = result.image;
  return explanationSvg({ picture, rows, ...(box ? { seen: box } : {}) }, options.signed ? {} : coloured(options));
}

function rowOf(
  explainer: Explainer,
  result: Result,
  i: number,
  k: number,
  options: ResultOptions,
): ExplanationRow {
  const { map, peak } = mapOnPicture(result.image, result.explanation, i, k, options);
  return { ...wordsOf(explainer, result, { i, k, peak }, options), map };
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
    method: method.title,
    layer: { name: layer.name, size: layerSize(layer, "×") },
    peak,
    signed: options.signed ?? false,
    note: explanation.diagnosis(i, k).text,
  });
  return measuresNumbers(model) ? { ...row, score: score.toPrecision(4) } : row;
}

/** The map where the network looked; the rest stays zero. */
export function mapOnPicture(
  { pictures, box }: ImageInput,
  explanation: DiagnosedExplanation,
  i: number,
  k: number,
  options: ResultOptions,
): Required<Pick<ExplanationRow, "map" | "peak">> {
  const { map, peak } = emphasized(drawableMap(explanation, i, k, options), options);
  const picture = pictures[i];
  return { map: box && picture ? placeOnPicture(map, box, picture) : map, peak };
}

type Draw = (result: Result, picture: Picture, i: number, k: number, options: ResultOptions) => Picture;

const overlaid: Draw = (result, picture, i, k, options) =>
  overlay(picture, mapAtFullSize(result, picture, i, k, options), coloured(options));

const heatMap: Draw = (result, picture, i, k, options) =>
  colorizeMap(mapAtFullSize(result, picture, i, k, options), coloured(options).colormap);

const mapAtFullSize = (
  { image: { box }, explanation }: Result,
  { width, height }: Picture,
  i: number,
  k: number,
  { signed = false, threshold, percentile }: ResultOptions,
) => displayMapOf(explanation, i, k, { width, height, signed, threshold, percentile, ...(box ? { box } : {}) });

/** Signed maps have colours of their own. */
export function coloured({ signed, colormap }: ResultOptions): { colormap?: string } {
  if (signed) return { colormap: defaultDivergingColormap };
  return colormap ? { colormap } : {};
}
