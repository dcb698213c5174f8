/** @file The commands as a user runs them. */

import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../src/data/digits/digits.js";
import { readNpy, writeNpy } from "../../src/data/npy.js";
import { createExplainer } from "../../src/explain/explainer.js";
import { encodePng } from "../../src/image/node.js";
import { openModel } from "../../src/model/open.js";
import { readModel } from "../../src/onnx/read/read.js";
import { floats } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { convNet, images } from "../explain/architectures/networks.js";
import { idxFiles } from "../support/images/idx.js";
import { runtime } from "../support/runtime.js";
import { everything } from "../support/share.js";
import { fovea, start, workFolder } from "./fovea.js";

const folder = workFolder();
const at = (name: string) => join(folder, name);
const digit = drawDigits({ seed: 5, train: 1, test: 10 }).test;
const picture = { width: 28, height: 28, channels: 1 as const, pixels: digit.pixels.slice(0, 784) };

describe("fovea explain", () => {
  it("writes raw maps that NumPy reads, equal to the library's", async () => {
    writeFileSync(at("model.onnx"), writeModel(convNet()));
    writeFileSync(at("x.npy"), writeNpy(images(3)));
    const args = [
      "explain",
      "x.npy",
      "--model",
      "model.onnx",
      "--layer",
      "inner",
      "--class",
      "3",
      "--class",
      "predicted",
      "--raw",
      "--out",
      "map.npy",
    ];
    const { code, out } = await fovea(folder, args);
    expect(code).toBe(0);
    expect(out).toContain("wrote map.npy");
    const map = readNpy(readFileSync(at("map.npy")), "map.npy");
    const explainer = await createExplainer(await openModel(convNet(), runtime), {
      runtime,
      layer: "inner",
    });
    const { maps } = await explainer.explain(images(3), { classes: [3, "predicted"] });
    expect(map.dims).toEqual([3, 2, 6, 6]);
    expect([...floats(map)]).toEqual([...floats(maps)]);
  });

  it("explains a picture with the embedded model, and says what it did to it", async () => {
    writeFileSync(at("digit.png"), await encodePng(picture));
    const inverted = { ...picture, pixels: picture.pixels.map((value) => 255 - value) };
    writeFileSync(at("paper.png"), await encodePng(inverted));
    const plain = await fovea(folder, ["explain", "digit.png"]);
    expect(plain.code).toBe(0);
    expect(plain.out).toContain(`wrote digit.fovea.png`);
    expect(plain.out).toContain("on mnist");
    const paper = await fovea(folder, ["explain", "paper.png", "--json"]);
    const { results } = JSON.parse(paper.out);
    expect(results[0].notes).toContain("inverted: the model expects light strokes on a dark ground");
    expect(results[0].top[0].label).toBe(String(digit.labels[0]));
    expect(readFileSync(at("digit.fovea.png")).subarray(1, 4).toString()).toBe("PNG");
  });

  it("does the good ones, lists the bad ones and exits with 1", async () => {
    const { code, err, out } = await fovea(folder, ["explain", "digit.png", "gone.png", "--out", "maps"]);
    expect(code).toBe(1);
    expect(err).toMatch(/^fovea: gone\.png/);
    expect(out).toContain(join("maps", "digit.fovea.png"));
  });
});

describe("fovea inspect", () => {
  it("lists what can be explained, and prints the graph", async () => {
    const { code, out } = await fovea(folder, ["inspect", "model.onnx", "--json"]);
    const { layers, auto } = JSON.parse(out);
    expect([code, auto]).toEqual([0, "features"]);
    expect(layers).toContainEqual(expect.objectContaining({ name: "inner", distance: expect.any(Number) }));
    const graph = await fovea(folder, ["inspect", "model.onnx", "--graph"]);
    expect(graph.out).toContain("input  x : float32[N, 2, 6, 6]");
  });
});

/** The checkpoint is there after an epoch; the line that epochs leave is left out for brief ones. */
async function killWhenThere(name: string, child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  while (child.exitCode === null && !existsSync(at(name))) await setTimeout(5);
  child.kill(signal);
}

