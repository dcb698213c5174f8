/** @file Folders of single images as a source. */

import { listFolder, type NamedPhotos } from "../photos/list-folder.js";
import type { Listing, Store, StoredFile } from "../stores/store.js";
import type { ImagesOptions, Source, SourceImage } from "./source.js";
import { storedImage } from "./stored-image.js";

/** @param listing of all files of the folder @throws FoveaError `bad-file` for lists and annotations that are wrong */
export async function openFolder(address: string, store: Store, { files, notes }: Listing): Promise<Source> {
  const list = await listFolder(
    store,
    files.map(({ name }) => name),
  );
  // On disk nothing is known of them but their names.
  const found = store.pathOf ? new Map() : new Map(files.map((file) => [file.name, file]));
  return new FolderSource(address, store, { ...list, notes: [...notes, ...list.notes] }, found);
}

class FolderSource implements Source {
  readonly address: string;
  readonly archives: readonly string[] = [];
  readonly origin: string;
  readonly notes: readonly string[];
  readonly #photos: NamedPhotos["photos"];
  readonly #store: Store;
  readonly #found: ReadonlyMap<string, StoredFile>;

  constructor(address: string, store: Store, list: NamedPhotos, found: ReadonlyMap<string, StoredFile>) {
    this.address = address;
    this.origin = list.origin;
    this.notes = list.notes;
    this.#photos = list.photos;
    this.#store = store;
    this.#found = found;
  }

  async *images({ keep = () => true, signal }: ImagesOptions = {}): AsyncGenerator<SourceImage> {
    for (const photo of this.#photos) {
      signal?.throwIfAborted();
      if (keep(photo.name)) yield storedImage(this.#store, photo, this.#found.get(photo.name));
    }
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
