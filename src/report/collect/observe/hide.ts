/** @file Hides a part of an image from a model: the region of its map's highest values, or one elsewhere of the same shape. */

import type { Mask } from "../../../image/map/mask.js";
import { resizeMap } from "../../../image/picture/resize.js";
import type { Model } from "../../../model/model.js";
import type { Tensor } from "../../../onnx/tensor.js";
import { withPlanes } from "./planes.js";

/** A hidden part is replaced by the image at so many pixels each way: colours stay, shapes go. */
const blur = 4;

/** A model's input of one image with the masked part blurred away. @param mask at the input's size */
export function hide(model: Model, input: Tensor, mask: Mask): Tensor {
  return withPlanes(model, input, (plane) => {
    const smaller = resizeMap(plane, Math.min(blur, plane.width), Math.min(blur, plane.height), { antialias: true });
    const blurred = resizeMap(smaller, plane.width, plane.height).values;
    return plane.values.map((value, i) => (mask.places[i] === 1 ? (blurred[i] as number) : value));
  });
}
