/** @file `--isolate`, `--time-limit` and `--memory-limit`: the same results, and errors in the place of a command that dies. */

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../src/image/node.js";
import { writeModel } from "../../src/onnx/write.js";
import { root } from "../house/imports.js";
import { deadlyClassifier } from "../support/models/deadly.js";
import { fovea, workFolder } from "./fovea.js";

const folder = workFolder();
const read = (name: string) => readFileSync(join(folder, name));

beforeAll(async () => {
  copyFileSync(join(root, "models/mnist.onnx"), join(folder, "digits.onnx"));
  writeFileSync(join(folder, "deadly.onnx"), writeModel(deadlyClassifier("hold", 3e8)));
  for (const [name, level] of [
    ["a-dark", 20],
    ["b-bright", 240],
    ["c-dark", 30],
  ] as const) {
    const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => level + ((i * 7) % 13));
    writeFileSync(join(folder, `${name}.png`), await encodePng({ width: 32, height: 32, channels: 3, pixels }));
  }
});

describe("--isolate", { timeout: 60_000 }, () => {
  it("writes the same bytes", async () => {
    const results: Buffer[] = [];
    for (const [i, flags] of [[], ["--isolate"]].entries()) {
      const args = ["explain", "a-dark.png", "--model", "digits.onnx", "--raw", "--out", `${i}.npy`, ...flags];
      expect(await fovea(folder, args)).toMatchObject({ code: 0, err: "" });
      results.push(read(`${i}.npy`));
    }
    expect(results[0]).toEqual(results[1]);
  });

  it("reports an image that the process dies of like one that cannot be read, and goes on with the others", async () => {
    const images = ["a-dark.png", "b-bright.png", "c-dark.png"];
    const args = ["explain", "deadly.onnx", ...images, "--out", "maps", "--json", "--memory-limit", "600MB"];
    const { code, out, err } = await fovea(folder, args);
    expect(code).toBe(1);
    expect(err).toContain(
      "b-bright.png: onnxruntime was ended while running the model: expected at most 600 MB of memory",
    );
    expect(out).toContain("a-dark.png");
    expect(out).toContain("c-dark.png");
    expect(() => read("maps/b-bright.fovea.png")).toThrow("ENOENT");
  });

  it.each<[string, string[], RegExp]>([
    [
      "too little time",
      ["inspect", "digits.onnx", "--time-limit", "0.001"],
      /^fovea: digits\.onnx: onnxruntime was ended while opening the model: expected an answer within 0\.001 s, got none: allow more/,
    ],
    [
      "too little memory",
      ["inspect", "digits.onnx", "--memory-limit", "10MB"],
      /^fovea: digits\.onnx: onnxruntime was ended while (opening|running|closing) the model: expected at most 10 MB of memory/,
    ],
  ])("ends with one line and exit code 2 at %s", async (_, args, sentence) => {
    const { code, out, err } = await fovea(folder, args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(sentence);
    expect(err.trim()).not.toContain("\n");
  });

  it.each([
    ["--time-limit", "soon", "a number above 0, at most 1000000"],
    ["--time-limit", "0", "a number above 0, at most 1000000"],
    ["--memory-limit", "much", "a size such as 500MB or 2GB"],
    ["--memory-limit", "100", "a size such as 500MB or 2GB"],
  ])("refuses %s %s", async (flag, value, expected) => {
    const { code, err } = await fovea(folder, ["inspect", "digits.onnx", flag, value]);
    expect(code).toBe(2);
    expect(err).toBe(`fovea: ${flag}: expected ${expected}, got "${value}"\n`);
  });
});
