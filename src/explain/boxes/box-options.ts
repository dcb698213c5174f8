/** @file The explainer of boxes, its options and its maps. */

import type { FloatMap } from "../../image/map/heatmap.js";
import type { ChosenLayer } from "../../model/layers/layer.js";
import type { DetectedBox, Detector } from "../../model/tasks/detection/detect.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import type { CamMethod } from "../method.js";
import type { ExplainerOptions, RunOptions } from "../options.js";

/** The method of boxes where nobody says one. */
export const defaultBoxMethod = "hires-cam";

/** The options of `createBoxExplainer`. */
export interface BoxExplainerOptions extends Pick<ExplainerOptions, "against" | "samples" | "seed"> {
  /** Default: that of the loaded model. */
  readonly runtime?: Runtime | undefined;
  /**
   * A method, or its name. Default `hires-cam`: of one box it is ODAM (Zhao and Chan, ICLR 2023),
   * M = ReLU(sum over channels of gradient · activation at each place). Grad-CAM's average over all places forgets where the box is.
   * `ssgrad-cam`, `ssgrad-cam++` and `d-rise` are for boxes alone (see `boxMethods`).
   */
  readonly method?: string | CamMethod | undefined;
  /** A layer for all boxes. Default: those of the level that made the box (see `levelLayers`), fused. */
  readonly layer?: string | number | undefined;
}

/** The map of a box. */
export interface BoxMap {
  readonly box: DetectedBox;
  /** The layers that it was computed at; of several the maps are fused. */
  readonly layers: readonly ChosenLayer[];
  /**
   * How many places of the last layer's map to each side of the box's own its score sees: the map there is a blob of that size at most,
   * whatever the network looks at. Undefined where that is not known, or all places.
   */
  readonly radius?: number | undefined;
  /** The explained score: that of the class before its sigmoid, with objectness the sum of both logarithms. */
  readonly score: number;
  /** At the finest layer's resolution, ≥ 0. */
  readonly map: FloatMap;
  /** The same before the ReLU. */
  readonly evidence: FloatMap;
}

/** Finds boxes, and explains them. */
export interface BoxExplainer extends Detector {
  /**
   * The maps of boxes of one image, in their order.
   * @param image the model's input, float32 [1, C, H, W]
   * @param boxes of this image, by `detect`
   * @throws FoveaError as `Explainer.explain` does
   */
  explain(image: Tensor, boxes: readonly DetectedBox[], options?: RunOptions): Promise<BoxMap[]>;
}
