/** @file How a run changes the images that are learned from: cues exchanged, or a part hidden. */

import type { ImageDims } from "../../../data/cues/image-dims.js";
import type { Random } from "../../../foundation/random.js";
import { Tensor } from "../../../onnx/tensor.js";
import { exchangeBetween, type ReadVaried } from "../../../train/step/exchange.js";
import type { ImageSet, TrainingRun } from "../../subject.js";

/** Undefined where the images stay as they are. */
export function variedImages({ train, exchange, donors, erase }: TrainingRun): ReadVaried | undefined {
  if (exchange !== undefined && exchange.length > 0) return exchangeBetween(train, exchange, donors);
  return erase === undefined ? undefined : erasing(train, erase);
}

/** What erased places become: mid-grey. */
const grey = 128;

/** Hides a rectangle of this share of the area, anywhere, its sides in a ratio from 1:3 to 3:1 (Zhong et al. 2020). */
function erasing(images: ImageSet, share: number): ReadVaried {
  return async (indices, source) => {
    const pixels = Uint8Array.from((await images.read(indices)).bytes);
    const size = pixels.length / indices.length;
    for (let i = 0; i < indices.length; i++) {
      eraseRectangle(pixels.subarray(i * size, (i + 1) * size), images.dims, share, source);
    }
    return new Tensor("uint8", [indices.length, ...images.dims], pixels);
  };
}

function eraseRectangle(image: Uint8Array, [channels, height, width]: ImageDims, share: number, source: Random): void {
  const ratio = 3 ** (2 * source.uniform() - 1);
  const rows = Math.max(1, Math.min(height, Math.round(Math.sqrt(share * ratio) * height)));
  const columns = Math.max(1, Math.min(width, Math.round((share * height * width) / rows)));
  const [top, left] = [source.below(height - rows + 1), source.below(width - columns + 1)];
  for (let c = 0; c < channels; c++) {
    for (let y = top; y < top + rows; y++) {
      const start = (c * height + y) * width + left;
      image.fill(grey, start, start + columns);
    }
  }
}
