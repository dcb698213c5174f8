/** @file Images that lie singly in a store. */

import { inputKinds, refuseSize } from "../../files/input/input-kinds.js";
import type { Store, StoredFile } from "../stores/store.js";
import type { ImageFile } from "./image-of.js";
import type { NamedImage, SourceImage } from "./source.js";

/** @param found what listing the store told of it. Default nothing */
export function storedImage(store: Store, { name, ...labels }: NamedImage, found?: StoredFile): SourceImage {
  return { name, unit: name, path: store.address(name), ...labels, file: fileIn(store, name, found) };
}

function fileIn(store: Store, name: string, { bytes, version }: Partial<StoredFile> = {}): ImageFile | undefined {
  if (store.pathOf) return undefined;
  const read = async () => {
    refuseSize(bytes ?? 0, "image", store.address(name));
    // What is no image by its size is not brought here to find that out.
    const { most } = inputKinds.image;
    return bytes === undefined ? store.read(name, { start: 0, end: most }) : store.read(name);
  };
  return { bytes, version, read, head: (byteLength) => store.read(name, { start: 0, end: byteLength }) };
}
