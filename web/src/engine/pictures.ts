/** @file The pictures that the page has open, decoded once. */

import type { Picture } from "fovea/image";
import { decodeImage, FoveaError, pictureOfBitmap } from "fovea/web";
import type { PictureView } from "./api.js";

export interface StoredPicture {
  readonly name: string;
  readonly picture: Picture;
}

/** Keeps as many as fit; the page asks again for one that had to go. */
export class Pictures {
  readonly #stored = new Map<number, StoredPicture>();
  #next = 1;

  async open(source: Blob | ImageBitmap, name: string): Promise<PictureView> {
    const picture = source instanceof Blob ? await decodeImage(source, { name }) : pictureOfBitmap(source, name);
    if (!(source instanceof Blob)) source.close();
    const id = this.#next++;
    this.#stored.set(id, { name, picture });
    return { id, name, width: picture.width, height: picture.height };
  }

  get(id: number): StoredPicture {
    const found = this.#stored.get(id);
    if (found) return found;
    throw new FoveaError("not-found", `picture ${id}: expected one that is open`);
  }

  close(id: number): void {
    this.#stored.delete(id);
  }
}
