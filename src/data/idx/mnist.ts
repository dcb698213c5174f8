/** @file MNIST and Fashion-MNIST: from a folder, else from the cache, else downloaded into it. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../files/cache-folder.js";
import { download } from "../../files/download.js";
import { readInput } from "../../files/input/read-input.js";
import { isPublished, type PublishedSums } from "../../files/transfer/sums.js";
import { FoveaError, unknownName } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { count } from "../../foundation/words.js";
import type { Dataset, LabelledImages } from "../dataset.js";
import { type NamedBytes, readIdx } from "./idx.js";

export type MnistName = "mnist" | "fashion-mnist";

export interface MnistOptions {
  /** Folder with a folder `<name>` that holds the four files. Default none. */
  directory?: string | undefined;
  /** Folder where downloads are kept, under `<name>`. Default `~/.cache/fovea`. */
  cache?: string | undefined;
  /** Addresses of https that end before the files' names, asked in turn. Default: the dataset's public mirrors. */
  mirrors?: readonly string[];
  /** Called while something is downloaded. Default: nothing is called. */
  onProgress?: (progress: DownloadProgress) => void;
  /** Milliseconds without a byte after which a mirror is given up; over twice as long it must send 1000 bytes a second. Default 30000. */
  patience?: number;
  /** Stops a download. Default: nothing stops it. */
  signal?: AbortSignal;
}

export interface DownloadProgress {
  /** The file that is coming. */
  readonly file: string;
  /** Bytes that have come, of all files together. */
  readonly done: number;
  /** Bytes that will have come in the end. */
  readonly total: number;
}

/** One of the four files as it was published. */
export interface PublishedFile extends PublishedSums {
  readonly name: string;
}

type Four<Item> = readonly [Item, Item, Item, Item];

/** A dataset of the MNIST family as it was published. */
export interface PublishedSet {
  readonly name: string;
  readonly title: string;
  readonly classes: readonly string[];
  readonly mirrors: readonly string[];
  /** Training images and labels, test images and labels. */
  readonly files: Four<PublishedFile>;
}

