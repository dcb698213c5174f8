/** @file What is improved: a model, its images, and how it is trained again. */

import type { Cue } from "../data/cues/cue.js";
import type { Examples } from "../data/dataset.js";
import type { LabelChange } from "../data/label-changes.js";
import type { Box } from "../image/picture/resize.js";
import type { Model } from "../model/model.js";
import type { Graph } from "../onnx/graph.js";
import type { Tensor } from "../onnx/tensor.js";
import type { Donors } from "../train/step/exchange.js";

/** Labelled images at the model's size, as pixels before they are normalised. */
export interface ImageSet extends Examples {
  readonly type: "uint8";
  /** [channels, height, width]. */
  readonly dims: readonly [number, number, number];
  /** What each image is called, the same in every run: a path in the dataset's folder, or a number. */
  readonly names: readonly string[];
  /** Boxes about each image's object, in pixels of `dims`; undefined where nobody knows. */
  readonly boxes?: readonly (readonly Box[])[] | undefined;
}

/** A model and its images, digits and photos alike. */
export interface Subject {
  /** For people. */
  readonly name: string;
  readonly model: Model;
  readonly classes: readonly string[];
  /** Images that may be learned from, and that everything is found and verified on. */
  readonly learning: ImageSet;
  /** Images that only the proof may see. */
  readonly sealed: ImageSet;
  /**
   * What a protocol belongs to: SHA-256 of the model's file, of names and labels of all images as the data has them, and of the labels
   * that a person confirmed to be wrong.
   */
  readonly identity: { readonly model: string; readonly data: string; readonly labels?: string | undefined };
  /** Labels that a person confirmed to be wrong, where there are some: the images above have the new ones. */
  readonly confirmed?: readonly LabelChange[] | undefined;
  /** Pixels [n, ...dims] as the model's input. */
  readonly input: (pixels: Tensor) => Promise<Tensor>;
  /** Undefined where the model cannot be trained here. */
  readonly trainer: Trainer | undefined;
}

/** How a model is trained again, from the same start and with the same budget whatever the run changes. */
export interface Trainer {
  /** In words, for the protocol: network, epochs, what is learned. */
  readonly budget: string;
  /** Whether feature maps are learned, so that the energy loss can guide them. */
  readonly guidesMaps: boolean;
  /** The trained network, from the model's input to its probabilities; undefined where the signal ended it. */
  train(run: TrainingRun): Promise<Graph | undefined>;
}

/** One training. What is left out is as the model was trained. */
export interface TrainingRun {
  readonly seed: number;
  readonly train: ImageSet;
  readonly validation: ImageSet;
  /** Cues that are exchanged at random between the images that are learned from, labels untouched. */
  readonly exchange?: readonly Cue[];
  /**
   * Whose cue an image gets: any training image's (default), or one's of the same class: as much is changed, and what the cue says of
   * the label stays.
   */
  readonly donors?: Donors;
  /** Hides as much of an image at random as this share of it. */
  readonly erase?: number;
  /** The group of each training image, where they are balanced in the loss. */
  readonly groups?: ArrayLike<number>;
  /** Only the last layer is learned, beginning from the model as it is. */
  readonly lastLayer?: boolean;
  /** Weight of the energy loss on `train.boxes` (Rao et al. 2023). */
  readonly energy?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, of: number) => void;
}
