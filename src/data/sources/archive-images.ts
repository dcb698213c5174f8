/** @file The images of archives, one after the other. */

import type { Pool } from "./pool.js";
import type { ImagesOptions, SourceImage } from "./source.js";

/** Each archive is open while its images are handed out. @param imagesIn the images of one that is open */
export async function* imagesOfArchives<Resource extends { readonly close: () => Promise<void> }>(
  names: readonly string[],
  archives: Pool<Resource>,
  imagesIn: (unit: string, archive: Resource) => AsyncIterable<SourceImage>,
  { keep = () => true, signal }: ImagesOptions = {},
): AsyncGenerator<SourceImage> {
  for (const unit of names) {
    if (!keep(unit)) continue;
    const { resource, giveBack } = await archives.borrow(unit);
    try {
      for await (const image of imagesIn(unit, resource)) {
        signal?.throwIfAborted();
        yield image;
      }
    } finally {
      giveBack();
    }
  }
}