/** The published sets by name. MNIST: LeCun, Cortes, Burges. Fashion-MNIST: Xiao, Rasul, Vollgraf, 2017. */
export const publishedSets: Readonly<Record<MnistName, PublishedSet>> = {
  mnist: {
    name: "mnist",
    title: "MNIST",
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
    mirrors: ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
    files: [
      {
        name: "train-images-idx3-ubyte.gz",
        md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        bytes: 9912422,
      },
      {
        name: "train-labels-idx1-ubyte.gz",
        md5: "d53e105ee54ea40749a09fcbcd1e9432",
        sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        bytes: 28881,
      },
      {
        name: "t10k-images-idx3-ubyte.gz",
        md5: "9fb629c4189551a2d022fa330f9573f3",
        sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        bytes: 1648877,
      },
      {
        name: "t10k-labels-idx1-ubyte.gz",
        md5: "ec29112dd5afa0611ce80d1b7f02629c",
        sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        bytes: 4542,
      },
    ],
  },
  "fashion-mnist": {
    name: "fashion-mnist",
    title: "Fashion-MNIST",
    classes: ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
    mirrors: [
      "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ],
    files: [
      {
        name: "train-images-idx3-ubyte.gz",
        md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        bytes: 26421880,
      },
      {
        name: "train-labels-idx1-ubyte.gz",
        md5: "25c81989df183df01b3e8a0aad5dffbe",
        sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        bytes: 29515,
      },
      {
        name: "t10k-images-idx3-ubyte.gz",
        md5: "bef4ecab320f06d8554ea6380940ec79",
        sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        bytes: 4422102,
      },
      {
        name: "t10k-labels-idx1-ubyte.gz",
        md5: "bb300cfdad3c16e7a12a480ee83cd310",
        sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        bytes: 5148,
      },
    ],
  },
};

/**
 * MNIST or Fashion-MNIST: the folder `<directory>/<name>` where there is one, else the cache, else a download into the cache.
 *
 * @throws FoveaError `not-found` when the folder lacks files, `bad-file` when one is broken, and the errors of `download`
 */
export async function loadMnist(name: MnistName, options: MnistOptions = {}): Promise<Dataset> {
  const set = publishedSets[name];
  if (set === undefined) throw unknownName("data set", name, Object.keys(publishedSets));
  return loadPublished(set, options);
}

/** Of one file, unpacked: five times those of MNIST. */
const mostBytes = 2 ** 28;

export interface LoadPublishedOptions extends MnistOptions {
  /** Ask mirrors on this machine by http as well, as tests do. Default false. */
  loopback?: boolean;
}

/** `loadMnist` for any set of four such files. */
export async function loadPublished(set: PublishedSet, options: LoadPublishedOptions = {}): Promise<Dataset> {
  const { directory, cache = cacheFolder() } = options;
  const local = directory === undefined ? undefined : await readFolder(directory, set);
  const [trainImages, trainLabels, testImages, testLabels] =
    local ?? (await readCache(set, join(cache, set.name), options));
  const train = await readIdx(trainImages, trainLabels, mostBytes);
  const test = await readIdx(testImages, testLabels, mostBytes);
  checkLabels(train, trainLabels.name, set);
  checkLabels(test, testLabels.name, set);
  if (test.height !== train.height || test.width !== train.width) {
    const [expected, got] = [train, test].map(({ height, width }) => `${height} x ${width}`);
    throw new FoveaError("bad-file", `${testImages.name}: expected images of ${expected} as for training, got ${got}`);
  }
  return {
    name: set.name,
    source: `${set.title}, ${count(train.count)} training and ${count(test.count)} test images`,
    classes: set.classes,
    train,
    test,
  };
}

/** The four files in `<directory>/<name>`, gzipped or plain; undefined where there is no such folder. */
async function readFolder(directory: string, set: PublishedSet): Promise<Four<NamedBytes> | undefined> {
  if (!existsSync(directory)) {
    throw new FoveaError(
      "not-found",
      `${directory}: no data folder: expected one with ${set.name}/ in it, got nothing`,
    );
  }
  const folder = join(directory, set.name);
  if (!existsSync(folder)) return undefined;
  const paths = set.files.flatMap(
    ({ name }) => spellings(name).find((spelling) => existsSync(join(folder, spelling))) ?? [],
  );
  const missing = set.files.flatMap(({ name }) => (spellings(name).some((each) => paths.includes(each)) ? [] : [name]));
  if (missing.length > 0) {
    const got = missing.length === set.files.length ? "none of them" : `no ${missing.join(", no ")}`;
    throw new FoveaError(
      "not-found",
      `${folder}: files are missing: expected the four files of ${set.title} (gzipped or plain), got ${got}`,
    );
  }
  return four(await Promise.all(paths.map((path) => readNamed(join(folder, path)))));
}

function four<Item>(items: readonly Item[]): Four<Item> {
  return [at(items, 0), at(items, 1), at(items, 2), at(items, 3)];
}

/** A file's published name, unpacked, and unpacked as some archives name it. */
function spellings(name: string): string[] {
  const plain = name.replace(/\.gz$/, "");
  return [name, plain, plain.replace("-idx", ".idx")];
}

/** The four files in the cache's folder, after downloading those that are not there or damaged. */
async function readCache(set: PublishedSet, folder: string, options: LoadPublishedOptions): Promise<Four<NamedBytes>> {
  const cached = await Promise.all(
    set.files.map(async (published) => {
      const path = join(folder, published.name);
      const file = existsSync(path) ? await readNamed(path) : undefined;
      return file && isPublished(file.bytes, published) ? file : undefined;
    }),
  );
  const total = set.files.reduce((sum, { bytes }, i) => sum + (cached[i] ? 0 : bytes), 0);
  const files: NamedBytes[] = [];
  let mirrors = options.mirrors ?? set.mirrors;
  let before = 0;
  for (const [i, { name, md5, sha256, bytes }] of set.files.entries()) {
    const path = join(folder, name);
    if (cached[i]) {
      files.push(cached[i]);
      continue;
    }
    const urls = mirrors.map((mirror) => `${mirror.replace(/\/*$/, "/")}${name}`);
    const mirror = await download(urls, path, {
      ...{ md5, sha256, bytes },
      loopback: options.loopback,
      patience: options.patience,
      signal: options.signal,
      onBytes: (done) => options.onProgress?.({ file: name, done: before + done, total }),
    });
    // The mirror that answered is asked first from now on: the others may have cost their whole patience.
    mirrors = [...mirrors.slice(mirror), ...mirrors.slice(0, mirror)];
    before += bytes;
    files.push(await readNamed(path));
  }
  return four(files);
}

async function readNamed(path: string): Promise<NamedBytes> {
  return { name: path, bytes: await readInput(path, "idx") };
}

function checkLabels({ labels }: LabelledImages, where: string, { classes }: PublishedSet): void {
  const index = labels.findIndex((label) => label >= classes.length);
  if (index === -1) return;
  const expected = `expected 0 to ${classes.length - 1}`;
  throw new FoveaError("bad-file", `${where}: label ${index}: ${expected}, got ${labels[index]}`);
}
