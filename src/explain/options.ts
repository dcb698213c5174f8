/** @file Options of explainers and of single calls, and the explainer itself. */

import type { Baseline } from "../model/input/baseline-names.js";
import type { ChosenLayer } from "../model/layers/layer.js";
import type { GridOptions } from "../model/layers/layout.js";
import type { Classifier } from "../model/run/classifier.js";
import type { Graph, Value } from "../onnx/graph.js";
import type { Tensor } from "../onnx/tensor.js";
import type { Runtime } from "../runtime/session.js";
import type { Explanation } from "./explanation.js";
import type { CamMethod, Included } from "./method.js";

/** A class by index or by name (see `classIndex`; several with commas between), in any case; `predicted`, the one with the highest score; or the one with the r-th highest. */
export type ClassChoice = number | string | { readonly rank: number };

/**
 * - `normalised`: the mean of the maps, each divided by its largest magnitude, so that every layer counts the same;
 * - `mean`, `max`: of the maps as they are, in units of the score.
 */
export type Fusion = "normalised" | "mean" | "max";

export interface Augmentation {
  /** Also the picture mirrored left to right. Default true. */
  readonly mirror?: boolean;
  /** Factors on the input. Default 0.9, 1 and 1.1. */
  readonly scales?: readonly number[];
}

/** The layer, the method, and how maps are made. */
export interface ExplainerOptions extends GridOptions {
  readonly runtime: Runtime;
  /** Name of a value, a unique part of one, -1, -2 ... for the last stages, or `auto` (default), the last feature map. */
  readonly layer?: string | number;
  /** A method, or its name. Default `grad-cam`. */
  readonly method?: string | CamMethod;
  /** Explain evidence against the class: the gradient is negated (Selvaraju et al. 2020, section 3.3). Default false. */
  readonly against?: boolean;
  /** Also return these parts, which costs time and memory. Default nothing. */
  readonly include?: readonly Included[];
  /** Explain several layers and fuse their maps into one; in the place of `layer`. Default one layer. */
  readonly layers?: readonly (string | number)[] | undefined;
  /** How the maps of several layers become one. Default `normalised`. */
  readonly fusion?: Fusion | undefined;
  /** Take the mean over mirrored, brighter and darker versions of the image; true for the usual six. Default false. */
  readonly augment?: boolean | Augmentation | undefined;
  /**
   * The first principal component of each channel's part of the map instead of their sum, for methods that are such a sum
   * (Muhammad and Yeasin's idea, as pytorch-grad-cam's `eigen_smooth`). Default false.
   */
  readonly eigenSmooth?: boolean | undefined;
  /** Of random numbers, for methods that draw some. Default 1. */
  readonly seed?: number | undefined;
  /** How many samples or steps, for methods that take some: at most 100,000, and 10,000 of those that take gradients. Default as many as the method says. */
  readonly samples?: number | undefined;
  /**
   * Look only at this many channels, those with the largest activation by magnitude, for methods that run the network for each.
   * Default all.
   */
  readonly topChannels?: number | undefined;
  /** About how many superpixels, for methods that mask some: 1 to 500. Default as many as the method says. */
  readonly superpixels?: number | undefined;
  /** For methods that put noise on the image: its standard deviation, relative to the range of the image's values, 0 to 10. Default as the method says. */
  readonly noise?: number | undefined;
  /**
   * Where methods start from that go from baselines to the image, such as integrated gradients: a name (see `BaselineName`), or inputs,
   * float32 [B, C, H, W] or as the network takes them, e.g. of the background set of expected gradients. Of several, a method that draws
   * baselines draws one for each sample, and others take the mean. A note of the explainer says what was taken. Default as the method says.
   */
  readonly baseline?: Baseline | undefined;
}

/** Watches a run, and breaks it off. */
export interface RunOptions {
  /** For methods of many runs: is told after each how many are done, and how many all images of the call take. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Breaks off between two runs; the reason of its abort is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** The classes to explain in one call, and how it is watched. */
export interface ExplainOptions extends RunOptions {
  /** The classes to explain for every image; default the predicted one. */
  readonly classes?: readonly ClassChoice[];
  /** One class per image, by index or by name, instead of the same for all, e.g. the true labels. */
  readonly labels?: ArrayLike<number | string>;
}

/**
 * The graphs that are run: the whole for one class, front once and tail per class for several. Methods of many runs make no map in the whole;
 * their tail is one of these runs, and a further graph makes the map.
 */
export interface ExplanationGraphs {
  /** Image and class to scores and map. */
  readonly whole: Graph;
  /** Image to `cut`. */
  readonly front: Graph;
  /** The layer, and the values that pass around it. */
  readonly cut: readonly Value[];
  /** `cut` and class to scores and map. */
  readonly tail: Graph;
}

/** A network compiled with its gradient, for one layer and method. */
export interface Explainer extends Classifier {
  readonly layer: ChosenLayer;
  readonly method: CamMethod;
  /** The options that it was made with. */
  readonly options: ExplainerOptions;
  readonly graphs: ExplanationGraphs;
  /** Sentences that a reader of the maps should know about how they are computed. */
  readonly notes: readonly string[];
  /**
   * @param images the model's input, float32 [N, C, H, W]; batches give the same maps as images one by one
   * @throws FoveaError `bad-input` for NaN or infinite input or no tensor, `shape-mismatch`, `unknown-name` for a
   *   class that is none, `closed`; the reason of `signal`'s abort
   */
  explain(images: Tensor, options?: ExplainOptions): Promise<Explanation>;
}
