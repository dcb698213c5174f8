/** @file Photos at the size of a network's input, from which the input by every recipe is made without resizing again. */

import { at } from "../../foundation/present.js";
import { preparePicture } from "../../image/input/input.js";
import { openPreprocessor } from "../../image/input/preprocess.js";
import type { Preprocessing } from "../../image/input/preprocessing.js";
import type { Picture } from "../../image/picture/picture.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { withPreset } from "./presets.js";

/** Photos of one size: planes of 0 to 255, red first; a photo on light ground also with its light and dark exchanged. */
export interface TrialImages {
  readonly plain: readonly Float32Array[];
  /** As a network for light strokes on a dark ground wants them. */
  readonly onDark: readonly Float32Array[];
  /** Whether any photo of `onDark` is another one. */
  readonly differ: boolean;
}

/** Another look at a photo, after which it shows the same. */
export type TrialView = "plain" | "mirrored" | "shifted";

/** Resizes photos as `preprocessing` says. */
export async function prepareImages(
  pictures: readonly Picture[],
  preprocessing: Preprocessing,
  runtime: Runtime,
): Promise<TrialImages> {
  const { layout: _, ...rest } = preprocessing;
  const parts = { scale: 1, mean: [0], std: [1], order: "rgb" } as const;
  const plainly = withPreset(rest, { parts });
  const preprocessor = await openPreprocessor(plainly, runtime);
  const prepare = async (picture: Picture, how: Preprocessing) =>
    floats((await preparePicture(picture, how, preprocessor)).input);
  const [plain, onDark]: [Float32Array[], Float32Array[]] = [[], []];
  try {
    for (const picture of pictures) {
      const image = await prepare(picture, plainly);
      plain.push(image);
      onDark.push(preprocessing.channels === 1 ? await prepare(picture, { ...plainly, ground: "dark" }) : image);
    }
  } finally {
    await preprocessor.close();
  }
  const differ = onDark.some((image, i) => image.some((value, k) => value !== plain[i]?.[k]));
  return { plain, onDark, differ };
}

/** Some of the photos as the network's input by a recipe. */
export function inputOf(images: readonly Float32Array[], recipe: Preprocessing, view: TrialView = "plain"): Tensor {
  const { width, height, channels, layout = "nchw", order = "rgb", scale, mean, std } = recipe;
  const area = width * height;
  const from = sources(width, height, view);
  const all = new Float32Array(images.length * channels * area);
  for (const [n, image] of images.entries()) {
    for (let c = 0; c < channels; c++) {
      const plane = (order === "bgr" ? channels - 1 - c : c) * area;
      const [offset, spread] = [at(mean, c), at(std, c)];
      const start = n * channels * area + (layout === "nchw" ? c * area : c);
      const step = layout === "nchw" ? 1 : channels;
      for (let i = 0; i < area; i++)
        all[start + i * step] = ((image[plane + (from[i] ?? 0)] ?? 0) * scale - offset) / spread;
    }
  }
  const sizes = layout === "nchw" ? [channels, height, width] : [height, width, channels];
  return float32([images.length, ...sizes], all);
}

/** For each pixel of a view the pixel that it shows. A shift is a sixteenth of each side; the border is repeated. */
function sources(width: number, height: number, view: TrialView): Uint32Array {
  const from = new Uint32Array(width * height);
  const [right, down] = view === "shifted" ? [Math.ceil(width / 16), Math.ceil(height / 16)] : [0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.min(height - 1, y + down) * width;
    for (let x = 0; x < width; x++, i++)
      from[i] = row + (view === "mirrored" ? width - 1 - x : Math.min(width - 1, x + right));
  }
  return from;
}
