/** @file Makes rows of numbers of photos, pixels at a network's size or a network's features: computed once, kept on disk. */

import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Examples } from "../../data/dataset.js";
import { type Photo, reasonOf, type SkippedPhoto } from "../../data/photos/photo.js";
import type { ImageFile } from "../../data/sources/image-of.js";
import { type FoundImage, imageOf } from "../../data/sources/image-of.js";
import { RowStore } from "../../files/row-store.js";
import { FoveaError } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";
import { preparePicture } from "../../image/input/input.js";
import { openPreprocessor } from "../../image/input/preprocess.js";
import type { Preprocessing } from "../../image/input/preprocessing.js";
import { joined, singleImages } from "../../model/run/batches.js";
import { readBatches } from "../../model/run/read-batches.js";
import { floats, Tensor } from "../../onnx/tensor.js";
import type { Backbone } from "../../train/transfer/backbone.js";
import { environment } from "../environment.js";
import type { NamedModel } from "../inputs/models.js";
import { lockOwner, platform, runtime } from "../platform.js";
import type { Job } from "../terminal/job.js";
import { note } from "../terminal/print.js";

/** How a photo becomes a row. */
export interface RowSource extends Pick<Examples, "type" | "dims"> {
  /** For people. */
  readonly what: string;
  /** All that decides a row besides the photo, as JSON: rows of another source are kept elsewhere. */
  readonly identity: unknown;
  /** A photo as a network's input, [1, ...]. */
  readonly read: (photo: FoundImage) => Promise<Tensor>;
  /** Inputs [n, ...] to rows [n, ...dims]. */
  readonly compute: (inputs: Tensor) => Promise<Tensor>;
  readonly close: () => Promise<void>;
}

export interface PhotoRows {
  /** The photos that could be read. */
  readonly photos: readonly Photo[];
  readonly failed: readonly SkippedPhoto[];
  readonly examples: (photos: readonly Photo[]) => Examples;
  readonly close: () => Promise<void>;
}

/** Photos whose rows are computed together, and read while the group before is computed. */
const group = 16;

/**
 * Rows of photos. Those that the cache holds are not computed again; whoever is killed here loses a group.
 * @param cache folder of all caches. Default: where downloads are kept
 */
