/** @file Writes the results of a signal, volume or clip: figures, arrays, and maps as NIfTI in the place of the file. */

import { writeNpy } from "../../../data/npy.js";
import { writeNifti } from "../../../data/volumes/write-nifti.js";
import type { Explainer } from "../../../explain/options.js";
import type { GridPicture } from "../../../image/grid/grid-picture.js";
import { emphasized } from "../../../image/map/emphasis.js";
import { type GridMap, resizeGrid, stackedRows } from "../../../image/map/grid-map.js";
import { normalizeMap } from "../../../image/map/heatmap.js";
import { gridSvg } from "../../../image/node.js";
import { float32 } from "../../../onnx/tensor.js";
import { drawableGrid } from "../diagnosis.js";
import type { OutputPaths } from "../output-paths.js";
import { coloured, fileOfFigure, type Result, type ResultOptions, wordsOf, writeResult } from "../result/result.js";

/** What all inputs of a run share. */
export interface GridWriting {
  readonly explainer: Explainer;
  readonly outputs: OutputPaths;
  readonly options: ResultOptions;
}

/** @returns the written paths, for each signal, volume or clip of the input */
export async function writeGrids(result: Result, grids: readonly GridPicture[], how: GridWriting): Promise<string[][]> {
  const { outputs, options } = how;
  const { source, explanation } = result;
  const pathsOf: string[][] = grids.map(() => []);
  const write = async (indices: Iterable<number>, path: string, bytes: Uint8Array | string) => {
    await writeResult(path, bytes, outputs);
    for (const i of indices) pathsOf[i]?.push(path);
  };
  if (options.kinds.includes("raw")) {
    const path = outputs.path(source, "raw");
    await write(grids.keys(), path, writeNpy(options.signed ? explanation.evidence : explanation.maps));
    const volume = await niftiOf(result, options);
    const beside = path.replace(/\.npy$/i, "");
    if (volume && path.toLowerCase().endsWith(".npy")) await write([0], `${beside}.nii.gz`, volume);
  }
  if (options.kinds.includes("heatmap")) {
    const path = outputs.path(source, "heatmap").replace(/\.\w+$/, ".npy");
    await write(grids.keys(), path, writeNpy(fullSize(result, grids, options)));
  }
  if (!options.kinds.includes("figure")) return pathsOf;
  for (const [i, picture] of grids.entries()) {
    const path = outputs.path(source, "figure", undefined, grids.length > 1 ? i : undefined);
    const svg = await figureOf(result, picture, i, how);
    await write([i], path, await fileOfFigure(svg, outputs));
  }
  return pathsOf;
}

async function figureOf(result: Result, picture: GridPicture, i: number, { explainer, options }: GridWriting) {
  const rows = result.explanation.at(i).classes.map((_, k) => {
    const { map, peak } = shown(drawableGrid(result.explanation, i, k, options), options);
    return { ...wordsOf(explainer, result, { i, k, peak }, options), map };
  });
  return gridSvg({ picture, rows }, options.signed ? {} : coloured(options));
}

/** The map without its weak values, and the value at which the colour scale ends. */
function shown(map: GridMap, options: ResultOptions): { readonly map: GridMap; readonly peak: number } {
  const { map: rows, peak } = emphasized(stackedRows(map), options);
  return { map: { sizes: map.sizes, values: rows.values }, peak };
}

/** All maps at the input's own size, as they are shown: 0 to 1, or -1 to 1 where they are signed; [N, K, ...places]. */
function fullSize({ explanation }: Result, grids: readonly GridPicture[], options: ResultOptions) {
  const all = grids.flatMap((picture, i) =>
    explanation.at(i).classes.map((_, k) => {
      const { map, peak } = shown(drawableGrid(explanation, i, k, options), options);
      const { values } = normalizeMap(stackedRows(map), { signed: options.signed ?? false, peak });
      return resizeGrid({ sizes: map.sizes, values }, picture.sizes).values;
    }),
  );
  const [first] = grids;
  const count = all.length / Math.max(grids.length, 1);
  const whole = new Float32Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of all) {
    whole.set(values, at);
    at += values.length;
  }
  return float32([grids.length, count, ...(first?.sizes ?? [])], whole);
}

/** The raw maps of a medical file at its own size and place, a channel for each class; undefined for other inputs. */
async function niftiOf({ image: { geometry }, explanation }: Result, options: ResultOptions) {
  if (geometry === undefined) return undefined;
  const maps = explanation.at(0).classes.map((_, k) => drawableGrid(explanation, 0, k, options));
  if (maps.some(({ sizes }) => sizes.length !== 3)) return undefined;
  const { sizes, affine, spacing } = geometry;
  const size = sizes.reduce((product, each) => product * each, 1);
  const values = new Float32Array(maps.length * size);
  for (const [k, map] of maps.entries()) values.set(resizeGrid(map, sizes).values, k * size);
  return writeNifti({ dims: [maps.length, ...sizes], values, affine, spacing });
}
