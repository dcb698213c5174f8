/** @file Requests to the worker that trains, and its events: plain data that can be posted. */

import type { ColormapName } from "../../../../src/image/map/colormap.js";

export interface LearnRequest {
  /** URL of the page's own folder, ending in a slash. */
  readonly base: string;
  /** Name of the network. */
  readonly network: string;
  /** Files in the format of MNIST; without any, digits are drawn. */
  readonly files: readonly File[];
  /** How many images to learn from, and to test with; of files the first so many. */
  readonly train: number;
  readonly test: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Wait after the first step. */
  readonly paused: boolean;
  /** Of the maps. */
  readonly colormap: ColormapName;
}

/** The prediction and the map of one watched digit. */
export interface DigitView {
  readonly predicted: number;
  /** Of the predicted class, 0..1. */
  readonly probability: number;
  /** The digit under Grad-CAM's map of its own class, on a scale of its own; RGBA. */
  readonly painted: ImageData;
  /** Nothing raises its class's score: the map is zero everywhere. */
  readonly blank: boolean;
}

/** How much of the evidence lies in a part of the picture, and how much of the picture that is, 0..1. */
export interface Share {
  readonly evidence: number;
  readonly area: number;
}

/** What was measured of the map of one watched digit. */
export interface Look {
  readonly label: number;
  /** Its class is the predicted one. */
  readonly right: boolean;
  /** Nothing raises its class's score. */
  readonly blank: boolean;
  readonly stroke: Share;
  /** In and around what the strokes enclose; undefined where they enclose nothing. */
  readonly loop: Share | undefined;
}

/** When training can begin. */
export interface Beginning {
  readonly kind: "began";
  readonly source: string;
  readonly train: number;
  readonly test: number;
  readonly classes: readonly string[];
  /** Steps of an epoch. */
  readonly steps: number;
  /** The classes of the digits that are watched. */
  readonly labels: readonly number[];
  /** The layer that the maps are of. */
  readonly layer: string;
  /** With random weights. */
  readonly before: readonly DigitView[];
  readonly looks: readonly Look[];
}

export interface StepView {
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  /** Running means of this epoch, over training images. */
  readonly loss: number;
  readonly accuracy: number;
  /** Images learned from in a second of training. */
  readonly rate: number;
}

/** The steps since the last ones. */
export interface StepsView {
  readonly kind: "steps";
  readonly steps: readonly StepView[];
}

/** After an epoch; losses are mean cross-entropies. */
export interface EpochView {
  readonly kind: "epoch";
  readonly epoch: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
  readonly seconds: number;
  readonly looks: readonly Look[];
  /** Rank correlation of the watched maps with those of the epoch before, in the mean; of the first epoch with random weights'. */
  readonly agreement: number | undefined;
}

export interface MapsView {
  readonly kind: "maps";
  readonly digits: readonly DigitView[];
}

export interface StatusView {
  readonly kind: "status";
  /** The current work before the first step. */
  readonly text: string;
}

/** The training waits. */
export interface HeldView {
  readonly kind: "held";
}

export type LearnEvent = StatusView | Beginning | StepsView | EpochView | MapsView | HeldView;
