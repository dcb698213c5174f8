/** @file The guard of paths that files name, by their text and with links. */

import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lookInside, pathBeside, staysBelow } from "../../src/files/own-folder.js";
import { FoveaError } from "../../src/foundation/error.js";
import { workFolder } from "../cli/fovea.js";

describe("staysBelow", () => {
  it.each(["a", "a/b", "a\\b", "./a", "a/../b", "..a", "...", "a/..b/c", ".hidden", "a b", "ü"])("takes %j", (name) => {
    expect(staysBelow(name)).toBe(true);
  });

  it.each([
    ...["", ".", "./", "/", "..", "../", "../a", "a/../..", "a/../../b", "a/..", "/a", "//a/b", "a\0", "\0"],
    ...["..\\a", "a\\..\\..\\b", "\\a", "\\\\server\\share", "C:\\a", "c:/a", "a/..\\..\\b"],
  ])("refuses %j", (name) => {
    expect(staysBelow(name)).toBe(false);
  });
});

const root = realpathSync(workFolder());
const at = (...parts: string[]) => join(root, ...parts);
for (const folder of ["home/inner", "store", "homely"]) mkdirSync(at(folder), { recursive: true });
for (const file of ["secret", "home/file", "home/inner/file", "store/blob", "store/model", "homely/file"]) {
  writeFileSync(at(file), "");
}
for (const [link, target] of Object.entries({
  "home/near": "inner/file",
  "home/far": "../secret",
  "home/folder": "..",
  "home/circle": "circle",
  "home/gone": "nowhere",
  "home/stored": "../store/blob",
  "home/neighbour": "../homely/file",
  "home/model": "../store/model",
  alias: "home",
})) {
  symlinkSync(target, at(link));
}

describe("in the cache of the hub", () => {
  const repo = "hub/models--ada--cats";
  const snapshot = `${repo}/snapshots/${"a1".repeat(20)}`;
  const stores = [`${repo}/blobs`, "hub/blobs/4f", "hub/models--ada--dogs/blobs"];
  for (const folder of [`${snapshot}/onnx`, ...stores]) mkdirSync(at(folder), { recursive: true });
  for (const file of [`${repo}/blobs/config`, "hub/blobs/4f/weights", "hub/models--ada--dogs/blobs/other", "hub/token"])
    writeFileSync(at(file), "");
  symlinkSync("../../../blobs/model", at(snapshot, "onnx/model.onnx"));
  symlinkSync("../../blobs/4f/weights", at(repo, "blobs/model"));
  symlinkSync("../../blobs/config", at(snapshot, "config.json"));
  symlinkSync("../../../models--ada--dogs/blobs/other", at(snapshot, "other"));
  symlinkSync("../../../token", at(snapshot, "token"));
  const model = at(snapshot, "onnx/model.onnx");

  it("files of a snapshot may lie in its own store and in the one that repositories share", () => {
    expect(pathBeside(model, "config.json", "m", at(snapshot))).toBe(at(repo, "blobs/config"));
    expect(pathBeside(model, "model.onnx", "m")).toBe(at("hub/blobs/4f/weights"));
  });

  it.each(["other", "token"])("a link to %s, of another repository or none, leads out of it", (name) => {
    expect(() => pathBeside(model, name, "m", at(snapshot))).toThrow("got a link out of it");
  });
});

describe("lookInside", () => {
  it("finds files of the folder, and says whether a link leads to them", () => {
    expect(lookInside(at("home"), "file")).toEqual({ path: at("home/file"), linked: false });
    expect(lookInside(at("home"), "inner/../inner/file")).toEqual({ path: at("home/inner/file"), linked: false });
    expect(lookInside(at("home"), "near")).toEqual({ path: at("home/inner/file"), linked: true });
  });

  it("follows a link to the folder itself", () => {
    expect(lookInside(at("alias"), "file")).toEqual({ path: at("home/file"), linked: false });
  });

  it.each([
    ["../secret", "a path out of it"],
    [at("home/file"), "a path out of it"],
    ["far", "a link out of it"],
    ["folder", "a link out of it"],
    ["folder/secret", "a link out of it"],
    ["folder/home", "a link out of it"],
    ["neighbour", "a link out of it"],
    ["stored", "a link out of it"],
    ["circle", "none"],
    ["gone", "none"],
    ["missing", "none"],
    ["file/below", "none"],
  ])("refuses %s as %s", (name, got) => {
    expect(lookInside(at("home"), name)).toMatchObject({ got });
  });

  it("finds nothing in a folder that is not there", () => {
    expect(lookInside(at("absent"), "file")).toMatchObject({ got: "none" });
  });
});

describe("pathBeside", () => {
  const refusal = (modelPath: string, name: string) => {
    try {
      return pathBeside(modelPath, name, "here");
    } catch (error) {
      if (error instanceof FoveaError) return `${error.code}: ${error.message}`;
      throw error;
    }
  };

  it("finds what a linked model's links lead to in its store, and nothing elsewhere", () => {
    expect(pathBeside(at("home/model"), "stored", "here")).toBe(at("store/blob"));
    expect(pathBeside(at("home/model"), "near", "here")).toBe(at("home/inner/file"));
    expect(refusal(at("home/model"), "far")).toBe(
      "bad-file: here: expected a file in the model's folder, got a link out of it",
    );
    expect(refusal(at("home/model"), "../store/blob")).toBe(
      "bad-file: here: expected a file in the model's folder, got a path out of it",
    );
  });

  it("knows no store of a model that is no link, or is not there", () => {
    expect(refusal(at("home/file"), "stored")).toContain("got a link out of it");
    expect(refusal(at("home/absent"), "file")).toBe("not-found: here: expected a file in the model's folder, got none");
  });
});
