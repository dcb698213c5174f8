/** @file The settings that turn a picture into a model's input, and a check of settings from a file. */

/** How a picture becomes the model's input: (pixel · scale - mean) / std per channel, after it was fitted to the input size. */
export interface Preprocessing {
  readonly width: number;
  readonly height: number;
  /** 1 is grey (ITU-R 601 luma), 3 is RGB, 4 is RGB with opacity. */
  readonly channels: 1 | 3 | 4;
  /** Factor on the pixel values 0..255. */
  readonly scale: number;
  /** One per channel, in scaled units. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** `dark`: the model expects light drawings on a dark ground; pictures on light ground are inverted. Default: as they are. */
  readonly ground?: "dark";
  /**
   * How the picture gets the input's size. `stretch`: resized to it, whatever its own shape; `crop`: resized until it covers
   * size / cropFraction, and the middle kept; `letterbox`: resized to fit inside, with black around. Default `stretch`.
   */
  readonly fit?: "stretch" | "crop" | "letterbox";
  /** For `crop`: the share of the shorter side that is kept. Default 0.875. */
  readonly cropFraction?: number;
  /**
   * The size, in pixels, that a picture gets before the input's size is cut from its middle; where it is the smaller one, black is laid
   * around. For `crop` the picture covers it and keeps its shape, for `stretch` it is resized to it. Default: for `crop` the
   * input's size / cropFraction, for `stretch` the input's size.
   */
  readonly resize?: { readonly height: number; readonly width: number };
  /** For `letterbox`: the colour around the picture, one number from 0 to 255 per channel in RGB order. Default black. */
  readonly padding?: readonly number[];
  /** For `letterbox`: where the picture lies, `start` being the upper left corner. Default `middle`. */
  readonly anchor?: "start" | "middle";
  /** The filter that resizes: Pillow's of these names, bilinear and bicubic ones. Default `linear`; all but `nearest` with antialiasing. */
  readonly resample?: Resample;
  /** Order of the channels; mean and std follow it. Default `rgb`. */
  readonly order?: "rgb" | "bgr";
  /** `nhwc`: the model's input is [N, height, width, channels]. Default `nchw`. */
  readonly layout?: "nchw" | "nhwc";
  /** The model takes whole numbers: what the settings above make is rounded. Default false. */
  readonly whole?: boolean;
}

/** Filters that resize pictures. */
export const resamples = ["nearest", "linear", "cubic", "lanczos", "box", "hamming"] as const;
export type Resample = (typeof resamples)[number];

/** The preprocessing of a network that takes whole pictures, squeezed to its size, as 0..1. */
export function unitPreprocessing(size: Pick<Preprocessing, "width" | "height" | "channels">): Preprocessing {
  const perChannel = (value: number) => Array<number>(size.channels).fill(value);
  return { ...size, scale: 1 / 255, mean: perChannel(0), std: perChannel(1) };
}

/** Of a network's input: 4096 x 4096. */
const mostPixels = 2 ** 24;

/** Whether a value read from a file is a preprocessing. */
export function isPreprocessing(value: unknown): value is Preprocessing {
  if (typeof value !== "object" || value === null) return false;
  const {
    width,
    height,
    channels,
    scale,
    mean,
    std,
    cropFraction = 1,
    resize,
    padding,
    ...choices
  }: Record<string, unknown> = {
    ...value,
  };
  const isPerChannel = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length === channels && list.every(Number.isFinite);
  return (
    isSize(width) &&
    isSize(height) &&
    width * height <= mostPixels &&
    (channels === 1 || channels === 3 || channels === 4) &&
    Number.isFinite(scale) &&
    isPerChannel(mean) &&
    isPerChannel(std) &&
    !std.includes(0) &&
    typeof cropFraction === "number" &&
    cropFraction > 0 &&
    cropFraction <= 1 &&
    (resize === undefined || isResize(resize)) &&
    (padding === undefined || isPerChannel(padding)) &&
    Object.entries(choicesOf).every(([key, values]) => choices[key] === undefined || values.includes(choices[key]))
  );
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65536;
}

function isResize(value: unknown): boolean {
  return typeof value === "object" && value !== null && "height" in value && "width" in value
    ? isSize(value.height) && isSize(value.width)
    : false;
}

const choicesOf: Readonly<Record<string, readonly unknown[]>> = {
  fit: ["stretch", "crop", "letterbox"],
  anchor: ["start", "middle"],
  resample: resamples,
  order: ["rgb", "bgr"],
  layout: ["nchw", "nhwc"],
  whole: [true, false],
};
