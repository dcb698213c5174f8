/** @file An image that maps are tested on, where its maps come from, and the metrics' values. */

import type { Box } from "../../image/picture/resize.js";
import type { Tensor } from "../../onnx/tensor.js";

/** An image to test maps on. */
export interface TrustImage {
  /** Its name: the same name draws the same random numbers. */
  readonly name: string;
  /** The model's input, one image: float32 [1, C, H, W], or [1, H, W, C]. */
  readonly image: Tensor;
  /** The class to explain. Default the predicted one. */
  readonly target?: number | undefined;
  /** Where the evidence really is, in pixels of the input. Default unknown. */
  readonly boxes?: readonly Box[] | undefined;
  /** Asked between measurements; an error thrown from it ends the work on the image. */
  readonly onMetric?: () => void;
}

/** The metrics' values of one image; plain data. */
export interface TrustMeasurement {
  readonly name: string;
  /** The class that was explained. */
  readonly target: number;
  /** By source and metric; null where there is nothing to measure. */
  readonly values: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  /** By method, why it has no map of this image; empty where all have one. */
  readonly failed: Readonly<Record<string, string>>;
}

export interface TrustSource {
  readonly name: string;
  readonly title: string;
  /** Of a method the name of the baseline of random maps of its size, once that is known; null of a baseline. */
  readonly control: string | null;
}
