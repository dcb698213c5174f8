/** @file `fovea explain` of several labels, measured numbers, embeddings, texts, and maps. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../../../src/data/npy.js";
import { encodePng } from "../../../../src/image/node.js";
import { Builder } from "../../../../src/onnx/builder.js";
import { float32, int64 } from "../../../../src/onnx/tensor.js";
import { writeModel } from "../../../../src/onnx/write.js";
import { randomTensor } from "../../../support/models/random-tensor.js";
import { fovea, workFolder } from "../../fovea.js";

const folder = workFolder();
const unit = ["--preprocess", "unit"];

/** Writes a model of features of the colours red, green and blue, [N, 3, 16, 16]. */
function write(name: string, append: (op: Builder, features: string) => void): void {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 16, 16]);
  const kernel = op.constant(float32([3, 3, 1, 1], [1, -1, -1, -1, 1, -1, -1, -1, 1]));
  append(op, op.named("features", op.Relu(op.Conv(x, kernel))));
  writeFileSync(join(folder, name), writeModel(op.graph));
}
const mean = (op: Builder, features: string) => op.ReduceMean(features, op.ints([2, 3]), { keepdims: 0 });
const linear = (op: Builder, features: string, weights: number[], bias: number[]) =>
  op.Gemm(
    mean(op, features),
    op.constant(float32([3, bias.length], weights)),
    op.constant(float32([bias.length], bias)),
  );

beforeAll(async () => {
  write("labels.onnx", (op, features) => {
    op.output(op.Sigmoid(linear(op, features, [20, 0, 0, 0, 20, 0, 0, 0, 20], [-2, -2, -2])), "y");
  });
  write("logits.onnx", (op, features) => {
    op.output(linear(op, features, [20, 0, 0, 0, 20, 0, 0, 0, 20], [-2, -2, -2]), "y");
  });
  write("age.onnx", (op, features) => void op.output(linear(op, features, [40, -20, 0], [30]), "age"));
  write("pose.onnx", (op, features) => {
    op.output(linear(op, features, [1, 2, 3, -1, -2, -3, 0, 0, 0], [0, 0, 0]), "pose");
  });
  write("embedding.onnx", (op, features) => void op.output(op.Identity(mean(op, features)), "image_embeds"));
  write("anomaly.onnx", (op, features) => {
    const map = op.Sigmoid(
      op.Conv(features, op.constant(float32([1, 3, 1, 1], [6, 0, 0])), op.constant(float32([1], [-3]))),
    );
    op.output(op.ReduceMax(map, op.ints([1, 2, 3]), { keepdims: 0 }), "pred_score");
    op.output(map, "anomaly_map");
  });
  write("signed.onnx", (op, features) => {
    op.output(op.Conv(features, op.constant(float32([1, 3, 1, 1], [2, -1, 0]))), "d0");
  });
  const op = new Builder();
  const ids = op.input("input_ids", "int64", ["T", "L"]);
  const x = op.input("pixel_values", "float32", ["N", 3, 16, 16]);
  const image = mean(op, op.Relu(op.Conv(x, op.constant(randomTensor([4, 3, 1, 1], "kernel")))));
  const words = op.Gather(op.constant(randomTensor([9, 4], "words")), ids, { axis: 0 });
  const text = op.ReduceMean(words, op.ints([1]), { keepdims: 0 });
  op.output(op.MatMul(image, op.Transpose(text, { perm: [1, 0] })), "logits_per_image");
  writeFileSync(join(folder, "clip.onnx"), writeModel(op.graph));
  writeFileSync(join(folder, "tokens.npy"), writeNpy(int64([1, 2, 3, 4], [2, 2])));
  // A quarter red, a half green, the rest black.
  const colour = (i: number) => (i < 64 ? [255, 0, 0] : i < 192 ? [0, 255, 0] : [0, 0, 0]);
  const pixels = Uint8Array.from(Array.from({ length: 256 }, (_, i) => colour(i)).flat());
  writeFileSync(join(folder, "flag.png"), await encodePng({ width: 16, height: 16, channels: 3, pixels }));
  const black = new Uint8Array(768);
  writeFileSync(join(folder, "black.png"), await encodePng({ width: 16, height: 16, channels: 3, pixels: black }));
});

