/** @file Serves the images that the studio opens: files, folders, lists and patterns, or a dataset by name. */

import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { lookup } from "mrmime";
import type { Dataset } from "../../data/dataset.js";
import { isImage } from "../../data/find-images.js";
import { datasetAmong, findInputs } from "../../data/find-inputs.js";
import { listPhotos } from "../../data/photos/list-photos.js";
import { datasetNames } from "../../data/set-names.js";
import { loadDataset } from "../../data/sets.js";
import { folderOfPattern, isPattern } from "../../data/walk.js";
import { refuseAddress } from "../../files/address.js";
import { pictureFormat } from "../../files/kinds/picture-kinds.js";
import { startOfFile } from "../../files/kinds/start-of-file.js";
import { liesBelow, realPath } from "../../files/own-folder.js";
import { regularFile } from "../../files/regular-file.js";
import { FoveaError } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";
import { decodeImage, encodePicture } from "../../image/node.js";
import { createPicture, type Picture } from "../../image/picture/picture.js";
import type { Content, Resource } from "./content.js";
import type { GivenImage } from "./given.js";

/** An image in a file, or one of a dataset. */
type FoundImage = FoundFile | NamedImage;

interface FoundFile {
  readonly path: string;
  readonly class?: string | undefined;
  /** The folder that it was found in, and must really lie in. Default: any, as for a file that was named itself. */
  readonly inside?: string | undefined;
}

interface NamedImage {
  readonly name: string;
  readonly class: string;
  readonly resource: Resource;
}

export interface ServeImagesOptions {
  /** Opens a dataset by name. */
  readonly load?: (name: string) => Promise<Dataset>;
  /** Whether images may lie outside of the given folders, where links lead to. Default false. */
  readonly followLinks?: boolean;
  /** Called with a sentence for what is left out. Default: nothing is called. */
  readonly onNote?: (sentence: string) => void;
}

/**
 * Adds images to the served files, each once. Folders and lists of photos tell classes as they do for `fovea evaluate`; of a
 * dataset its test images are taken. Files are named as seen from the folder that holds them all. Links that lead out of a given
 * folder, or out of that of a list or a pattern, are refused when the images are listed, and whenever one is asked for.
 * @throws FoveaError `not-found`, `bad-file`, `bad-input` for a folder of more files than anybody means
 */
export async function serveImages(
  given: readonly string[],
  resources: Map<string, Resource>,
  options: ServeImagesOptions = {},
): Promise<readonly GivenImage[]> {
  const listed: FoundImage[] = [];
  for (const argument of given) listed.push(...(await imagesOf(argument, options)));
  const once = new Map(listed.map((image) => ["path" in image ? resolve(image.path) : image.name, image]));
  const home = commonFolder([...once].flatMap(([path, image]) => ("path" in image ? [path] : [])));
  return [...once].map(([path, image], i) => {
    const url = `/given/images/${i}`;
    resources.set(url, "path" in image ? () => pictureAt({ ...image, path }) : image.resource);
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

async function imagesOf(argument: string, options: ServeImagesOptions): Promise<readonly FoundImage[]> {
  const { load = loadDataset } = options;
  refuseAddress(argument);
  const dataset = datasetAmong([argument]);
  if (dataset) return ofDataset(await load(dataset));
  const stats = await stat(argument).catch(() => undefined);
  const isFolder = stats?.isDirectory() ?? false;
  if (isFolder || (stats && /\.([ct]sv|json)$/i.test(argument))) {
    return ofFolder(argument, isFolder ? argument : dirname(argument), options);
  }
  if (stats === undefined && isPattern(argument)) return ofPattern(argument, options);
  if (stats) regularFile(argument, `${argument}: image`);
  const { inputs } = await findInputs([argument]);
  for (const { path, error } of inputs) {
    if (error) throw error;
    // A file whose first bytes and name tell no picture is one if it can be decoded; else the decoder says why not.
    if (!tellsPicture(path)) await decodeImage(path);
  }
  return inputs;
}

const advice = "--follow-links follows them";
const linksOut = ({ followLinks = false }: ServeImagesOptions) => (followLinks ? "all" : "none");

/** The photos of a folder, or of a list in it. */
async function ofFolder(argument: string, folder: string, options: ServeImagesOptions): Promise<readonly FoundFile[]> {
  const { photos, notes } = await listPhotos(argument, { linksOut: linksOut(options), advice });
  for (const note of notes) options.onNote?.(`${argument}: ${note}`);
  const found = photos.map(({ path, label }) => ({ path, class: label }));
  return insideOf(folder, found, argument, options);
}

async function ofPattern(pattern: string, options: ServeImagesOptions): Promise<readonly FoundFile[]> {
  const { inputs, notes = [] } = await findInputs([pattern], { linksOut: linksOut(options), advice });
  for (const note of notes) options.onNote?.(note);
  const [first] = inputs;
  if (first?.error) throw first.error;
  return insideOf(folderOfPattern(pattern), inputs, pattern, options);
}

/** Those that lie in the folder, links followed. Lists may name others: a note says so. */
function insideOf(
  folder: string,
  files: readonly FoundFile[],
  argument: string,
  { followLinks = false, onNote }: ServeImagesOptions,
): readonly FoundFile[] {
  const home = followLinks ? undefined : realPath(folder);
  const inside: FoundFile[] = [];
  const outside: FoundFile[] = [];
  for (const file of files.map((each) => ({ ...each, inside: home }))) (leadsOut(file) ? outside : inside).push(file);
  const [first] = outside;
  if (first) {
    const left = `of ${count(files.length)} photos ${count(outside.length)} left out that links lead to out of the folder`;
    onNote?.(`${argument}: ${left}, the first ${first.path} (${advice})`);
  }
  if (inside.length > 0) return inside;
  throw new FoveaError("not-found", `${argument}: expected images, found none${first ? " in the folder itself" : ""}`);
}

/** Whether a file really lies outside of the folder that it was found in; false for one that is gone. */
function leadsOut({ path, inside }: FoundFile): boolean {
  if (inside === undefined) return false;
  try {
    return !liesBelow(inside, realPath(path));
  } catch {
    return false;
  }
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

/** Kinds that browsers show. An SVG file may hold more than a picture, and is none of them. */
const shown: ReadonlyMap<string | undefined, string> = new Map([
  ["JPEG", "image/jpeg"],
  ["PNG", "image/png"],
  ["GIF", "image/gif"],
  ["WebP", "image/webp"],
  ["AVIF", "image/avif"],
  ["BMP", "image/bmp"],
]);

/**
 * A file as it is if its first bytes say that browsers show it, whatever it is called, else its picture as PNG.
 * @throws FoveaError `not-found` behind a link that leads out, `bad-file` for a file that is no picture
 */
async function pictureAt(file: FoundFile): Promise<Content> {
  const { path } = file;
  if (leadsOut(file))
    throw new FoveaError("not-found", `${path}: expected an image in the given folder, got a link out of it`);
  const head = startOfFile(path);
  // It says why there are no first bytes, without waiting for a pipe.
  if (head === undefined) regularFile(path, `${path}: image`);
  const type = head && shown.get(pictureFormat(head));
  return type ? { type, source: path } : asPng(await decodeImage(path));
}

async function asPng(picture: Picture): Promise<Content> {
  return { type: "image/png", source: await encodePicture(picture, "png") };
}

/** Whether a file's first bytes or its name tell a picture. */
function tellsPicture(path: string): boolean {
  const head = startOfFile(path);
  return head !== undefined && (pictureFormat(head) !== undefined || (lookup(path)?.startsWith("image/") ?? false));
}
