/** @file What every source file looks like. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("every source file", () => {
  const files = ["src", "test", "bench", "conformance", "examples", "web/src"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      // A tool writes the messages of the ONNX schema in a form of its own.
      .filter((file) => /\.(tsx?|svelte)$/.test(file) && !file.endsWith("_pb.ts"))
      .map((file) => ({ file: `${folder}/${file}`, text: readFileSync(join(root, folder, file), "utf8") })),
  );

  it("begins by saying what it is", () => {
    const silent = files.filter(({ text }) => !/^(#!.*\n)?(\/\*\*\s+(\* )?|<!-- )@file \S/.test(text));
    expect(silent.map(({ file }) => file)).toEqual([]);
  });

  it("has at most 400 lines", () => {
    expect(files.filter(({ text }) => text.split("\n").length > 401).map(({ file }) => file)).toEqual([]);
  });
});
