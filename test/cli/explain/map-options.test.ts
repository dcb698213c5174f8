/** @file `fovea explain` with options of how maps are made and shown, other targets, and all methods at once. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../../src/data/npy.js";
import { decodeImage, encodePng } from "../../../src/image/node.js";
import { createPicture } from "../../../src/image/picture/picture.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats, Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { everything } from "../../support/share.js";
import { fovea, workFolder } from "../fovea.js";

const folder = workFolder();
beforeAll(async () => {
  const op = new Builder();
  const features = op.named("features", op.Relu(op.input("x", "float32", ["N", 3, 8, 8])));
  const kernel = op.constant(randomTensor([2, 3, 1, 1], "kernel"));
  op.output(op.Conv(features, kernel), "segments");
  op.output(op.ReduceMean(features, op.ints([2, 3]), { keepdims: 0 }), "embedding");
  const classifier = new Builder();
  const x = classifier.named("features", classifier.Relu(classifier.input("x", "float32", ["N", 3, 8, 8])));
  const rows = classifier.constant(randomTensor([4, 3], "rows"));
  classifier.output(
    classifier.Gemm(classifier.Flatten(classifier.GlobalAveragePool(x)), rows, undefined, { transB: 1 }),
    "y",
  );
  writeFileSync(join(folder, "segmenter.onnx"), writeModel(op.graph));
  writeFileSync(join(folder, "classifier.onnx"), writeModel(classifier.graph));
  writeFileSync(join(folder, "x.npy"), writeNpy(randomTensor([1, 3, 8, 8], "x")));
  const pixels = Uint8Array.from({ length: 64 }, (_, i) => (i % 8 < 2 ? 255 : 0));
  writeFileSync(join(folder, "mask.png"), await encodePng(createPicture(8, 8, 1, pixels)));
});

const explain = (...options: string[]) => fovea(folder, ["explain", "x.npy", ...options]);
const raw = (name: string) => readNpy(readFileSync(join(folder, name)), name);

describe("fovea explain", () => {
  it("writes signed maps of a class minus another", async () => {
    const run = await explain(
      "--model",
      "classifier.onnx",
      "--class",
      "1",
      "--minus",
      "2",
      "--signed",
      "--raw",
      "--out",
      "a.npy",
    );
    expect(run).toMatchObject({ code: 0 });
    expect(run.out).toContain("what is explained: minus class 2");
    const found = raw("a.npy");
    expect(found.dims).toEqual([1, 1, 8, 8]);
    expect(floats(found).some((value) => value < 0)).toBe(true);
  });

  it("explains the best classes, with what integrated gradients add up to", async () => {
    const options = [
      "--model",
      "classifier.onnx",
      "--class",
      "top-2",
      "--method",
      "integrated-gradients",
      "--samples",
      "4",
    ];
    const { code, out } = await explain(...options, "--json", "--raw", "--out", "b.npy");
    expect(code).toBe(0);
    interface Printed {
      readonly classes: readonly { class: number; attributed: number; total: number }[];
      readonly top: readonly { class: number }[];
    }
    const [{ classes, top }] = JSON.parse(out).results as [Printed];
    expect(classes.map((each) => each.class)).toEqual(top.slice(0, 2).map((each) => each.class));
    for (const { attributed, total } of classes) expect(attributed).toBeCloseTo(total, 3);
    expect(raw("b.npy").dims).toEqual([1, 2, 8, 8]);
  });

  it("explains a mask, a position and a similarity", async () => {
    const model = [
      "--model",
      "segmenter.onnx",
      "--output",
      "segments",
      "--raw",
      "--out",
      "c.npy",
      "--method",
      "hires-cam",
    ];
    expect((await explain(...model, "--class", "1", "--mask", "mask.png")).code).toBe(0);
    floats(raw("c.npy")).forEach((value, i) => {
      if (i % 8 > 1) expect(value).toBe(0);
    });
    expect((await explain(...model, "--class", "0", "--at", "2=3,3=4", "--signed")).code).toBe(0);
    expect([...floats(raw("c.npy"))].flatMap((value, i) => (value === 0 ? [] : [i]))).toEqual([28]);
    const embedding = ["--model", "segmenter.onnx", "--output", "embedding", "--raw", "--out", "c.npy"];
    const similar = await explain(...embedding, "--similar-to", "x.npy");
    expect(similar.out).toMatch(/ {2}1\.000 {2}similarity/);
  });

  it.runIf(everything)(
    "names the classes of a box, the surest or the one at a position, and prints its scores",
    async () => {
      writeFileSync(join(folder, "names.txt"), "cat\ndog\n");
      const model = ["--model", "segmenter.onnx", "--output", "segments", "--labels", "names.txt", "--class", "dog"];
      const run = await explain(...model, "--at", "2=max,3=max", "--out", "e.png");
      expect(run).toMatchObject({ code: 0, err: "" });
      expect(run.out).toContain("what is explained: segments at 2=max,3=max");
      expect(run.out).toMatch(/\n {2,}-?\d+\.\d{3} {2}(dog|cat)\n {2,}-?\d+\.\d{3} {2}(dog|cat)\n/);
      expect(run.out).toContain("Grad-CAM at layer features");
      const wrong = await explain(...model, "--at", "2=max,3=most");
      expect([wrong.code, wrong.err]).toEqual([
        2,
        'fovea: --at: expected AXIS=INDEX or AXIS=max with commas between, got "2=max,3=most"\n',
      ]);
    },
  );

  it.runIf(everything)("explains an answer's logit of a model that reads text as well as the picture", async () => {
    const op = new Builder();
    const features = op.named("features", op.Relu(op.input("pixels", "float32", [1, 3, 8, 8])));
    const places = op.Reshape(features, op.ints([0, 3, 64]));
    const asked = op.Gather(op.constant(randomTensor([20, 3], "embedding")), op.input("input_ids", "int64", [1, 4]));
    const seen = op.MatMul(
      op.Softmax(op.MatMul(asked, places), { axis: 2 }),
      op.Transpose(places, { perm: [0, 2, 1] }),
    );
    op.output(op.MatMul(op.Add(asked, seen), op.constant(randomTensor([3, 20], "words"))), "logits");
    writeFileSync(join(folder, "answers.onnx"), writeModel(op.graph));
    writeFileSync(
      join(folder, "question.npy"),
      writeNpy(new Tensor("int64", [1, 4], BigInt64Array.of(3n, 1n, 4n, 1n))),
    );
    const model = ["--model", "answers.onnx", "--input", "input_ids=question.npy"];
    const run = await explain(...model, "--at", "1=3", "--class", "7", "--method", "integrated-gradients", "--json");
    expect(run).toMatchObject({ code: 0, err: "" });
    const [{ classes, notes }] = JSON.parse(run.out).results;
    expect(notes).toContain("what is explained: scores at 1=3");
    expect(classes).toMatchObject([{ class: 7, attributed: expect.closeTo(classes[0].total, 3) }]);
    const other = await explain(...model, "--at", "1=0", "--class", "7", "--method", "integrated-gradients", "--json");
    expect(JSON.parse(other.out).results[0].classes[0].score).not.toBeCloseTo(classes[0].score, 4);
    const bare = await explain("--model", "answers.onnx");
    expect([bare.code, bare.err]).toEqual([
      2,
      'fovea: answers.onnx: expected one image input, got float32 "pixels", int64 "input_ids": give the others as arrays by name\n',
    ]);
  });

  it("fuses layers, augments, and shows a part of the values", async () => {
    const options = [
      "--layer",
      "features,-1",
      "--fuse",
      "max",
      "--augment",
      "--eigen-smooth",
      "--threshold",
      "0.5",
      "--percentile",
      "90",
    ];
    const run = await explain("--model", "classifier.onnx", ...options, "--heatmap", "--out", "d.png");
    expect(run).toMatchObject({ code: 0 });
    expect(run.out).toContain("the max of the maps at features (3x8x8), features (3x8x8)");
    expect((await decodeImage(join(folder, "d.png"))).width).toBe(8);
  });

  it("refuses in one line what cannot be", async () => {
    const model = ["--model", "classifier.onnx"];
    for (const [options, line] of [
      [["--minus", "1", "--mask", "mask.png"], /^fovea: --minus and --mask: expected one of them\n$/],
      [
        ["--mask", "mask.png"],
        /--mask: expected an output \[N, classes, height, width\] of known size, got y \[N, 4\]/,
      ],
      [["--class", "top-5"], /class of rank 5: expected 1 to 4/],
    ] as const) {
      const { code, err } = await explain(...model, ...options);
      expect([options, code, err.trim().split("\n").length]).toEqual([options, 2, 1]);
      expect(err).toMatch(line);
    }
  });
});

describe("fovea explain --method all", () => {
  it.runIf(everything)("draws every method that works on one sheet, and says why the others do not", async () => {
    const options = ["--model", "classifier.onnx", "--class", "0", "--class", "1", "--method", "all", "--samples", "3"];
    const { code, out, err } = await explain(...options, "--out", "sheet.svg", "--format", "svg", "--json");
    expect(code).toBe(0);
    const { methods, written } = JSON.parse(out) as {
      methods: { method: string; ms?: string; refused?: string }[];
      written: string;
    };
    expect(written).toBe("sheet.svg");
    const refused = methods.filter((each) => each.refused).map(({ method }) => method);
    expect(refused.toSorted()).toEqual(["attention-rollout", "gradient-attention", "legrad"]);
    expect(err).toMatch(/attention-rollout left out: .*expected transformers/);
    const svg = readFileSync(join(folder, "sheet.svg"), "utf8");
    expect(svg.match(/<image /g)).toHaveLength(2 * (methods.length - 3));
  });

  it("wants one image", async () => {
    writeFileSync(join(folder, "two.npy"), writeNpy(float32([2, 3, 8, 8], new Float32Array(384))));
    const { code, err } = await fovea(folder, ["explain", "two.npy", "--model", "classifier.onnx", "--method", "all"]);
    expect([code, err]).toEqual([2, "fovea: --method all: expected one image, got 2 in two.npy\n"]);
    expect(existsSync(join(folder, "two.fovea.png"))).toBe(false);
  });
});
