/** @file How the makers of detectors bring pictures to a network's input, where its file says nothing. */

import type { TaskRecipe } from "../found-task.js";

const plain = { mean: [0], std: [1] } as const;
const imageNet = { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const grey = [114, 114, 114] as const;

/** Whole pictures with grey around them, in the middle (docs.ultralytics.com). */
export const yoloRecipe: TaskRecipe = {
  says: "RGB from 0 to 1, the whole picture with grey around it, as is usual with YOLO",
  parts: { ...plain, scale: 1 / 255, fit: "letterbox", padding: grey, resample: "linear" },
};

/** The same of bytes, blue first, in the upper left corner (yolox.readthedocs.io). */
export const yoloxRecipe: TaskRecipe = {
  says: "BGR from 0 to 255, the whole picture at the upper left with grey around it, as is usual with YOLOX",
  parts: { ...plain, scale: 1, order: "bgr", fit: "letterbox", anchor: "start", padding: grey, resample: "linear" },
};

export const stretchedRecipe: TaskRecipe = {
  says: "RGB from 0 to 1, the whole picture",
  parts: { ...plain, scale: 1 / 255, fit: "stretch" },
};

export const stretchedBgrRecipe: TaskRecipe = {
  says: "BGR from 0 to 1, the whole picture",
  parts: { ...plain, scale: 1 / 255, order: "bgr", fit: "stretch" },
};

export const stretchedImageNetRecipe: TaskRecipe = {
  says: "RGB with ImageNet's mean and deviation, the whole picture",
  parts: { ...imageNet, fit: "stretch" },
};
