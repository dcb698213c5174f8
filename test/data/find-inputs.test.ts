/** @file Tests of finding the inputs that arguments mean. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { datasetAmong, findInputs } from "../../src/data/find-inputs.js";
import { encodePng } from "../../src/image/node.js";
import { fillInputFolder, imagesInFolder } from "../support/input-folder.js";
import { tarOf } from "../support/stores/tar.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  const png = await encodePng({ width: 4, height: 3, channels: 3, pixels: new Uint8Array(36) });
  fillInputFolder(folder, png);
});

async function found(...given: string[]): Promise<string[]> {
  const { inputs } = await findInputs(given.map((name) => at(name)));
  return inputs.map(({ path }) => relative(folder, path));
}

describe("findInputs(arguments)", () => {
  it("lists the images of a folder and its sub-folders, by name or first bytes, without results of ours", async () => {
    expect(await found("photos")).toEqual(imagesInFolder);
  });

  it("expands patterns, keeps the order of the arguments, and takes each file once", async () => {
    expect(await found("photos/*.png", "photos/dogs/../a10.png", "photos/**/x.{jpg,png}")).toEqual([
      "photos/a10.png",
      "photos/x[1].png",
      "photos/cats/x.png",
      "photos/dogs/x.jpg",
      "photos/dogs/x.png",
    ]);
  });

  it("takes a file whose name looks like a pattern, and one that is not there, as they are named", async () => {
    expect(await found("photos/x[1].png", "gone.png")).toEqual(["photos/x[1].png", "gone.png"]);
  });

  it("says of folders and patterns whether they lead to anything", async () => {
    const { inputs, many } = await findInputs([at("empty"), at("*.gif")]);
    expect(many).toBe(true);
    expect(inputs.map(({ error }) => error?.message)).toEqual([
      `${at("empty")}: expected images in the folder, found none`,
      `${at("*.gif")}: expected images that match the pattern, found none`,
    ]);
  });

  it("takes the images of archives one by one, also of a folder of them, and brings no picture from the web", async () => {
    const png = await encodePng({ width: 2, height: 2, channels: 3, pixels: new Uint8Array(12) });
    const single = await tarOf([
      ["cat/1.png", png],
      ["cat/2.png", png],
    ]);
    writeFileSync(at("a.tar"), single);
    mkdirSync(at("shards"));
    writeFileSync(at("shards/b.tar"), single);
    const { inputs, many } = await findInputs([at("a.tar"), at("shards"), at("gone.tar"), "https://x.org/a.jpg"]);
    expect(many).toBe(true);
    expect(inputs.map(({ path, error }) => error?.message ?? path)).toEqual([
      at("a.tar/cat/1.png"),
      at("a.tar/cat/2.png"),
      at("shards/b.tar/cat/1.png"),
      at("shards/b.tar/cat/2.png"),
      `${at("gone.tar")}: photos: expected a file, got none there`,
      expect.stringContaining("https://x.org/a.jpg: expected a file, got an address, which is not fetched"),
    ]);
    expect(Buffer.from((await inputs[1]?.file?.read()) ?? "")).toEqual(Buffer.from(png));
  });
});

describe("datasetAmong(arguments)", () => {
  it("is the dataset that a single argument names", () => {
    expect(datasetAmong(["digits"])).toBe("digits");
    expect(datasetAmong(["fashion-mnist"])).toBe("fashion-mnist");
  });

  it("is none for other names, for several arguments, and for none", () => {
    expect([["numbers"], ["digits", "mnist"], []].map(datasetAmong)).toEqual([undefined, undefined, undefined]);
  });

  it("is none where a file has that name", () => {
    const before = process.cwd();
    writeFileSync(at("digits"), "");
    try {
      process.chdir(folder);
      expect(datasetAmong(["digits"])).toBeUndefined();
    } finally {
      process.chdir(before);
    }
  });
});