/** What is explained of one picture, for programs. */
async function explained(...args: string[]) {
  const { out } = await fovea(folder, ["explain", ...args, ...unit, "--json"]);
  return JSON.parse(out).results[0];
}
const labelsOf = ({ classes }: { classes: readonly { label: string }[] }) => classes.map(({ label }) => label);
const taskLine = async (model: string) =>
  (await fovea(folder, ["inspect", model])).out.split("\n").find((line) => line.startsWith("task"));

describe("fovea explain of several labels", () => {
  it("explains all with a probability of a half or more, each by itself", async () => {
    const { classes } = await explained("labels.onnx", "flag.png");
    expect(classes.map(({ class: index }: { class: number }) => index)).toEqual([1, 0]);
    const sigmoid = (z: number) => expect.closeTo(1 / (1 + Math.exp(-z)), 4);
    expect(classes.map(({ probability }: { probability: number }) => probability)).toEqual([sigmoid(8), sigmoid(3)]);
    expect(await taskLine("labels.onnx")).toContain("multi-label: classes of the image, each with a probability");
  });

  it("explains the likeliest where none has that, and one of each of several pictures", async () => {
    expect(labelsOf(await explained("labels.onnx", "black.png")).length).toBe(1);
    const { out } = await fovea(folder, ["explain", "labels.onnx", "flag.png", "black.png", ...unit, "--json"]);
    for (const result of JSON.parse(out).results) expect(labelsOf(result).length).toBe(1);
  });

  it("draws no softmax", async () => {
    await fovea(folder, ["explain", "labels.onnx", "flag.png", ...unit, "--out", "labels.svg"]);
    const svg = readFileSync(join(folder, "labels.svg"), "utf8");
    expect(svg).toMatch(/1 \(predicted\), &#62;\s99\.9\s%, score 8\.00 before sigmoid/);
    expect(svg).toMatch(/0 \(predicted\), 95\.3\s%, score 3\.00 before sigmoid/);
    expect(svg).not.toContain("softmax");
  });

  it("reads scores without an ending so where the user says it, and classes of which one is right", async () => {
    const several = await explained("logits.onnx", "flag.png", "--task", "multi-label");
    expect(several.classes.length).toBe(2);
    expect(several.classes[1].probability).toBeCloseTo(1 / (1 + Math.exp(-3)), 4);
    expect((await explained("logits.onnx", "flag.png")).classes.length).toBe(1);
    expect((await explained("labels.onnx", "flag.png", "--task", "classification")).classes.length).toBe(1);
    expect((await explained("labels.onnx", "flag.png", "--minus", "2")).classes.length).toBe(1);
  });
});

describe("fovea explain of a measured number", () => {
  it("tells it without percentages, and draws what raises and what lowers it", async () => {
    const { out } = await fovea(folder, ["explain", "age.onnx", "flag.png", ...unit, "--out", "age.svg"]);
    // 30 + 40 / 4 - 20 / 2.
    expect(out).toContain("\n  30.00  age\n");
    expect(out).not.toContain("%");
    const svg = readFileSync(join(folder, "age.svg"), "utf8");
    expect(svg).toContain('aria-label="age, 30.00, ');
    expect(await taskLine("age.onnx")).toContain('regression: of "age", 1 number');
  });

  it("writes signed maps, unless the user asks for what lowers it alone", async () => {
    const rangeOf = async (...flags: string[]) => {
      await fovea(folder, ["explain", "age.onnx", "flag.png", ...unit, ...flags, "--raw", "--out", "age.npy"]);
      const values = Array.from(readNpy(readFileSync(join(folder, "age.npy")), "age.npy").data, Number);
      return [Math.min(...values) < 0, Math.max(...values) > 0];
    };
    expect(await rangeOf()).toEqual([true, true]);
    expect(await rangeOf("--against")).toEqual([false, true]);
  });

  it("explains several in their order, or those that are asked for, and finds no fault in what only lowers one", async () => {
    const all = await fovea(folder, ["explain", "pose.onnx", "flag.png", ...unit, "--out", "pose.svg"]);
    expect(all.out.match(/pose \d/g)).toEqual(["pose 0", "pose 1", "pose 2"]);
    expect(all.out).not.toContain("speaks");
    expect(labelsOf(await explained("pose.onnx", "flag.png"))).toEqual(["pose 0", "pose 1", "pose 2"]);
    expect(labelsOf(await explained("pose.onnx", "flag.png", "--class", "2"))).toEqual(["pose 2"]);
  });
});

describe("fovea explain of an embedding", () => {
  it("draws the components of its places, in colours that several pictures share", async () => {
    const { code, out } = await fovea(folder, [
      "explain",
      "embedding.onnx",
      "flag.png",
      ...unit,
      "--out",
      "places.svg",
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/components at features \(Identity, 3x16x16\): the last layer with places/);
    expect(out).toMatch(/red, green, blue: \d+ %, \d+ %, 0 % of what differs between places\n/);
    expect(readFileSync(join(folder, "places.svg"), "utf8")).toContain("Principal components at features, 3x16x16");
    const several = [
      "explain",
      "embedding.onnx",
      "flag.png",
      "black.png",
      ...unit,
      "--raw",
      "--out",
      "places/",
      "--json",
    ];
    const { components, results } = JSON.parse((await fovea(folder, several)).out);
    expect([components.images, results.length]).toEqual([2, 2]);
    const raw = (name: string) => readNpy(readFileSync(join(folder, "places", name)), name);
    const [flag, black] = [raw("flag.fovea.npy"), raw("black.fovea.npy")];
    expect(flag.dims).toEqual([1, 3, 16, 16]);
    // The lower half of the flag is as black as the other picture.
    expect(Array.from(flag.data, Number).at(255)).toBeCloseTo(Number(black.data[255]), 5);
    expect(Array.from(flag.data, Number).at(0)).not.toBeCloseTo(Number(black.data[0]), 2);
    expect(await taskLine("embedding.onnx")).toContain('embedding: of "image_embeds", 3 numbers');
  });

  it("draws components of any network that is asked for them, as overlay and heat map too, and nothing of a score", async () => {
    const args = ["explain", "age.onnx", "flag.png", ...unit, "--components"];
    expect((await fovea(folder, [...args, "--heatmap", "--overlay", "--out", "age-places/"])).code).toBe(0);
    const { data, info } = await sharp(join(folder, "age-places", "flag.fovea.heatmap.png"))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const colour = (row: number) => [...data.subarray(row * 16 * info.channels, row * 16 * info.channels + 3)];
    expect([info.width, colour(0)]).toEqual([16, colour(3)]);
    expect(colour(0)).not.toEqual(colour(8));
    const both = await fovea(folder, [...args, "--class", "0"]);
    expect([both.code, both.err]).toEqual([
      2,
      "fovea: --components: expected no --class: components of a layer are those of no score\n",
    ]);
  });

  it("explains the similarity to another image, or one of its numbers", async () => {
    const similar = await explained("embedding.onnx", "flag.png", "--similar-to", "flag.png");
    expect([labelsOf(similar), similar.classes[0].score]).toEqual([["similarity"], expect.closeTo(1, 5)]);
    const number = await explained("embedding.onnx", "flag.png", "--class", "1");
    expect([labelsOf(number), number.classes[0].score]).toEqual([["image_embeds 1"], expect.closeTo(0.5, 5)]);
  });
});

describe("fovea explain of images and texts", () => {
  it("says what it needs, and explains the text that fits best where there are some", async () => {
    const { code, err } = await fovea(folder, ["explain", "clip.onnx", "flag.png", ...unit]);
    expect([code, err]).toEqual([
      2,
      'fovea: clip.onnx: the image is compared with texts: expected some (--text "a dog" --text "a cat"), or their tokens (--input input_ids=FILE.npy), got none\n',
    ]);
    const given = await explained("clip.onnx", "flag.png", "--input", "input_ids=tokens.npy");
    expect([given.classes.length, given.top.length]).toEqual([1, 2]);
    expect(await taskLine("clip.onnx")).toContain('image-text: "logits_per_image", a score for each text');
  });
});

describe("fovea explain of a map", () => {
  it("draws the output itself, with its score", async () => {
    const { code, out } = await fovea(folder, ["explain", "anomaly.onnx", "flag.png", ...unit, "--out", "a.svg"]);
    expect(code).toBe(0);
    expect(out).toContain(
      'the map "anomaly_map": score 0.9526, from 0.0474 to 0.953, 25.0 % of the map at 0.5 or more',
    );
    expect(out).toContain("--method hires-cam shows what raises it");
    expect(readFileSync(join(folder, "a.svg"), "utf8")).toContain("anomaly_map, score 0.953, 16×16, 25.0 % of the map");
    expect(await taskLine("anomaly.onnx")).toContain('map: "anomaly_map", with the score "pred_score"');
  });

  it("writes the map, pictures of it, and its numbers for programs", async () => {
    const kinds = ["--raw", "--overlay", "--heatmap", "--out", "maps"];
    const { code } = await fovea(folder, ["explain", "anomaly.onnx", "flag.png", ...unit, ...kinds]);
    expect(code).toBe(0);
    const map = readNpy(readFileSync(join(folder, "maps.npy")), "maps.npy");
    expect(map.dims).toEqual([1, 16, 16]);
    expect(Number(map.data[0])).toBeCloseTo(1 / (1 + Math.exp(-3)), 5);
    for (const kind of ["overlay", "heatmap"])
      expect((await sharp(join(folder, `maps.${kind}.png`)).metadata()).width).toBe(16);
    const result = await explained("anomaly.onnx", "flag.png");
    expect([result.output, result.limit, result.area]).toEqual(["anomaly_map", 0.5, 0.25]);
    expect(result.score).toBeCloseTo(0.9526, 4);
  });

  it("draws values below zero in colours of their own", async () => {
    const { out } = await fovea(folder, ["explain", "signed.onnx", "flag.png", ...unit, "--out", "s.png"]);
    expect(out).toContain('the map "d0": from -1.00 to 2.00, 50.0 % of the map at 0 or more');
  });

  it("explains its mean over its high places where a method is named", async () => {
    const why = await explained("anomaly.onnx", "flag.png", "--method", "hires-cam");
    // The scores before the sigmoid are 3 there.
    expect([labelsOf(why), why.classes[0].score]).toEqual([["map"], expect.closeTo(3, 4)]);
    const { out } = await fovea(folder, ["explain", "anomaly.onnx", "flag.png", ...unit, "--method", "hires-cam"]);
    expect(out).toContain("what is explained: the mean of the map over its high places");
    expect(out).not.toContain('"pred_score" is explained');
  });

  it("goes on with the other pictures of a list", async () => {
    writeFileSync(join(folder, "broken.png"), "no picture");
    const pictures = ["broken.png", "flag.png", "black.png"];
    const { code, out, err } = await fovea(folder, ["explain", "anomaly.onnx", ...pictures, ...unit, "--out", "all"]);
    expect(out).toMatch(/^flag\.png: score 0\.9526, .* -> all\/flag\.fovea\.png$/m);
    expect(out).toMatch(/^black\.png: score 0\.04743, /m);
    expect(err).toMatch(/broken\.png: .*\nfovea: 1 of 3 inputs failed\n$/);
    expect(code).toBe(1);
  });

  it.each([
    [["--box", "1"], /^fovea: --box: expected a detector, got a model for map \(--task detection, if it is one\)\n$/],
    [["--task", "detection"], /^fovea: anomaly\.onnx: task detection: expected .*, got outputs pred_score \[.*\n$/],
    [
      ["--task", "segmentation"],
      /^fovea: anomaly\.onnx: task segmentation: expected an output \[N, classes, height, width\]/,
    ],
  ])("refuses %j in one sentence", async (flags, message) => {
    const { code, err, out } = await fovea(folder, ["explain", "anomaly.onnx", "flag.png", ...unit, ...flags]);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, ""]);
  });
});
