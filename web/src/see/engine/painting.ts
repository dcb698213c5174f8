/** @file Pictures with strokes of the brush on them. */

import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { createPicture, type Picture, pictureFromRgba, toGrey, toRgba } from "../../../../src/image/picture/picture.js";
import type { ExplainRequest, FrameView } from "../../engine/api.js";
import { paintStrokes, type Stroke } from "../../shared/strokes.js";

export type Rgb = readonly [red: number, green: number, blue: number];

/** The picture with the strokes painted. */
export function paintPicture(picture: Picture, strokes: readonly Stroke[], ground: Rgb): Picture {
  if (strokes.length === 0) return picture;
  const { width, height, channels } = picture;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
  context.putImageData(new ImageData(toRgba(picture), width, height), 0, 0);
  paintStrokes(context, strokes, `rgb(${ground.join(" ")})`);
  const result = pictureFromRgba(width, height, context.getImageData(0, 0, width, height).data);
  return channels === 1 ? toGrey(result) : result;
}

/** The picture of a request as the network gets it, with its strokes, and where it lies. */
export async function readAsked(
  model: LoadedModel,
  original: Picture,
  { strokes = [] }: Pick<ExplainRequest, "strokes">,
) {
  const ground = groundOf(original);
  const picture = paintPicture(original, strokes, ground);
  const image = await model.readImage(picture);
  const { width, height } = picture;
  return {
    image,
    /** For the page: the part that the network sees, the picture's size, and the colour of erased parts. */
    placed: { box: image.box, size: { width, height }, ground: `rgb(${ground.join(" ")})` },
  };
}

/** A blank picture to draw on. */
export function blankPicture(size: number): Picture {
  return createPicture(size, size, 1, new Uint8Array(size * size));
}

export function pictureOfFrame({ width, height, data }: FrameView): Picture {
  return pictureFromRgba(width, height, data);
}

/** The colour that stands for nothing: the mean colour of the border where that is plain, else of the whole picture. */
export function groundOf({ width, height, channels, pixels }: Picture): Rgb {
  const border = new Mean(channels);
  const whole = new Mean(channels);
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / 1e5)));
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const at = (y * width + x) * channels;
      whole.add(pixels, at);
      if (x === 0 || y === 0 || x >= width - step || y >= height - step) border.add(pixels, at);
    }
  }
  return border.spread < 12 ? border.color : whole.color;
}

class Mean {
  readonly #channels: number;
  readonly #sum = [0, 0, 0];
  readonly #squares = [0, 0, 0];
  #count = 0;

  constructor(channels: number) {
    this.#channels = channels;
  }

  add(pixels: Uint8Array, at: number): void {
    this.#count++;
    for (let c = 0; c < 3; c++) {
      const value = pixels[at + (this.#channels === 1 ? 0 : c)] as number;
      this.#sum[c] = (this.#sum[c] as number) + value;
      this.#squares[c] = (this.#squares[c] as number) + value * value;
    }
  }

  get color(): Rgb {
    return this.#sum.map((sum) => Math.round(sum / Math.max(1, this.#count))) as unknown as Rgb;
  }

  /** Largest standard deviation of a channel. */
  get spread(): number {
    const count = Math.max(1, this.#count);
    return Math.max(
      ...this.#sum.map((sum, c) => Math.sqrt(Math.max(0, (this.#squares[c] as number) / count - (sum / count) ** 2))),
    );
  }
}
