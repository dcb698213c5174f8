/** @file Photos that are nearly the same picture: stored again, resized or a little changed in colour. */

import { FoveaError } from "../../../foundation/error.js";
import { mapAhead } from "../../../foundation/map-ahead.js";
import { at } from "../../../foundation/present.js";
import { decodeImage } from "../../../image/node.js";
import { imageOf } from "../../sources/image-of.js";
import { type Photo, reasonOf, type SkippedPhoto } from "../photo.js";
import { type DifferenceHash, differenceHash } from "./difference-hash.js";
import { nearPairs } from "./near-pairs.js";

export interface NearDuplicatesOptions {
  /** Called with the number of photos that have been read. Default: nothing is called. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Two photos of different splits that show nearly the same picture. */
export interface NearDuplicate {
  readonly photos: readonly [Photo, Photo];
  /** How many of the 64 bits of their hashes differ. */
  readonly distance: number;
}

export interface NearDuplicates {
  /** The nearest first, then in the order of the photos. */
  readonly pairs: readonly NearDuplicate[];
  /** Photos whose pixels cannot be decoded. */
  readonly unreadable: readonly SkippedPhoto[];
}

/**
 * Finds near-duplicates across splits, with which a test asks for photos learned by heart. They are told by the difference hash; nearly
 * plain pictures, which have none, are left out.
 */
export async function nearDuplicates(
  photos: readonly Photo[],
  { onProgress }: NearDuplicatesOptions = {},
): Promise<NearDuplicates> {
  const hashed: HashedPhoto[] = [];
  const unreadable: SkippedPhoto[] = [];
  let done = 0;
  for await (const { photo, hash, reason } of mapAhead(photos, ahead, hashPhoto)) {
    if (reason !== undefined) unreadable.push({ path: photo.path, reason });
    else if (hash !== undefined) hashed.push({ photo, hash });
    done++;
    onProgress?.(done, photos.length);
  }
  const photoAt = (place: number) => at(hashed, place).photo;
  const { pairs } = nearPairs(
    hashed.map(({ hash }) => hash),
    { accept: (a, b) => photoAt(a).split !== photoAt(b).split },
  );
  return { pairs: pairs.map(({ a, b, distance }) => ({ photos: [photoAt(a), photoAt(b)], distance })), unreadable };
}

/** Photos decoded at a time. */
const ahead = 8;

interface HashedPhoto {
  readonly photo: Photo;
  readonly hash: DifferenceHash;
}

async function hashPhoto(photo: Photo): Promise<{ photo: Photo; hash?: DifferenceHash | undefined; reason?: string }> {
  try {
    return { photo, hash: await differenceHash(photo) };
  } catch {
    // The decoder's sentence says the same as everywhere else.
    const error = await imageOf(photo)
      .then((image) => decodeImage(image))
      .catch((reason: unknown) => reason);
    return error instanceof FoveaError ? { photo, reason: reasonOf(photo.path, error) } : { photo };
  }
}
