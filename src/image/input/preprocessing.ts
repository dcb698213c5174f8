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
  /** Default `linear`; both with antialiasing. */
  readonly resample?: "linear" | "cubic";
  /** Order of the channels; mean and std follow it. Default `rgb`. */
  readonly order?: "rgb" | "bgr";
  /** `nhwc`: the model's input is [N, height, width, channels]. Default `nchw`. */
  readonly layout?: "nchw" | "nhwc";
  /** The model takes whole numbers: what the settings above make is rounded. Default false. */
  readonly whole?: boolean;
}

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
    ...choices
  }: Record<string, unknown> = {
    ...value,
  };
  const isSize = (n: unknown): n is number => typeof n === "number" && Number.isInteger(n) && n > 0 && n < 65536;
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
    Object.entries(choicesOf).every(([key, values]) => choices[key] === undefined || values.includes(choices[key]))
  );
}

const choicesOf: Readonly<Record<string, readonly unknown[]>> = {
  fit: ["stretch", "crop", "letterbox"],
  resample: ["linear", "cubic"],
  order: ["rgb", "bgr"],
  layout: ["nchw", "nhwc"],
  whole: [true, false],
};
