/** @file Reads the inputs of networks for signals, volumes and clips: arrays, NIfTI files, DICOM series, video. */

import { statSync } from "node:fs";
import { basename, join } from "node:path";
import type { FoundInput } from "../../../data/find-inputs.js";
import type { Volume } from "../../../data/volumes/volume.js";
import { filesIn } from "../../../data/walk.js";
import type { LoadedModel } from "../../../explain/loaded-model.js";
import { readInput as readWhole } from "../../../files/input/read-input.js";
import { wrongFile } from "../../../files/kinds/file-kind.js";
import { startOf } from "../../../files/kinds/kind.js";
import { arrayKind } from "../../../files/kinds/other-kinds.js";
import { startOfFile } from "../../../files/kinds/start-of-file.js";
import type { GridPicture } from "../../../image/grid/grid-picture.js";
import { checkPlaces } from "../../../model/layers/layer.js";
import { convertTensor } from "../../../onnx/convert-tensor.js";
import { float32From } from "../../../onnx/rewrite/precision.js";
import { floats, type Tensor } from "../../../onnx/tensor.js";
import { isClip } from "../../explain/video/clip-options.js";
import { type ImageInput, readNpyFile } from "../read-input.js";
import { gridArray } from "./grid-array.js";
import { isDicom, isNifti } from "./grid-files.js";
import { channelsFirst } from "./grid-layout.js";
import type { Window } from "./grid-values.js";
import { volumeInput } from "./volume-input.js";

/** How volumes are read. */
export interface GridReading {
  /** The grey values that become 0 to 1. Default: values stay as they are. */
  readonly window?: Window | undefined;
  /** Which of several DICOM series, from 1. */
  readonly series?: number | undefined;
  /** Breaks off where a clip is read. */
  readonly signal: AbortSignal;
}

/**
 * Reads an array, a NIfTI file, a DICOM series (a folder, or a file with many frames) or a clip as the model's input.
 * @throws FoveaError `not-found`, `bad-file` for another file, `shape-mismatch` for one that does not fit the model
 */
export async function readGrid(model: LoadedModel, { path, file }: FoundInput, how: GridReading): Promise<ImageInput> {
  const bytes = await file?.read();
  const head = bytes ?? startOfFile(path);
  if (head && arrayKind.is(startOf(head))) return readArray(model, path, bytes);
  if (bytes === undefined && isClip(path)) {
    const { clipInput } = await import("./clip-input.js");
    const { runtime } = model.platform;
    const { input, picture, notes } = await clipInput(model, path, { runtime, signal: how.signal });
    return { path, input, pictures: [], grids: [picture], box: undefined, notes };
  }
  const volume = await readVolume(path, head, bytes, how);
  const { input, picture, notes } = volumeInput(model, volume, how.window, path);
  const [, slices, rows, columns] = volume.dims;
  const geometry = { affine: volume.affine, spacing: volume.spacing, sizes: [slices, rows, columns] } as const;
  return { path, input, pictures: [], grids: [picture], geometry, box: undefined, notes };
}

async function readVolume(
  path: string,
  head: Uint8Array | undefined,
  bytes: Uint8Array | undefined,
  { series }: Pick<GridReading, "series">,
): Promise<Volume> {
  if (bytes === undefined && isFolder(path)) return readFolder(path, series);
  if (head && isNifti(path, head)) {
    const { readNifti } = await import("../../../data/volumes/nifti.js");
    return readNifti(bytes ?? (await readWhole(path, "volume")), basename(path));
  }
  if (head && bytes === undefined && isDicom(head)) return readFolder(path, series, [path]);
  // Tells what is wrong with the path, where there is no file.
  const whole = head ?? (await readWhole(path, "volume"));
  throw wrongFile(path, "an array (.npy), a NIfTI file (.nii, .nii.gz), a DICOM series, or a clip", whole);
}

/** The series of a folder, or of one file. */
async function readFolder(path: string, series: number | undefined, files?: readonly string[]): Promise<Volume> {
  const { readSeries } = await import("../../../data/volumes/dicom/series.js");
  const all = files ?? (await filesIn(path)).names.map((name) => join(path, name));
  return readSeries(
    all.filter((file) => isDicom(startOfFile(file) ?? new Uint8Array())),
    path,
    { series },
  );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function readArray(model: LoadedModel, path: string, bytes: Uint8Array | undefined): Promise<ImageInput> {
  const read = await readNpyFile(path, bytes);
  const array = convertTensor(float32From(read), "float32") ?? read;
  const axes = checkPlaces(model);
  const { tensor, notes } = gridArray(array, axes, model.input.dims ?? [], path);
  const [count = 0] = tensor.dims;
  const single = model.input.dims?.[0] === 1 && count > 1;
  return {
    path,
    input: tensor,
    pictures: [],
    grids: picturesOf(channelsFirst(tensor, axes.layout)),
    box: undefined,
    notes: [...notes, ...(single ? [`the model takes one input at a time: ${count} runs`] : [])],
    isArray: true,
  };
}

/** What is drawn of each input in a batch [N, C, ...places]. */
function picturesOf(tensor: Tensor): GridPicture[] {
  const [count = 0, channels = 1, ...sizes] = tensor.dims;
  const size = tensor.size / Math.max(count, 1);
  const kind = sizes.length === 1 ? "signal" : channels === 3 ? "clip" : "volume";
  return Array.from({ length: count }, (_, i) => {
    const values = floats(tensor).subarray(i * size, (i + 1) * size);
    return { kind, channels, sizes, values: kind === "clip" ? asColours(values) : values };
  });
}

/** The lowest value black and the highest white. */
function asColours(values: Float32Array): Float32Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const scale = high > low ? 255 / (high - low) : 0;
  return values.map((value) => (value - low) * scale);
}
