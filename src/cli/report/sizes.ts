/** @file How many photos there are of each split, and of which sizes. */

import type { Photo } from "../../data/photos/photo.js";

/** How many photos each split holds; one without any is left out. */
export function countsOf(photos: readonly Pick<Photo, "split">[]): Partial<Record<Photo["split"], number>> {
  const count = (part: Photo["split"]) => photos.filter((photo) => photo.split === part).length;
  return Object.fromEntries(
    (["train", "validation", "test"] as const).flatMap((part) => (count(part) > 0 ? [[part, count(part)]] : [])),
  );
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The smallest and the largest size, by area, then by width; undefined of none. */
export function extremesOf(sizes: readonly Size[]): readonly [Size, Size] | undefined {
  const order = (a: Size, b: Size) => a.width * a.height - b.width * b.height || a.width - b.width;
  const [first] = sizes;
  if (first === undefined) return undefined;
  const [least, most] = sizes.reduce(
    ([small, large], each) => [order(each, small) < 0 ? each : small, order(each, large) > 0 ? each : large],
    [first, first],
  );
  const plain = ({ width, height }: Size) => ({ width, height });
  return [plain(least), plain(most)];
}

export function sizesInWords(extremes: readonly [Size, Size] | undefined): string {
  if (extremes === undefined) return "photos of no pixels";
  const [least, most] = extremes.map(({ width, height }) => `${width} × ${height}`);
  return least === most ? `photos of ${least} pixels` : `photos of ${least} to ${most} pixels`;
}
