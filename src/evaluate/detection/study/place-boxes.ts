/** @file Boxes of a picture where a network sees them. */

import { FoveaError } from "../../../foundation/error.js";
import type { Box } from "../../../image/picture/resize.js";
import { imageAxes } from "../../../model/input/image-axes.js";
import type { Model } from "../../../model/model.js";
import type { Size } from "../../trial/trial.js";

/** Sides of a detector's input. @throws FoveaError `bad-input` where the file leaves them open */
export function inputSizeOf(model: Model): Size {
  const { height, width } = imageAxes(model) ?? {};
  if (typeof height === "number" && typeof width === "number") return { width, height };
  throw new FoveaError("bad-input", "boxes: expected an input of known size, got an open one (--size 640)");
}

/** A box in pixels of the network's input; it may reach beyond it. @param seen the part of the picture that the network saw */
export function boxOnInput({ x, y, width, height }: Box, seen: Box, input: Size): Box {
  const [across, down] = [input.width / seen.width, input.height / seen.height];
  return { x: (x - seen.x) * across, y: (y - seen.y) * down, width: width * across, height: height * down };
}
