/** @file Every kind of source in every store: the same images, labels, splits and bytes, wherever they lie. */

import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parquetPieces } from "../../../src/data/parquet/write.js";
import { loadPhotos } from "../../../src/data/photos/load-photos.js";
import { bytesOfImage } from "../../../src/data/sources/image-of.js";
import { openSource } from "../../../src/data/sources/open-source.js";
import { serveGs } from "../../support/stores/gs.js";
import { commit, type DatasetHub, serveDatasets, token } from "../../support/stores/hub.js";
import { bucket, serveBucket } from "../../support/stores/s3.js";
import { type TarEntry, tarOf } from "../../support/stores/tar.js";
import { serveFiles } from "../../support/stores/web.js";
import { pngOf, type TestFolder, testFolder } from "../photos/folder.js";

/** Six images of two classes: name, class, split, bytes. */
interface Made {
  readonly name: string;
  readonly label: string;
  readonly split: "train" | "test";
  readonly bytes: Uint8Array;
}

const names = ["1", "2", "10"];

async function madeImages(): Promise<Made[]> {
  const made: Made[] = [];
  for (const split of ["test", "train"] as const) {
    for (const name of names) {
      made.push({ name, label: name === "2" ? "dog" : "cat", split, bytes: await pngOf(`${split} ${name}`) });
    }
  }
  return made;
}

function entriesOf(made: readonly Made[]): TarEntry[] {
  return made.flatMap(({ name, label, bytes }): TarEntry[] => [
    [`${name}.png`, bytes],
    [`${name}.cls`, label],
  ]);
}

async function tableOf(made: readonly Made[]): Promise<Uint8Array> {
  const rows = made.map(({ bytes, label }) => ({ image: bytes, label }));
  const pieces: Uint8Array[] = [];
  const columns = { image: "bytes", label: "string" } as const;
  for await (const piece of parquetPieces(columns, rows, { groupRows: 2 })) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The files of all datasets, by path. */
async function filesOf(made: readonly Made[]): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const of = (split: string) => made.filter((each) => each.split === split);
  const text = (content: string) => new TextEncoder().encode(content);
  for (const { name, label, split, bytes } of made) {
    files.set(`folders/${split}/${label}/${name}.png`, bytes);
    files.set(`listed/photos/${split}-${name}.png`, bytes);
  }
  const lines = made.map(({ name, label, split }) => `photos/${split}-${name}.png,${label},${split}`);
  files.set("listed/list.csv", text(["path,label,split", ...lines].join("\n")));
  const items = made.map(({ name, label, split }) => ({ file: `photos/${split}-${name}.png`, label, split }));
  files.set("listed/list.json", text(JSON.stringify(items)));
  const pieces: Uint8Array[] = [];
  const listed = { path: "string", label: "string", split: "string" } as const;
  const rows = made.map(({ name, label, split }) => ({ path: `photos/${split}-${name}.png`, label, split }));
  for await (const piece of parquetPieces(listed, rows)) pieces.push(piece);
  files.set("listed/list.parquet", Buffer.concat(pieces));
  for (const [i, split] of ["test", "train"].entries()) {
    const tar = await tarOf(entriesOf(of(split)));
    files.set(`shards/${split}-00000${i}.tar`, tar);
    files.set(`packed/${split}-00000${i}.tar.gz`, gzipSync(tar));
    files.set(`tables/${split}-00000-of-00001.parquet`, await tableOf(of(split)));
  }
  return files;
}

/** Addresses of the kinds below a root; `*` where a folder must be listed. */
const kinds: readonly (readonly [kind: string, address: string])[] = [
  ["folders *", "folders"],
  ["a folder of shards *", "shards"],
  ["a range of shards", "shards/{test-000000,train-000001}.tar"],
  ["packed shards", "packed/{test-000000,train-000001}.tar.gz"],
  ["a folder of tables *", "tables"],
  ["tables", "tables/{test,train}-00000-of-00001.parquet"],
  ["a CSV list", "listed/list.csv"],
  ["a JSON list", "listed/list.json"],
  ["a Parquet list", "listed/list.parquet"],
];

