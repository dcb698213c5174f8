/** @file Raw maps of frames in a temporary file: of a long clip they do not fit into memory. */

import { type FileHandle, open } from "node:fs/promises";
import { openTemporary, type Temporary } from "../../../files/write/temporary.js";
import { type FloatMap, floatMap } from "../../../image/map/heatmap.js";

/** Maps by the numbers of their frames. */
export class MapStore {
  readonly #temporary: Temporary;
  readonly #reading: FileHandle;
  readonly #places: { readonly at: number; readonly width: number; readonly height: number }[] = [];
  #end = 0;

  private constructor(temporary: Temporary, reading: FileHandle) {
    this.#temporary = temporary;
    this.#reading = reading;
  }

  /** @param folder where the file lies until `close` @throws the file system's error */
  static async open(folder: string): Promise<MapStore> {
    const temporary = await openTemporary(folder, 0o600);
    return new MapStore(temporary, await open(temporary.path, "r"));
  }

  get count(): number {
    return this.#places.length;
  }

  /** Keeps the map of the next frame. */
  async add({ width, height, values }: FloatMap): Promise<void> {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    await this.#temporary.file.write(bytes, 0, bytes.length, this.#end);
    this.#places.push({ at: this.#end, width, height });
    this.#end += bytes.length;
  }

  async map(frame: number): Promise<FloatMap | undefined> {
    const place = this.#places[frame];
    if (place === undefined) return undefined;
    const values = new Float32Array(place.width * place.height);
    await this.#reading.read(new Uint8Array(values.buffer), 0, values.byteLength, place.at);
    return floatMap(place.width, place.height, values);
  }

  async close(): Promise<void> {
    await this.#reading.close();
    await this.#temporary.file.close();
    await this.#temporary.release();
  }
}
