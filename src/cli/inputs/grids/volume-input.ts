/** @file Volumes of medical files as a network's input, and as pictures that its maps are drawn over. */

import { endsOf, type Volume } from "../../../data/volumes/volume.js";
import { FoveaError } from "../../../foundation/error.js";
import type { GridPicture } from "../../../image/grid/grid-picture.js";
import { resizeGrid } from "../../../image/map/grid-map.js";
import { inputAxes } from "../../../model/input/image-axes.js";
import type { Model } from "../../../model/model.js";
import { float32, type Tensor } from "../../../onnx/tensor.js";
import { inOrder } from "./grid-layout.js";
import { normalise, statedValues, valueNote, type Window } from "./grid-values.js";

/** A volume as the network takes it. */
export interface VolumeInput {
  readonly input: Tensor;
  readonly picture: GridPicture;
  readonly notes: readonly string[];
}

/**
 * Resizes a volume where the network's input has another size, and brings its values to what the network takes.
 * @throws FoveaError `shape-mismatch` for another number of channels, or a network that takes no volumes
 */
export function volumeInput(model: Model, volume: Volume, window: Window | undefined, where: string): VolumeInput {
  const axes = inputAxes(model);
  const [channels, ...own] = volume.dims;
  if (axes?.sizes.length !== 3)
    throw new FoveaError(
      "shape-mismatch",
      `${where}: expected a network for volumes, got one that takes [${model.input.dims}]`,
    );
  if (typeof axes.channels === "number" && axes.channels !== channels)
    throw new FoveaError(
      "shape-mismatch",
      `${where}: expected the ${axes.channels} channels that the model takes, got ${channels}`,
    );
  const sizes = own.map((size, i) => numberOr(axes.sizes[i], size));
  const resized = sizes.join() !== own.join();
  const values = resized
    ? resizeGrid({ sizes: volume.dims, values: volume.values }, [channels, ...sizes]).values
    : volume.values;
  const parts = statedValues(model);
  normalise(values, channels, window, parts);
  return {
    input: inOrder(float32([1, channels, ...sizes], values), axes.layout),
    picture: pictureOf(volume, sizes, values),
    notes: [
      ...volume.notes,
      ...(resized ? [`resized from ${own.join("x")} to ${sizes.join("x")}, linearly along each axis`] : []),
      valueNote(window, parts),
    ],
  };
}

function numberOr(dim: string | number | undefined, other: number): number {
  return typeof dim === "number" ? dim : other;
}

function pictureOf(volume: Volume, sizes: readonly number[], values: Float32Array): GridPicture {
  const { dims, spacing, affine } = volume;
  return {
    kind: "volume",
    channels: dims[0],
    sizes,
    values,
    spacing: spacing?.map((each, i) => (each * (dims[i + 1] ?? 1)) / (sizes[i] ?? 1)),
    ends: affine && endsOf(affine),
  };
}
