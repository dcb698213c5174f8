/** @file What the tab Why asks the worker, and the answers: plain data that can be posted. */

import type { Proportion } from "../../../../src/evaluate/statistics/proportion.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import type { Box } from "../../../../src/image/picture/resize.js";
import type { WayStart } from "../../../../src/model/input/baseline-names.js";
import type { Model } from "../../../../src/model/model.js";
import type { ExplainRequest, LayerView } from "../../engine/api.js";

/** The methods that differ in the weights of step 3 alone. */
export const rules = ["grad-cam", "grad-cam++", "xgrad-cam", "hires-cam", "layer-cam"] as const;
export type Rule = (typeof rules)[number];

/** The methods of pixels that are gradients at the picture, or a sum of those at versions of it. */
export const pixelMethods = ["integrated-gradients", "smooth-grad", "gradient-x-input", "gradient"] as const;
export type PixelMethod = (typeof pixelMethods)[number];

/** Up to so many channels are shown, all of them. */
export const allUpTo = 64;
/** Of more, so many that add most. */
export const mostShown = 24;

export interface ChannelsRequest extends Pick<ExplainRequest, "picture" | "strokes" | "layer" | "minus" | "against"> {
  readonly rule: Rule;
  readonly target: number | "predicted";
}

/** How the sum over channels and places compares with the explained score y. */
export interface ScoreView {
  /** y: of the class, or the difference of two; negated for evidence against. */
  readonly score: number;
  /** y with the layer set to zero. */
  readonly without: number;
  /** Of all channels, Σ w A. */
  readonly sum: number;
}

/** The channels that are not shown one by one. */
export interface RestView {
  readonly count: number;
  /** Their Σ w A of each place, [h, w]. */
  readonly evidence: Float32Array;
}

/** Whatever the steps are: where their maps lie, and what the network says. */
export interface StepsView {
  readonly layer: LayerView;
  /** The part of the picture that the network saw, in its pixels. */
  readonly box: Box;
  readonly size: { readonly width: number; readonly height: number };
  /** The colour that erased parts take, as in CSS. */
  readonly ground: string;
  /** Of the network's input. */
  readonly input: { readonly width: number; readonly height: number };
  readonly scores: Float32Array;
  readonly probabilities: Float32Array;
  /** What makes probabilities of the scores. */
  readonly ending: Model["ending"];
  readonly predicted: number;
  /** The explained class. */
  readonly target: number;
}

/** The steps' numbers. Arrays of channels are in the order of `channels`. */
export interface ChannelsView extends StepsView {
  readonly request: ChannelsRequest;
  readonly layer: LayerView & { readonly reason: string };
  /** Tokens outside the grid, such as the class token; undefined for a layer of planes. */
  readonly otherTokens: number | undefined;
  /** Numbers of the shown channels, ascending. */
  readonly channels: Uint32Array;
  /** A, [c, h, w]. */
  readonly activation: Float32Array;
  /** ∂y/∂A, [c, h, w]. */
  readonly gradient: Float32Array;
  /** The weight of each channel, [c], or of each of its places, [c, h, w]. */
  readonly weights: Float32Array;
  readonly perPlace: boolean;
  /** The largest by magnitude, with their signs, of all channels. */
  readonly peaks: { readonly activation: number; readonly gradient: number };
  /**
   * Of two compared classes, each for its own score: the weight of each channel, or where places have weights of their own what
   * the channel adds, [c].
   */
  readonly pair: { readonly target: Float32Array; readonly minus: Float32Array } | undefined;
  readonly rest: RestView | undefined;
  /** Σ w A of all channels, as the method computes it, [h, w]. */
  readonly evidence: Float32Array;
  /** The gradient of every channel is the same at all places. */
  readonly uniform: boolean;
  readonly score: ScoreView;
  /** All that follows the layer is linear, so that the weights are the network's own. */
  readonly linear: boolean;
}

/** A change of what `channels` showed. */
export interface WhatIf {
  /** Channels that are switched off. */
  readonly off: readonly number[];
  /** Is added to the score of the explained class. */
  readonly shift: number;
}

/** What the network says with a change. */
export interface WhatIfView {
  readonly scores: Float32Array;
  /** Undefined where the file makes them of something else than the changed score. */
  readonly probabilities: Float32Array | undefined;
}

export interface PixelsRequest extends Pick<ExplainRequest, "picture" | "strokes" | "minus" | "against" | "baseline"> {
  readonly method: PixelMethod;
  readonly target: number | "predicted";
  /** Steps of a way; default as many as the method takes. */
  readonly samples?: number | undefined;
}

/** How many steps of a way may be chosen; the method takes 32. */
export const stepCounts = [4, 8, 16, 32, 64, 128] as const;

/** A way to the picture, which steps lie on. */
export interface WayView {
  /** Where it begins. */
  readonly start: WayStart;
  /** The network's input there, [c, h, w]. */
  readonly values: Float32Array;
  /** y there. */
  readonly score: number;
  /** As a picture, [h, w, 4]. */
  readonly frame: Uint8ClampedArray;
}

/** Gradients at versions of the picture, [c, h, w] each. */
export interface PixelsView extends StepsView {
  readonly request: PixelsRequest;
  /** None where the steps lie on no way; of several each has as many steps, one way after the other. */
  readonly ways: readonly WayView[];
  /** The network's input, [c, h, w]. */
  readonly image: Float32Array;
  /** y: of the class, or the difference of two; negated for evidence against. */
  readonly score: number;
  /** How far on its way each step is, 0 to 1. */
  readonly at: Float32Array;
  /** How much each counts; one together. */
  readonly weights: Float32Array;
  /** y at each step. */
  readonly stepScores: Float32Array;
  /** ∂y/∂x at each step, [steps, c, h, w]. */
  readonly gradients: Float32Array;
  /** What the network saw at each step, as pictures, [steps, h, w, 4]. */
  readonly frames: Uint8ClampedArray;
}

/** The pictures that concepts are looked for in, and that which they are shown on. */
export interface ConceptsRequest {
  readonly pictures: readonly number[];
  readonly current: number;
  readonly count: number;
  readonly layer: string;
}

/** A concept with what it is worth; means over pictures with 95 % intervals. */
export interface ConceptView {
  readonly number: number;
  readonly color: string;
  readonly importance: Proportion;
  readonly drop: Proportion;
  /** The share of the pictures that have a region of it. */
  readonly present: number;
  readonly stable: boolean;
  /** Parts of the pictures that have most of it. */
  readonly examples: readonly { readonly name: string; readonly picture: Picture }[];
}

export interface ConceptsView {
  readonly layer: string;
  /** How many pictures they were found in, and measured on. */
  readonly images: number;
  readonly measured: number;
  /** The share of the activations' squares that they leave over. */
  readonly leftOver: number;
  /** The share of the activations' squares that is negative and was taken for 0. */
  readonly negative: number;
  /** The current picture with the regions of the most important ones. */
  readonly whole: Picture;
  /** The most important one first. */
  readonly concepts: readonly ConceptView[];
}
