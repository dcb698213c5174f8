/** @file What the tab "How it works" asks the worker, and the answers: plain data that can be posted. */

import type { Box } from "../../../../src/image/picture/resize.js";
import type { Model } from "../../../../src/model/model.js";
import type { ExplainRequest, LayerView } from "../../engine/api.js";

/** The methods that differ in the weights of step 3 alone. */
export const rules = ["grad-cam", "grad-cam++", "xgrad-cam", "hires-cam", "layer-cam"] as const;
export type Rule = (typeof rules)[number];

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

/** The steps' numbers. Arrays of channels are in the order of `channels`. */
export interface ChannelsView {
  readonly request: ChannelsRequest;
  readonly layer: LayerView & { readonly reason: string };
  /** Tokens outside the grid, such as the class token; undefined for a layer of planes. */
  readonly otherTokens: number | undefined;
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
  /** The mean weights of two compared classes, each for its own score, [c]. */
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
