/** @file Serves the images that the studio opens: files, folders, lists and patterns, or a dataset by name. */

import { existsSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { lookup } from "mrmime";
import type { Dataset } from "../../data/dataset.js";
import { isImage } from "../../data/find-images.js";
import { datasetAmong, findInputs, isPattern } from "../../data/find-inputs.js";
import { listPhotos } from "../../data/photos/list-photos.js";
import { datasetNames, loadDataset } from "../../data/sets.js";
import { FoveaError } from "../../foundation/error.js";
import { decodeImage, encodePicture, imageFormat } from "../../image/node.js";
import { createPicture, type Picture } from "../../image/picture/picture.js";
import type { Content, Resource } from "./content.js";
import type { GivenImage } from "./given.js";

/** An image in a file, or one of a dataset. */
type FoundImage = { readonly path: string; readonly class?: string | undefined } | NamedImage;

interface NamedImage {
  readonly name: string;
  readonly class: string;
  readonly resource: Resource;
}

/**
 * Adds images to the served files, each once. Folders and lists of photos tell classes as they do for `fovea evaluate`; of a
 * dataset its test images are taken. Files are named as seen from the folder that holds them all.
 * @param load opens a dataset by name
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function serveImages(
  given: readonly string[],
  resources: Map<string, Resource>,
  load: (name: string) => Promise<Dataset> = loadDataset,
): Promise<readonly GivenImage[]> {
  const listed: FoundImage[] = [];
  for (const argument of given) listed.push(...(await imagesOf(argument, load)));
  const once = new Map(listed.map((image) => ["path" in image ? resolve(image.path) : image.name, image]));
  const home = commonFolder([...once].flatMap(([path, image]) => ("path" in image ? [path] : [])));
  return [...once].map(([path, image], i) => {
    const url = `/given/images/${i}`;
    resources.set(url, "path" in image ? () => pictureAt(path) : image.resource);
    const name = "path" in image ? relative(home, path).split(sep).join("/") : image.name;
    return { name, url, ...(image.class === undefined ? {} : { class: image.class }) };
  });
}

/** Whether an argument names images rather than a model. */
export async function namesImages(argument: string): Promise<boolean> {
  const stats = await stat(argument).catch(() => undefined);
  if (stats === undefined) return isPattern(argument) || datasetNames.some((name) => name === argument);
  if (stats.isDirectory()) return !existsSync(join(argument, "saved_model.pb"));
  return /\.[ct]sv$/i.test(argument) || isImage(argument);
}

async function imagesOf(argument: string, load: (name: string) => Promise<Dataset>): Promise<readonly FoundImage[]> {
  const dataset = datasetAmong([argument]);
  if (dataset) return ofDataset(await load(dataset));
  const stats = await stat(argument).catch(() => undefined);
  if (stats?.isDirectory() || (stats && /\.([ct]sv|json)$/i.test(argument))) {
    const { photos } = await listPhotos(argument);
    if (photos.length === 0) throw new FoveaError("not-found", `${argument}: expected images, found none`);
    return photos.map(({ path, label }) => ({ path, class: label }));
  }
  const { inputs } = await findInputs([argument]);
  for (const { path, error } of inputs) {
    if (error) throw error;
    // A file whose first bytes and name tell no picture is one if it can be decoded; else the decoder says why not.
    if ((await pictureType(path)) === undefined) await decodeImage(path);
  }
  return inputs;
}

function ofDataset({ name, classes, test }: Dataset): NamedImage[] {
  const { width, height, channels, pixels, labels, count } = test;
  const size = width * height * channels;
  return Array.from({ length: count }, (_, i) => ({
    name: `${name} ${i}`,
    class: classes[labels[i] ?? -1] ?? "",
    resource: () => asPng(createPicture(width, height, 1, pixels.subarray(i * size, (i + 1) * size))),
  }));
}

/** The deepest folder that holds all files. */
function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => dirname(path).split(sep));
  const differs = (part: string, i: number) => others.some((parts) => parts[i] !== part);
  const end = first.findIndex(differs);
  return first.slice(0, end < 0 ? undefined : end).join(sep) + sep;
}

/** A file as it is if browsers show its kind, else as PNG. */
async function pictureAt(path: string): Promise<Content> {
  const type = await pictureType(path);
  return type && /jpeg|png|gif|webp|avif|bmp/.test(type) ? { type, source: path } : asPng(await decodeImage(path));
}

async function asPng(picture: Picture): Promise<Content> {
  return { type: "image/png", source: await encodePicture(picture, "png") };
}

/** By its first bytes, else by its name; undefined where neither tells a picture, or the file cannot be read. */
async function pictureType(path: string): Promise<string | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read({ buffer: new Uint8Array(64), position: 0 });
    const format = imageFormat(buffer.subarray(0, bytesRead));
    const named = lookup(path);
    return format ? `image/${format.toLowerCase()}` : named?.startsWith("image/") ? named : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