interface Served {
  readonly root: string;
  readonly canList: boolean;
}

let made: Made[];
let folder: TestFolder;
let hub: DatasetHub;
const stores = new Map<string, Served>();
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  made = await madeImages();
  const files = await filesOf(made);
  folder = testFolder();
  await folder.write(Object.fromEntries(files));
  closing.push(() => folder.remove());
  const variables = (all: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  };
  const s3 = await serveBucket();
  for (const [key, bytes] of files) await s3.put(key, bytes);
  variables(s3.variables);
  const gs = await serveGs("photos", files);
  variables(gs.variables);
  hub = await serveDatasets(files);
  variables({ HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: join(folder.path, "cache"), HF_TOKEN: token });
  const paths = new Map([...files].map(([name, bytes]) => [`/data/${name}`, bytes]));
  const [web, plain] = [await serveFiles(paths), await serveFiles(paths, { parts: false })];
  closing.push(...[s3, gs, hub, web, plain].map((server) => () => server.close()));
  stores.set("disk", { root: folder.path, canList: true });
  stores.set("s3", { root: `s3://${bucket}`, canList: true });
  stores.set("gs", { root: "gs://photos", canList: true });
  stores.set("hf", { root: "hf://datasets/people/photos", canList: true });
  stores.set("hf at a commit, private", { root: `hf://datasets/people/private@${commit}`, canList: true });
  stores.set("https", { root: `${web.origin}/data`, canList: false });
  stores.set("https without ranges", { root: `${plain.origin}/data`, canList: false });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const close of closing) await close();
});

const storeNames = ["disk", "s3", "gs", "hf", "hf at a commit, private", "https", "https without ranges"];

describe.each(storeNames)("a source on %s", (storeName) => {
  it.each(kinds)("gives the images of %s", async (kind, address) => {
    const { root, canList } = stores.get(storeName) as Served;
    if (kind.endsWith("*") && !canList) {
      await expect(openSource(`${root}/${address}`)).rejects.toThrow(/folders cannot be listed on the web$/);
      return;
    }
    const source = await openSource(`${root}/${address}`);
    const found: (Omit<Made, "name"> & { name: string })[] = [];
    for await (const image of source.images()) {
      expect(image.path.endsWith(image.name)).toBe(true);
      expect(image.path.startsWith(root)).toBe(true);
      const bytes = Buffer.from(await bytesOfImage(image));
      found.push({ name: image.name, label: image.label ?? "", split: image.split as "train", bytes });
      if (image.file?.head) expect(Buffer.from(await image.file.head(20))).toEqual(bytes.subarray(0, 20));
    }
    await source.close();
    expect(source.notes).toEqual([]);
    const key = ({ split, label, bytes }: Omit<Made, "name">) =>
      `${split} ${label} ${Buffer.from(bytes).toString("base64")}`;
    expect(found.map(key).sort()).toEqual(made.map(key).sort());
    if (!kind.startsWith("folder"))
      expect(found.map(({ bytes }) => bytes.toString())).toEqual(
        made.map(({ bytes }) => Buffer.from(bytes).toString()),
      );
  });

  it.each(kinds)("loads the photos of %s", async (kind, address) => {
    const { root, canList } = stores.get(storeName) as Served;
    if (kind.endsWith("*") && !canList) return;
    const dataset = await loadPhotos(`${root}/${address}`, { undivided: true });
    expect(dataset.classes).toEqual(["cat", "dog"]);
    expect(dataset.skipped).toEqual([]);
    expect(dataset.photos.map(({ width, height }) => [width, height])).toEqual(made.map(() => [24, 16]));
    expect(dataset.photos.filter(({ split, label }) => split === "test" && label === 0)).toHaveLength(2);
    await dataset.close?.();
  });
});
