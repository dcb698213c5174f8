/** @file The recipe that is assumed where nobody says how pictures become a network's input. */

import { FoveaError } from "../../foundation/error.js";
import type { Preprocessing } from "../../image/input/preprocessing.js";
import type { Dim } from "../../onnx/graph.js";
import { photoAxes } from "../input/image-axes.js";
import { isWholeType } from "../input/whole-types.js";
import type { Model } from "../model.js";
import { type TaskRecipe, tellsPlaces } from "../tasks/found-task.js";
import { kerasRecipe } from "./keras.js";
import { scalesPixels } from "./scales-pixels.js";

/** A recipe, and what is assumed, for people. */
export interface UsualRecipe {
  readonly preprocessing: Preprocessing;
  readonly origin: string;
}

type Opened = Pick<Model, "graph" | "input" | "fileInput" | "task">;

/** Size of the crop of the usual ImageNet recipe, where the model leaves its input size open. */
const imageNetSize = 224;
/** From this size on the usual recipe crops; smaller inputs take the whole picture. */
const smallestCropped = 128;

/** @throws FoveaError `bad-graph` when the input is no image of 1, 3 or 4 channels */
export function usualRecipe(model: Opened): UsualRecipe {
  const { input } = model;
  const dims = photoAxes(model);
  if (dims === undefined) {
    throw new FoveaError(
      "bad-graph",
      `input "${input.name}": expected images [N, 1, 3 or 4, H, W] or [N, H, W, 1, 3 or 4] to make of a photo, got [${input.dims?.join(", ") ?? "?"}]: give arrays of that shape as .npy files`,
    );
  }
  const { channels, layout } = dims;
  const [width, height] = [sizeOr(dims.width, imageNetSize), sizeOr(dims.height, imageNetSize)];
  const size = { width, height, channels, ...(layout === "nhwc" ? { layout } : {}) };
  const makers = makersRecipe(model, channels);
  if (makers) return { preprocessing: { ...size, ...makers.parts }, origin: `assumed: ${makers.says}` };
  const { values, says } = usualValues(model, channels);
  const crops =
    !tellsPlaces(model.task) &&
    values.std.length > 1 &&
    values.order !== "bgr" &&
    Math.min(width, height) >= smallestCropped;
  const perChannel = (list: readonly number[]) =>
    list.length === 1 ? Array.from({ length: channels }, () => list[0] ?? 0) : list;
  return {
    preprocessing: {
      ...size,
      ...values,
      mean: perChannel(values.mean),
      std: perChannel(values.std),
      ...(crops ? ({ fit: "crop" } as const) : {}),
    },
    origin: `assumed: ${says}${crops ? ", the middle 7/8 of the picture" : ""}`,
  };
}

/** What a detector's makers do, of a network of colours that makes no numbers of whole pixels itself. */
function makersRecipe({ graph, input, fileInput, task }: Opened, channels: number): TaskRecipe | undefined {
  const isOwn = isWholeType(fileInput.type) || scalesPixels({ graph, input });
  if (task.name !== "detection" || channels !== 3 || isOwn) return undefined;
  const { says, parts } = task.layout.recipe;
  const perChannel = (list: readonly number[]) =>
    list.length === 1 ? list.flatMap((value) => [value, value, value]) : list;
  return { says, parts: { ...parts, mean: perChannel(parts.mean), std: perChannel(parts.std) } };
}

interface UsualValues {
  readonly values: Pick<Preprocessing, "scale" | "mean" | "std" | "order" | "whole">;
  readonly says: string;
}

function usualValues(model: Opened, channels: number): UsualValues {
  const plain = { mean: [0], std: [1] };
  const { type } = model.fileInput;
  if (isWholeType(type)) {
    const [range, mean] = type === "int8" ? ["-128 to 127", 128] : ["0 to 255", 0];
    const says = `whole pixels from ${range}, as an input of ${type} takes them`;
    return { values: { scale: 1, mean: [mean], std: [1], whole: true }, says };
  }
  if (scalesPixels(model)) {
    return { values: { scale: 1, ...plain }, says: "pixels from 0 to 255, which the network scales itself" };
  }
  if (channels === 1) return { values: { scale: 1 / 255, ...plain }, says: "grey values from 0 to 1" };
  if (channels === 4) return { values: { scale: 1 / 255, ...plain }, says: "red, green, blue and opacity from 0 to 1" };
  const keras = kerasRecipe(model.graph);
  if (keras) {
    const { network, values } = keras;
    const says =
      network === undefined ? "RGB from 0 to 1, as is usual with Keras" : `as Keras prepares for its ${network}`;
    return { values, says };
  }
  const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
  return { values: { scale: 1 / 255, ...imageNet }, says: "RGB with ImageNet's mean and deviation" };
}

function sizeOr(size: Dim | undefined, fallback: number): number {
  return typeof size === "number" ? size : fallback;
}
