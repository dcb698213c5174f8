/** @file What is kept of an image that a model saw. */

import type { FloatMap } from "../../../image/map/heatmap.js";
import type { Picture } from "../../../image/picture/picture.js";

/** A map's share of a region next to that of a uniform map: one that is the same wherever the network looked. */
export interface Share {
  readonly share: number;
  readonly even: number;
}

export interface EvidenceShares {
  /** A tenth of each side. */
  readonly border: Share;
  /** A fifth of each side. */
  readonly corners: Share;
  /** Inside the object's boxes; undefined where there are none. */
  readonly object?: Share | undefined;
  /** The smallest part of the image that holds half of the evidence. */
  readonly half: Share;
}

/** Of the exchanges of an image with several donors, the share that changes the prediction, 0 to 1. */
export interface Flips {
  /** Where the map is hottest. */
  readonly hottest: number;
  /** In a region of the same shape elsewhere. */
  readonly elsewhere: number;
}

/** Plain numbers. */
export interface ImageRow {
  /** Of each class of the model. */
  readonly probabilities: Float32Array;
  /** The model's class with the highest score: all that follows is about its map. */
  readonly predicted: number;
  /** Size of the whole image. */
  readonly size: { readonly width: number; readonly height: number };
  /** Undefined where the map is blank. */
  readonly evidence?: EvidenceShares | undefined;
  /** How often the prediction changes when a part is exchanged for what images of other classes have there; where that was tried. */
  readonly flips?: Flips | undefined;
}

/** Rows by position. */
export interface Rows {
  readonly count: number;
  at(index: number): ImageRow;
}

/** A row with the picture and map that it was made from: a few kilobytes, which are kept of some images only. */
export interface Observation extends ImageRow {
  /** The whole image, small. */
  readonly thumbnail: Picture;
  /** The raw map over the whole image, at the thumbnail's size. */
  readonly map: FloatMap;
}

/** A map with its image, small. */
export type MappedImage = Pick<Observation, "map" | "thumbnail" | "size">;

/** Keeps results, so that interrupted work goes on where it was. */
export interface ObservationStore {
  get(index: number): Observation | undefined;
  put(index: number, observation: Observation): Promise<void>;
  /** Whether there is one. */
  has(index: number): boolean;
}