describe("fovea train, evaluate and report", () => {
  /** Few drawn digits in the place of MNIST: what is asked of them does not hang on their number. */
  const few = { FOVEA_DATA: at("sets") };
  const train = ["train", "mnist", "--net", "classic", "--epochs", "3", "--batch", "200"];

  beforeAll(() => {
    const digits = drawDigits({ train: 2000, test: 200 });
    mkdirSync(at("sets/mnist"), { recursive: true });
    for (const { name, bytes } of [...idxFiles(digits.train, "train"), ...idxFiles(digits.test, "t10k")])
      writeFileSync(join(at("sets/mnist"), name), bytes);
  });

  it.runIf(everything)(
    "goes on from the checkpoint after SIGKILL to the weights of an uninterrupted training",
    {
      timeout: 120_000,
    },
    async () => {
      const whole = await fovea(folder, [...train, "--out", "uninterrupted.onnx"], few);
      expect(whole.code).toBe(0);
      const { child, done } = start(folder, [...train, "--out", "killed.onnx"], few);
      await killWhenThere("killed.onnx.checkpoint", child, "SIGKILL");
      await done;
      expect(existsSync(at("killed.onnx"))).toBe(false);
      expect(existsSync(at("killed.onnx.checkpoint"))).toBe(true);
      const again = await fovea(folder, [...train, "--out", "killed.onnx"], few);
      expect([again.code, again.err]).toEqual([
        2,
        expect.stringContaining("expected --resume to go on, or --restart to begin again"),
      ]);
      const other = await fovea(folder, [...train, "--out", "killed.onnx", "--seed", "9", "--resume"], few);
      expect([other.code, other.err]).toEqual([2, expect.stringContaining("seed was 1, got 9")]);
      expect((await fovea(folder, [...train, "--out", "killed.onnx", "--resume"], few)).code).toBe(0);
      const [a, b] = ["uninterrupted.onnx", "killed.onnx"].map(
        (name) => readModel(readFileSync(at(name))).initializers,
      );
      for (const [name, tensor] of a ?? []) expect(b?.get(name)?.bytes).toEqual(tensor.bytes);
      expect(readdirSync(folder).filter((name) => name.endsWith(".checkpoint") || name.includes(".tmp"))).toEqual([]);
    },
  );

  it.runIf(everything)("keeps the last finished epoch on Ctrl-C", { timeout: 60_000 }, async () => {
    const { child, done } = start(folder, [...train, "--out", "stopped.onnx"], few);
    await killWhenThere("stopped.onnx.checkpoint", child, "SIGINT");
    const { code, err } = await done;
    expect(code).toBe(130);
    expect(err).toMatch(
      /stopped after epoch \d of 3: stopped\.onnx holds it; --resume goes on from stopped\.onnx\.checkpoint/,
    );
    expect(existsSync(at("stopped.onnx"))).toBe(true);
  });

  it.runIf(everything)("measures a model, in words and as JSON", { timeout: 60_000 }, async () => {
    const train = ["train", "digits", "--net", "classic", "--epochs", "2", "--batch", "500"];
    expect((await fovea(folder, [...train, "--out", "whole.onnx"])).code).toBe(0);
    const { out } = await fovea(folder, ["evaluate", "whole.onnx", "digits"]);
    expect(out).toMatch(/accuracy +\d\d\.\d\d % {2}\(95% interval/);
    expect(out).toContain("digits drawn by fovea (seed 1)");
    const { accuracy, confusion, data } = JSON.parse(
      (await fovea(folder, ["evaluate", "whole.onnx", "digits", "--json"])).out,
    );
    expect(accuracy.value).toBeGreaterThan(0.8);
    expect(confusion.flat().reduce((a: number, b: number) => a + b)).toBe(2000);
    expect(data).toContain("digits drawn by fovea");
  });

  it.runIf(everything)("reports two models side by side in one file", { timeout: 120_000 }, async () => {
    const args = ["report", "whole.onnx", "stopped.onnx", "mnist", "--out", "report.html", "--errors", "4", "--attack"];
    const { code, out } = await fovea(folder, args, few);
    expect(code).toBe(0);
    expect(out).toContain("wrote report.html");
    const html = readFileSync(at("report.html"), "utf8");
    expect(html).toContain("PGD with 10 steps on 200 test images");
    expect(html).toContain("fovea train digits --net classic --epochs 2 --batch 500");
    expect(html).not.toMatch(/(src|href)="https?:/);
  });
});
