/** @file The MNIST family from folders, caches and mirrors, with tiny files in its place. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type DownloadProgress,
  loadMnist,
  loadPublished,
  type PublishedFile,
  type PublishedSet,
  publishedSets,
} from "../../../src/data/idx/mnist.js";
import { loadDataset } from "../../../src/data/sets.js";
import { everything } from "../../support/share.js";
import { type Answer, hangUp, type Mirror, startMirror } from "./mirror.js";

const names = publishedSets.mnist.files.map(({ name }) => name);

/** The four files of a tiny set: 3 training and 2 test images of 4 by 5. */
function tinyFiles({ testSize = [4, 5], testLabels = [9, 0] } = {}): Record<string, Buffer> {
  const idx = (magic: number, dims: number[], data: number[]) => {
    const header = Buffer.alloc(4 + 4 * dims.length);
    for (const [i, value] of [magic, ...dims].entries()) header.writeUInt32BE(value, 4 * i);
    return gzipSync(Buffer.concat([header, Buffer.from(data)]));
  };
  const [height, width] = testSize as [number, number];
  const [trainImages, trainClasses, testImages, testClasses] = names as [string, string, string, string];
  return {
    [trainImages]: idx(0x803, [3, 4, 5], Array(60).fill(1)),
    [trainClasses]: idx(0x801, [3], [4, 5, 6]),
    [testImages]: idx(0x803, [2, height, width], Array(2 * height * width).fill(2)),
    [testClasses]: idx(0x801, [2], testLabels),
  };
}

/** A set that is published as these files. */
function published(files: Record<string, Buffer>, mirrors: string[] = []): PublishedSet {
  const described = Object.entries(files).map(([name, bytes]) => ({
    name,
    md5: createHash("md5").update(bytes).digest("hex"),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    bytes: bytes.length,
  }));
  return { ...publishedSets.mnist, mirrors, files: described as unknown as PublishedSet["files"] };
}

function store(folder: string, files: Record<string, Uint8Array>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
}

let folder: string;
let cache: string;
const mirrors: Mirror[] = [];
const mirror = async (files: Record<string, Answer>) => {
  const started = await startMirror(files);
  mirrors.push(started);
  return started;
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-mnist-"));
  cache = join(folder, "cache");
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await Promise.all(mirrors.splice(0).map((started) => started.close()));
});

describe("loadMnist from a folder", () => {
  const expected = {
    name: "mnist",
    source: "MNIST, 3 training and 2 test images",
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    train: { count: 3, channels: 1, height: 4, width: 5, labels: Uint8Array.of(4, 5, 6) },
    test: { count: 2, channels: 1, height: 4, width: 5, labels: Uint8Array.of(9, 0) },
  };

  it("reads the four files of the folder it is given, whatever the environment says", async () => {
    store(join(folder, "mnist"), tinyFiles());
    expect(await loadMnist("mnist", { directory: folder })).toMatchObject(expected);
    vi.stubEnv("FOVEA_DATA", join(folder, "nowhere"));
    expect(await loadDataset("mnist", { directory: folder })).toMatchObject(expected);
    vi.unstubAllEnvs();
  });

  it("reads unpacked files under both names they go by, and knows Fashion-MNIST's classes", async () => {
    const { gunzipSync } = await import("node:zlib");
    const plain = Object.entries(tinyFiles()).map(([name, bytes], i) => {
      const unpacked = name.replace(".gz", "");
      return [i < 2 ? unpacked : unpacked.replace("-idx", ".idx"), gunzipSync(bytes)] as const;
    });
    store(join(folder, "fashion-mnist"), Object.fromEntries(plain));
    const fashion = await loadDataset("fashion-mnist", { directory: folder });
    expect(fashion).toMatchObject({ name: "fashion-mnist", source: "Fashion-MNIST, 3 training and 2 test images" });
    expect(fashion.classes).toHaveLength(10);
    expect(fashion.classes[9]).toBe("Ankle boot");
  });

  it("says which files are missing", async () => {
    const { [names[1] as string]: _, [names[3] as string]: __, ...rest } = tinyFiles();
    store(join(folder, "mnist"), rest);
    const attempt = loadMnist("mnist", { directory: folder });
    await expect(attempt).rejects.toThrow(
      `${join(folder, "mnist")}: files are missing: expected the four files of MNIST (gzipped or plain), got no train-labels-idx1-ubyte.gz, no t10k-labels-idx1-ubyte.gz`,
    );
    await expect(attempt).rejects.toMatchObject({ code: "not-found" });
    mkdirSync(join(folder, "fashion-mnist"));
    await expect(loadMnist("fashion-mnist", { directory: folder })).rejects.toThrow("got none of them");
  });

  it("says when the data folder itself is not there", async () => {
    const directory = join(folder, "nowhere");
    await expect(loadMnist("mnist", { directory })).rejects.toThrow(
      `${directory}: no data folder: expected one with mnist/ in it, got nothing`,
    );
  });

  it("says which file can't be read", async () => {
    store(join(folder, "mnist"), tinyFiles());
    const path = join(folder, "mnist", names[2] as string);
    rmSync(path);
    mkdirSync(path);
    await expect(loadMnist("mnist", { directory: folder })).rejects.toThrow(
      `${path}: IDX file: expected a regular file, got a folder`,
    );
  });

  it("refuses a label beyond the classes and test images of another size", async () => {
    store(join(folder, "mnist"), tinyFiles({ testLabels: [3, 10] }));
    await expect(loadMnist("mnist", { directory: folder })).rejects.toThrow(
      `${join(folder, "mnist", names[3] as string)}: label 1: expected 0 to 9, got 10`,
    );
    store(join(folder, "mnist"), tinyFiles({ testSize: [5, 4] }));
    await expect(loadMnist("mnist", { directory: folder })).rejects.toThrow(
      `${join(folder, "mnist", names[2] as string)}: expected images of 4 x 5 as for training, got 5 x 4`,
    );
  });

  it("refuses a name it doesn't know", async () => {
    await expect(loadMnist("minst" as "mnist")).rejects.toThrow(
      'unknown data set "minst": expected one of mnist, fashion-mnist',
    );
  });
});

