/** @file The pictures that the page has open: their files, and as pixels those that were used last. */

import { FoveaError } from "../../../src/foundation/error.js";
import { mapAhead } from "../../../src/foundation/map-ahead.js";
import type { Picture } from "../../../src/image/picture/picture.js";
import { decodeImage, imageSize } from "../../../src/image/web.js";
import type { OpenedPicture, PictureSource } from "./api.js";

export interface StoredPicture {
  readonly name: string;
  readonly picture: Picture;
}

/** Of decoded pictures together; any number of files is open. */
const mostPixels = 50e6;
/** Files that are read at a time. */
const ahead = 8;

export class Pictures {
  readonly #sources = new Map<number, PictureSource>();
  /** The one used last at the end. */
  readonly #decoded = new Map<number, Picture>();
  #next = 1;

  /** Opens many; those that cannot be read are there with the reason. @param unread look at headers only */
  async openAll(sources: readonly PictureSource[], unread: boolean): Promise<OpenedPicture[]> {
    const opened: OpenedPicture[] = [];
    for await (const each of mapAhead(sources, ahead, (source) => this.#openOne(source, unread))) opened.push(each);
    return opened;
  }

  async #openOne({ source, name }: PictureSource, unread: boolean): Promise<OpenedPicture> {
    try {
      const header = unread ? await imageSize(await fileOf(source, name), { name }) : undefined;
      const picture = header ? undefined : await pixelsOf(source, name);
      const { width, height } = header ?? (picture as Picture);
      const id = this.#add({ source, name });
      if (picture) this.#keep(id, picture);
      return { view: { id, name, width, height } };
    } catch (error) {
      if (error instanceof FoveaError) return { reason: error.message };
      throw error;
    }
  }

  #add(source: PictureSource): number {
    this.#sources.set(this.#next, source);
    return this.#next++;
  }

  /** Opens pictures under numbers that they have already. */
  restore(pictures: readonly (readonly [id: number, source: PictureSource])[]): void {
    for (const [id, source] of pictures) {
      this.#sources.set(id, source);
      this.#next = Math.max(this.#next, id + 1);
    }
  }

  /** @throws FoveaError for one that is not open, or whose file is damaged */
  async get(id: number): Promise<StoredPicture> {
    const { source, name } = this.#source(id);
    const picture = this.#decoded.get(id) ?? (await pixelsOf(source, name));
    if (this.#sources.has(id)) this.#keep(id, picture);
    return { name, picture };
  }

  /** As `get`, for one of very many: it takes nobody else's place. */
  async glance(id: number): Promise<StoredPicture> {
    const { source, name } = this.#source(id);
    return { name, picture: this.#decoded.get(id) ?? (await pixelsOf(source, name)) };
  }

  #source(id: number): PictureSource {
    const source = this.#sources.get(id);
    if (source) return source;
    throw new FoveaError("not-found", `picture ${id}: expected one that is open`);
  }

  #keep(id: number, picture: Picture): void {
    this.#decoded.delete(id);
    this.#decoded.set(id, picture);
    let pixels = 0;
    for (const { width, height } of this.#decoded.values()) pixels += width * height;
    for (const [oldest, { width, height }] of this.#decoded) {
      if (pixels <= mostPixels || oldest === id) return;
      this.#decoded.delete(oldest);
      pixels -= width * height;
    }
  }

  close(id: number): void {
    this.#sources.delete(id);
    this.#decoded.delete(id);
  }
}

async function pixelsOf(source: PictureSource["source"], name: string): Promise<Picture> {
  return decodeImage(await fileOf(source, name), { name });
}

async function fileOf(source: PictureSource["source"], name: string): Promise<Blob> {
  if (source instanceof Blob) return source;
  const response = await fetch(source).catch(() => undefined);
  if (response?.ok) return response.blob();
  throw new FoveaError("not-found", `${name}: image: expected one at ${source}, got none`);
}
