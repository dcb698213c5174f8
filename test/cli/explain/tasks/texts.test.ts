/** @file Commands on networks that compare pictures with texts. */

import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadModel } from "../../../../src/explain/node.js";
import { present } from "../../../../src/foundation/present.js";
import { normalizeMap } from "../../../../src/image/map/heatmap.js";
import { encodePng } from "../../../../src/image/node.js";
import { resizeMap } from "../../../../src/image/picture/resize.js";
import { readModel } from "../../../../src/onnx/read/read.js";
import { floats, numbers } from "../../../../src/onnx/tensor.js";
import { runOnce } from "../../../../src/runtime/run-once.js";
import { randomTensor } from "../../../support/models/random-tensor.js";
import { runtime } from "../../../support/runtime.js";
import { fovea, workFolder } from "../../fovea.js";

const folder = workFolder();
const clip = resolve("test/fixtures/image-text/clip/model.onnx");
const split = resolve("test/fixtures/image-text/clip-split/vision_model.onnx");
const two = ["--text", "a photo of a dog", "--text", "two cats"];

beforeAll(async () => {
  const pixels = Uint8Array.from({ length: 3 * 32 * 32 }, (_, i) => (i * 37) % 256);
  writeFileSync(join(folder, "a.png"), await encodePng({ width: 32, height: 32, channels: 3, pixels }));
  writeFileSync(join(folder, "prompts.txt"), "a photo of a dog\r\n\n  two cats \n");
});

const explained = async (...args: string[]) => {
  const { out, err } = await fovea(folder, ["explain", "a.png", "--model", ...args, "--json"]);
  return { ...JSON.parse(out), err };
};

describe("fovea explain with texts", () => {
  it("names the texts as classes, with their shares", async () => {
    const { results } = await explained(clip, ...two, "--class", "two cats", "--class", "a photo of a dog");
    const [result] = results;
    expect(result.classes.map(({ label }: { label: string }) => label)).toEqual(["two cats", "a photo of a dog"]);
    const shares = result.classes.map(({ probability }: { probability: number }) => probability);
    expect(shares[0] + shares[1]).toBeCloseTo(1, 5);
    const { out } = await fovea(folder, ["explain", "a.png", "--model", clip, ...two]);
    expect(out).toMatch(
      /\d %\s+a photo of a dog\n\s+\d+\.\d %\s+two cats|\d %\s+two cats\n\s+\d+\.\d %\s+a photo of a dog/,
    );
  });

  it("takes them from a file, in a template", async () => {
    const scoresOf = ({ results }: { results: readonly [{ classes: readonly [{ score: number; label: string }] }] }) =>
      results[0].classes.map(({ label, score }) => [label, score]);
    const all = ["--class", "a photo of a dog"];
    const given = await explained(clip, ...two, ...all);
    expect(scoresOf(await explained(clip, "--prompts", "prompts.txt", ...all))).toEqual(scoresOf(given));
    const put = await explained(clip, "--text", "photo", "--text", "cats", "--template", "{} dog", "--class", "photo");
    expect(scoresOf(put)[0]?.[0]).toBe("photo");
  });

  it("tells a single text's cosine without a percentage, and explains it by LeGrad", async () => {
    const { out } = await fovea(folder, [
      "explain",
      "a.png",
      "--model",
      clip,
      "--text",
      "two cats",
      "--method",
      "legrad",
    ]);
    expect(out).toMatch(/ -?0\.\d+ +two cats/);
    expect(out).toContain("LeGrad at layer");
    expect(out).toContain("what is explained: similarity of image and text");
    expect(out).not.toMatch(/ %\s+two cats/);
  });

  it("pairs the two networks of a model, and says which scale is assumed", async () => {
    const { err } = await fovea(folder, ["explain", "a.png", "--model", split, ...two]);
    const { out } = await fovea(folder, ["inspect", split, ...two]);
    expect(out + err).toContain("The file does not say by what cosines are multiplied: 100 assumed, as in CLIP.");
  });
});

describe("fovea compile with texts", () => {
  it("writes a file that explains them in plain onnxruntime, without the network of texts", async () => {
    const args = [...two, "--classes", "all", "--out", "dogs.onnx"];
    expect((await fovea(folder, ["compile", clip, ...args])).code).toBe(0);
    const bytes = new Uint8Array(readFileSync(join(folder, "dogs.onnx")));
    const graph = readModel(bytes, "dogs.onnx");
    expect(graph.inputs.map(({ name }) => name)).toEqual(["pixel_values"]);
    expect([graph.metadata.get("fovea.classes"), graph.metadata.get("fovea.texts")]).toEqual(
      Array(2).fill('["a photo of a dog","two cats"]'),
    );
    expect([...graph.initializers.keys()].some((name) => name.includes("text_model"))).toBe(false);
    const image = randomTensor([1, 3, 32, 32], "x");
    const { heatmap, probabilities, heatmap_classes: order } = await runOnce(runtime, graph, { pixel_values: image });
    expect([heatmap?.dims, probabilities?.dims]).toEqual([
      [1, 2, 32, 32],
      [1, 2],
    ]);
    const model = await loadModel(clip, { runtime, texts: ["a photo of a dog", "two cats"] });
    const explainer = await model.explainer();
    const one = (await explainer.explain(image, { classes: [...numbers(present(order, "classes"))] })).at(0);
    await explainer.close();
    const maps = one.maps.flatMap((map) => [...resizeMap(normalizeMap(map), 32, 32).values]);
    const written = [...floats(present(heatmap, "heatmap"))];
    expect(Math.max(...maps.map((value, i) => Math.abs(value - (written[i] ?? 2))))).toBeLessThan(1e-4);
    // Opened again it is a classifier like any other.
    const { out } = await fovea(folder, ["inspect", "dogs.onnx"]);
    expect(out).toMatch(/classes +a photo of a dog, two cats/);
  });
});

describe("texts that cannot be compared", () => {
  it.each([
    [["--text", "dog"], ["models/mnist.onnx"], /texts: expected a network that compares images with texts/],
    [[], [clip], /the image is compared with texts: expected some \(--text "a dog" --text "a cat"\)/],
    [["--text", ""], [clip], /text: expected some words, such as "a dog", got ""/],
    [["--template", "x {}"], [clip], /--template: expected texts with it \(--text "a dog" --text "a cat"\), got none/],
    [["--text", "a", "--text-score", "softmax"], [clip], /expected two texts or more, got "a" alone/],
    [["--text", "a", "--tokenizer", "no.json"], [clip], /no.json/],
  ])("%j", async (flags, [model = ""], told) => {
    const { code, err, out } = await fovea(folder, ["explain", "a.png", "--model", resolve(model), ...flags]);
    expect([code, out]).toEqual([2, ""]);
    expect(err.trim().split("\n").length).toBe(1);
    expect(err).toMatch(told);
  });

  it("names a file of prompts that has none", async () => {
    writeFileSync(join(folder, "none.txt"), "\n \n");
    const { code, err } = await fovea(folder, ["explain", "a.png", "--model", clip, "--prompts", "none.txt"]);
    expect([code, err.trim()]).toEqual([2, "fovea: none.txt: --prompts: expected texts, one in a line, got none"]);
  });
});
