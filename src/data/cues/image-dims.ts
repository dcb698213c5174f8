/** @file Sizes of an image whose cues are exchanged. */

/** [channels, height, width]. */
export type ImageDims = readonly [channels: number, height: number, width: number];
