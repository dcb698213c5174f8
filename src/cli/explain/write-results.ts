/** @file Writes the results of an input: figures, overlays, heat maps, arrays. */

import { writeNpy } from "../../data/npy.js";
import { displayMapOf } from "../../explain/maps.js";
import type { Explainer } from "../../explain/options.js";
import { placeOnPicture } from "../../image/figure/explanation-row.js";
import type { ExplanationRow } from "../../image/figure/figure.js";
import { emphasized } from "../../image/map/emphasis.js";
import { mapsJson } from "../../image/map/maps-json.js";
import { colorizeMap, overlay } from "../../image/map/overlay.js";
import { encodePicture, explanationSvg } from "../../image/node.js";
import type { Picture } from "../../image/picture/picture.js";
import type { ImageInput } from "../inputs/read-input.js";
import { type DiagnosedExplanation, drawableMap } from "./diagnosis.js";
import type { OutputPaths } from "./output-paths.js";
import { coloured, fileOfFigure, type Result, type ResultOptions, wordsOf, writeResult } from "./result/result.js";

/** @returns the written paths, for each picture of the input */
export async function writeResults(
  result: Result,
  explainer: Explainer,
  outputs: OutputPaths,
  options: ResultOptions,
): Promise<string[][]> {
  const { source, image, explanation } = result;
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
      await write(i, path, await fileOfFigure(svg, outputs));
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

function rowOf(explainer: Explainer, result: Result, i: number, k: number, options: ResultOptions): ExplanationRow {
  const { map, peak } = mapOnPicture(result.image, result.explanation, i, k, options);
  return { ...wordsOf(explainer, result, { i, k, peak }, options), map };
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
