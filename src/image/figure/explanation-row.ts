/** @file The row of an explained class in a figure: the class in words, and its map where the network looked. */

import { shareInWords } from "../../foundation/measures.js";
import type { FloatMap } from "../map/heatmap.js";
import { type Box, placeMap } from "../picture/resize.js";
import type { ExplanationRow } from "./figure.js";
import type { FigureRow } from "./row-parts.js";
import { unbroken } from "./text.js";

export interface FigureRowOptions {
  /** The class as people call it. */
  readonly label: string;
  /** Whether it is said that the model predicts this class. */
  readonly predicted: boolean;
  readonly against: boolean;
  readonly score: number;
  /** 0 to 1; undefined where the score is not one of several classes before softmax. */
  readonly probability: number | undefined;
  /** What the probability is, where it is a share of something else, e.g. "of the image". Default: a probability after softmax. */
  readonly shareOf?: string | undefined;
  /** What makes probabilities of the scores. Default "softmax". */
  readonly activation?: "softmax" | "sigmoid";
  /** What the two signs of the map mean, the upper first. Default as the figure says. */
  readonly signs?: readonly [string, string] | undefined;
  /** As its title has it. */
  readonly method: string;
  readonly layer: { readonly name: string; readonly size: string };
  readonly map: FloatMap;
  /** The value of the map that gets the last colour. */
  readonly peak: number;
  /** The map has values below zero. */
  readonly signed: boolean;
  /** A warning about the map; empty for none. */
  readonly note: string;
}

/** The row as every figure of Fovea words it. */
export function figureRow({ map, ...words }: FigureRowOptions): ExplanationRow {
  return { ...figureWords(words), map };
}

/** The same without the map. */
export function figureWords(options: Omit<FigureRowOptions, "map">): FigureRow {
  const { label, predicted, against, score, probability, method, layer, peak, signed, note, signs } = options;
  const { activation = "softmax" } = options;
  const inWords = `score ${score.toFixed(2)}`;
  const best = options.shareOf === undefined ? " (predicted)" : " (largest)";
  const share = probability === undefined ? "" : unbroken(shareInWords(probability));
  const inShares =
    options.shareOf === undefined
      ? `${share}, ${inWords} before ${activation}`
      : `${share} ${options.shareOf}, ${inWords}`;
  return {
    title: `${against ? "against " : ""}${label}${predicted ? best : ""}`,
    score: probability === undefined ? inWords : inShares,
    detail: `${method} at ${layer.name}, ${layer.size}`,
    peak,
    signed,
    ...(signs ? { signs } : {}),
    ...(note === "" ? {} : { note }),
  };
}

/** Longer side of a map that is placed on a picture: finer than any panel of a figure. */
const placedSize = 640;

/**
 * The map where the network looked, in a frame shaped like the picture; zero where the network saw nothing.
 * @param box the part of the picture that the network saw, in its pixels
 */
export function placeOnPicture(
  map: FloatMap,
  box: Box,
  picture: { readonly width: number; readonly height: number },
): FloatMap {
  const scale = Math.min(1, placedSize / Math.max(picture.width, picture.height));
  const side = (size: number) => Math.max(1, Math.round(size * scale));
  const [width, height] = [side(picture.width), side(picture.height)];
  const [across, down] = [width / picture.width, height / picture.height];
  const placed = { x: box.x * across, y: box.y * down, width: box.width * across, height: box.height * down };
  return placeMap(map, placed, width, height);
}
