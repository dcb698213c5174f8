/** @file Where the images of a study of trust come from. */

import type { PhotoDataset } from "../../../data/photos/photo.js";
import type { OwnPhotos } from "../../shards/rows/own-photos.js";

/** In words, or of photos in pieces: parts count their own. */
export type TrustFrom =
  | { readonly source: string }
  | { readonly name: string; readonly split: string; readonly found: PhotoDataset["found"] };

export interface TrustedPhotos extends OwnPhotos {
  /** How many of the split can be opened. */
  readonly ofSplit: number;
}