describe("loadMnist with a download", () => {
  it("downloads into the cache, tells the progress over all files, and doesn't ask again", async () => {
    const files = tinyFiles();
    const { url, asked } = await mirror(files);
    const set = published(files);
    const told: DownloadProgress[] = [];
    const options = {
      cache,
      loopback: true,
      mirrors: [url.slice(0, -1)],
      onProgress: (progress: DownloadProgress) => told.push(progress),
    };
    const dataset = await loadPublished(set, options);
    expect(dataset.train.count).toBe(3);
    expect(asked).toEqual(names);
    const total = Object.values(files).reduce((sum, { length }) => sum + length, 0);
    expect(told.map(({ file }) => file)).toEqual(names);
    expect(told.at(-1)).toEqual({ file: names[3], done: total, total });
    expect(readdirSync(join(cache, "mnist")).sort()).toEqual([...names].sort());
    await loadPublished(set, { cache, mirrors: [] });
    expect(asked).toHaveLength(4);
  });

  it("downloads when the data folder has no folder of that name", async () => {
    const files = tinyFiles();
    const { url } = await mirror(files);
    mkdirSync(join(folder, "data"));
    const dataset = await loadPublished(published(files, [url]), {
      cache,
      loopback: true,
      directory: join(folder, "data"),
    });
    expect(dataset.test.count).toBe(2);
  });

  it("keeps what is in the cache and replaces only what is damaged", async () => {
    const files = tinyFiles();
    const { url, asked } = await mirror(files);
    store(join(cache, "mnist"), { ...files, [names[2] as string]: Buffer.from("half of it") });
    await loadPublished(published(files, [url]), { cache, loopback: true });
    expect(asked).toEqual([names[2]]);
  });

  it("goes on with the mirror that answered", async () => {
    const files = tinyFiles();
    const [bad, good] = [await mirror({}), await mirror(files)];
    await loadPublished(published(files, [bad.url, good.url]), { cache, loopback: true });
    expect([bad.asked, good.asked]).toEqual([[names[0]], names]);
  });

  it.runIf(everything)(
    "leaves nothing half-written when a transfer breaks off, and says from where it was",
    async () => {
      const files = tinyFiles();
      const { url } = await mirror({ ...files, [names[1] as string]: hangUp });
      const attempt = loadPublished(published(files, [url]), { cache, loopback: true });
      await expect(attempt).rejects.toThrow(`${url}${names[1]}: terminated`);
      await expect(attempt).rejects.toMatchObject({ code: "network" });
      expect(readdirSync(join(cache, "mnist"))).toEqual([names[0]]);
    },
  );

  it("keeps the cache in the user's folder where it is given none, whatever the environment says", async () => {
    const files = tinyFiles();
    const { url } = await mirror(files);
    for (const variable of ["FOVEA_CACHE", "XDG_CACHE_HOME"]) vi.stubEnv(variable, join(folder, "nowhere"));
    vi.stubEnv("HOME", folder);
    await loadPublished(published(files, [url]), { loopback: true });
    vi.unstubAllEnvs();
    expect(existsSync(join(folder, ".cache/fovea/mnist", names[3] as string))).toBe(true);
  });

  it("publishes four files a set, each with checksums and a size, on mirrors of https", () => {
    for (const set of Object.values(publishedSets)) {
      expect(set.files.map(({ name }: PublishedFile) => name)).toEqual(names);
      for (const mirror of set.mirrors) expect(mirror).toMatch(/^https:.*\/$/);
      for (const { md5, sha256, bytes } of set.files) {
        expect(md5).toMatch(/^[0-9a-f]{32}$/);
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(bytes).toBeGreaterThan(4000);
      }
      expect(set.classes).toHaveLength(10);
    }
  });
});
