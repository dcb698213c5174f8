/** @file The files beside a model: regular files of its own folder, or of the store that its links lead into. */

import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { externalBeside, sidecarBeside } from "../../src/model/node.js";
import { workFolder } from "../cli/fovea.js";

const root = workFolder();
let count = 0;

/** A folder with a model in it; what is made beside it is up to the test. */
function modelFolder(): { folder: string; model: string } {
  const folder = join(root, `m${count++}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "model.onnx"), "");
  return { folder, model: join(folder, "model.onnx") };
}

writeFileSync(join(root, "secret.json"), '{"classes": ["a secret"]}');

describe("a file of settings beside a model", () => {
  it("is read where it is one, also through a link within the folder", async () => {
    const { folder, model } = modelFolder();
    writeFileSync(join(folder, "names.json"), '{"classes": ["cat", "dog"]}');
    symlinkSync("names.json", join(folder, "fovea.json"));
    const [first] = (await sidecarBeside(model))?.labelFiles ?? [];
    expect(first).toEqual({ origin: "from fovea.json", readings: [{ names: ["cat", "dog"] }] });
  });

  const odd: readonly (readonly [string, (path: string) => void, RegExp])[] = [
    [
      "a link out of the folder",
      (path) => symlinkSync("../secret.json", path),
      /fovea\.json: expected .*got a link out of it$/,
    ],
    ["a link to nothing", (path) => symlinkSync("gone", path), /fovea\.json: expected .*got none$/],
    ["a link to itself", (path) => symlinkSync("fovea.json", path), /fovea\.json: expected .*got none$/],
    ["a folder", (path) => mkdirSync(path), /fovea\.json: expected .*got a folder$/],
    ["a pipe", (path) => execFileSync("mkfifo", [path]), /fovea\.json: expected .*got a pipe or a device$/],
    [
      "a file of a gibibyte",
      (path) => {
        writeFileSync(path, "");
        truncateSync(path, 2 ** 30);
      },
      /fovea\.json: expected at most 16777216 bytes of JSON, got 1073741824$/,
    ],
  ];
  it.each(odd)("is not used where it is %s", async (_, make, sentence) => {
    const { folder, model } = modelFolder();
    make(join(folder, "fovea.json"));
    const { classes, problems = [] } = (await sidecarBeside(model)) ?? {};
    expect([classes, problems.length]).toEqual([undefined, 1]);
    expect(problems[0]).toMatch(sentence);
  });
});

describe("weights beside a model", () => {
  it("are found in a cache of links, as Hugging Face's is, and nowhere else", async () => {
    const cache = join(root, "models--a--b");
    mkdirSync(join(cache, "blobs"), { recursive: true });
    mkdirSync(join(cache, "snapshots", "1f2e", "onnx"), { recursive: true });
    for (const [blob, text] of Object.entries({ abc: "", def: "weights", ghi: '{"id2label": {"0": "cat"}}' })) {
      writeFileSync(join(cache, "blobs", blob), text);
    }
    const folder = join(cache, "snapshots", "1f2e", "onnx");
    const links = { "model.onnx": "abc", "model.onnx_data": "def", "config.json": "ghi" };
    for (const [name, blob] of Object.entries(links)) symlinkSync(`../../../blobs/${blob}`, join(folder, name));
    symlinkSync("../../../../secret.json", join(folder, "stolen"));
    const read = externalBeside(join(folder, "model.onnx"));
    expect(read("model.onnx_data").byteLength).toBe("weights".length);
    expect((await sidecarBeside(join(folder, "model.onnx")))?.classes).toEqual(["cat"]);
    expect(() => read("stolen")).toThrow(/model\.onnx: weights at "stolen": expected .*got a link out of it$/);
    expect(() => read("../../../blobs/def")).toThrow(/got a path out of it$/);
  });

  it.each([
    ["data\0", /got a path out of it$/],
    ["a".repeat(5000), /got none$/],
    [".", /got a path out of it$/],
    ["*/_ORT_MEM_ADDR_/*", /got none$/],
    ["pipe", /got a pipe or a device$/],
    ["through/secret.json", /got a link out of it$/],
  ])("are refused at %j", (location, sentence) => {
    const { folder, model } = modelFolder();
    execFileSync("mkfifo", [join(folder, "pipe")]);
    symlinkSync("..", join(folder, "through"));
    expect(() => externalBeside(model)(location)).toThrow(sentence);
  });
});
