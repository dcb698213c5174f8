/** @file Tar archives as a source: shards of WebDataset, and archives of folders of classes. */

import type { RandomAccess } from "../../../files/input/random-access.js";
import { FoveaError } from "../../../foundation/error.js";
import { cachedBlocks } from "../../stores/block-cache.js";
import { accessTo, type Store, type StoredFile } from "../../stores/store.js";
import { imagesOfArchives } from "../archive-images.js";
import { splitOfArchive } from "../archive-split.js";
import type { ImageFile } from "../image-of.js";
import type { LeftOut } from "../left-out.js";
import { Pool } from "../pool.js";
import type { ImagesOptions, Source, SourceImage } from "../source.js";
import { labelsOf } from "./labels.js";
import { tarMembers } from "./members.js";
import { samplesOf } from "./samples.js";

const isPacked = (name: string) => /\.(tar\.gz|tgz)$/i.test(name);

/** Archives that are open at a time. */
const mostOpen = 4;
/** Headers on disk are read one by one; of others whole blocks, in which small images lie together. */
const onDisk = { block: 2 ** 14, blocks: 4 };
const elsewhere = { block: 2 ** 22, blocks: 8 };

interface Archive extends RandomAccess {
  readonly version: string | undefined;
}

export class TarSource implements Source {
  readonly address: string;
  readonly origin = "labelled in the archives";
  readonly #names: readonly string[];
  readonly #store: Store;
  readonly #left: LeftOut;
  readonly #archives: Pool<Archive>;

  /** @param names of the archives, in their order @param left told of what is left out */
  constructor(address: string, store: Store, names: readonly string[], left: LeftOut) {
    this.address = address;
    this.#store = store;
    this.#names = names;
    this.#left = left;
    this.#archives = new Pool(mostOpen, (name) => openArchive(store, name));
  }

  get archives(): readonly string[] {
    return this.#names;
  }

  get notes(): string[] {
    return this.#left.notes();
  }

  images(options?: ImagesOptions): AsyncGenerator<SourceImage> {
    return imagesOfArchives(this.#names, this.#archives, (unit, each) => this.#imagesIn(unit, each), options);
  }

  async close(): Promise<void> {
    await this.#archives.close();
    await this.#store.close();
  }

  async *#imagesIn(unit: string, archive: Archive): AsyncGenerator<SourceImage> {
    const split = splitOfArchive(unit);
    const seen = new Set<string>();
    const members = tarMembers(archive, {
      onOther: (name) => this.#left.add("link", `${unit}/${name}`),
      onOpenEnd: () => this.#left.add("open", unit),
    });
    for await (const sample of samplesOf(members, (name) => this.#left.add("outside", `${unit}/${name}`))) {
      const { image } = sample;
      const name = `${unit}/${image.name}`;
      if (seen.has(image.name)) {
        this.#left.add("twice", name);
        continue;
      }
      seen.add(image.name);
      const labels = await labelsOf(sample, archive);
      yield { name, unit, path: this.#store.address(name), split, ...labels, file: this.#file(unit, image, archive) };
    }
  }

  #file(unit: string, { offset, bytes }: { offset: number; bytes: number }, { version }: Archive): ImageFile {
    const part = (length: number) => this.#archives.use(unit, ({ read }) => read(offset, length));
    return { bytes, version, read: () => part(bytes), head: (most) => part(Math.min(most, bytes)) };
  }
}

async function openArchive(store: Store, name: string): Promise<Archive> {
  const found = await store.find(name);
  if (found?.bytes === undefined) {
    throw new FoveaError("not-found", `${store.address(name)}: expected an archive, got none there`);
  }
  return { ...(await openFound(store, found, found.bytes)), version: found.version };
}

async function openFound(store: Store, found: StoredFile, bytes: number): Promise<RandomAccess> {
  const file = accessTo(store, found, bytes);
  if (!isPacked(found.name)) return cachedBlocks(file, store.pathOf ? onDisk : elsewhere);
  const { unpacked } = await import("./unpack.js");
  return unpacked(file);
}