export async function photoRows(
  job: Job,
  photos: readonly Photo[],
  source: RowSource,
  cache: string = join(environment().cacheFolder, "photos"),
): Promise<PhotoRows> {
  const { type, dims } = source;
  const folder = join(resolve(cache), folderName(source));
  const bytes = dims.reduce((product, size) => product * size, type === "uint8" ? 1 : 4);
  const store = await RowStore.open(folder, bytes, lockOwner);
  try {
    return await rowsIn(store, job, photos, { ...source, folder });
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function rowsIn(
  store: RowStore,
  job: Job,
  photos: readonly Photo[],
  source: RowSource & { readonly folder: string },
): Promise<PhotoRows> {
  const { type, dims, what, folder } = source;
  const keyFor = await photoKeys(photos);
  const missing = photos.filter((photo) => !store.has(keyFor(photo)));
  const present = count(photos.length - missing.length);
  note(`${what}: ${present} of ${count(photos.length)} photos in ${folder}, ${count(missing.length)} to compute`);
  const failed = missing.length > 0 ? await computeMissing(job, store, missing, keyFor, source) : [];
  const [first] = failed;
  if (first && failed.length === photos.length) {
    const got = `none: ${first.path}: ${first.reason}`;
    throw new FoveaError("bad-input", `${photos.length} photos: expected some that can be read, got ${got}`);
  }
  return {
    photos: photos.filter((photo) => store.has(keyFor(photo))),
    failed,
    examples: (some) => {
      const keys = some.map(keyFor);
      return {
        count: some.length,
        type,
        dims,
        labels: some.map(({ label }) => label),
        async read(indices) {
          const rows = await store.read(Array.from(indices, (index) => keys[index] ?? ""));
          return new Tensor(type, [indices.length, ...dims], rows);
        },
      };
    },
    close: () => store.close(),
  };
}

/** A name for the folder of a source's rows. */
function folderName({ what, type, dims, identity }: RowSource): string {
  const hash = createHash("sha256").update(JSON.stringify([what, type, dims, identity]));
  return hash.digest("hex").slice(0, 16);
}

/** Keys of photos in the cache. A photo that is changed has another one. */
async function photoKeys(photos: readonly Photo[]): Promise<(photo: Photo) => string> {
  const entries = photos.map(async ({ path, file }) => {
    if (file) return [path, JSON.stringify([path, file.version ?? (await digestOf(file))])] as const;
    const { size, mtimeMs } = await stat(path);
    return [path, JSON.stringify([resolve(path), size, mtimeMs])] as const;
  });
  const keys = new Map(await Promise.all(entries));
  return ({ path }) => keys.get(path) ?? path;
}

async function digestOf(file: ImageFile): Promise<string> {
  return createHash("sha256")
    .update(await file.read())
    .digest("hex");
}

async function computeMissing(
  job: Job,
  store: RowStore,
  photos: readonly Photo[],
  keyFor: (photo: Photo) => string,
  source: RowSource,
): Promise<SkippedPhoto[]> {
  const failed: SkippedPhoto[] = [];
  let done = 0;
  await job.stage(source.what, async (onProgress) => {
    const readPhoto = (photo: Photo) => source.read(photo);
    for await (const read of readBatches(photos, readPhoto, group, ({ byteLength }) => byteLength)) {
      const inputs = read.flatMap(({ image }) => (image ? [image] : []));
      const right = read.flatMap(({ source: photo, image }) => (image ? [photo] : []));
      for (const { source: photo, error } of read) {
        if (error) failed.push({ path: photo.path, reason: reasonOf(photo.path, error) });
      }
      if (right.length > 0) await store.append(right.map(keyFor), (await source.compute(joined(inputs))).bytes);
      done += read.length;
      onProgress(done, photos.length);
    }
  });
  return failed;
}

/** Pixels 0..255 in RGB order, at the size that a network sees, before they are normalised. */
export async function pixelSource(preprocessing: Preprocessing): Promise<RowSource> {
  const { channels, height, width } = preprocessing;
  const [none, one] = [Array<number>(channels).fill(0), Array<number>(channels).fill(1)];
  const fitted: Preprocessing = { ...preprocessing, scale: 1, mean: none, std: one, order: "rgb", layout: "nchw" };
  const preprocessor = await openPreprocessor(fitted, runtime);
  return {
    what: `pixels at ${width}x${height}`,
    identity: fitted,
    type: "uint8",
    dims: [channels, height, width],
    read: async (photo) =>
      (await preparePicture(await platform.decode(await imageOf(photo)), fitted, preprocessor)).input,
    compute: async (inputs) => new Tensor("uint8", inputs.dims, Uint8Array.from(floats(inputs), Math.round)),
    close: () => preprocessor.close(),
  };
}

/** A backbone's features. */
export async function featureSource(
  { name, path, model }: NamedModel,
  preprocessing: Preprocessing,
  { graph, input, features, width, layer }: Backbone,
): Promise<RowSource> {
  const session = await runtime.open(graph);
  const { size, mtimeMs } = await stat(path);
  return {
    what: `features of ${name}`,
    identity: { path: resolve(path), size, mtimeMs, layer, preprocessing },
    type: "float32",
    dims: [width],
    read: async (photo) => (await model.readImage(await imageOf(photo))).input,
    async compute(inputs) {
      // A model rewritten for any number of images has not been verified here.
      const parts = model.oneByOne ? singleImages(inputs) : [inputs];
      const rows: Tensor[] = [];
      for (const part of parts) {
        const { [features]: row } = await session.run({ [input]: part });
        if (row) rows.push(row);
      }
      return joined(rows);
    },
    close: () => session.close(),
  };
}
