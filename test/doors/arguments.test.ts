/** @file Arguments of the wrong kind, as callers in JavaScript pass them: a code and one short line, and never an array printed. */

import { beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../src/data/digits/digits.js";
import {
  checkModel,
  classMinus,
  compareMethods,
  compileExplanation,
  createNodeRuntime,
  decodeImage,
  displayMapOf,
  encodePicture,
  FoveaError,
  float32,
  type ImageExplainer,
  type LoadedModel,
  loadModel,
  mapOf,
  maskMean,
  measureCost,
  outputOf,
  outputScores,
  similarityTo,
} from "../../src/doors/node.js";
import { runtime } from "../support/runtime.js";

/** A function as JavaScript sees it. */
type Untyped = (...given: readonly unknown[]) => unknown;
const untyped = (call: unknown) => call as Untyped;

const many: readonly number[] = Array.from({ length: 10_000 }, (_, i) => i);
const images = float32([1, 1, 28, 28], new Float32Array(784));
const digit = {
  width: 28,
  height: 28,
  channels: 1,
  pixels: drawDigits({ seed: 1, train: 0, test: 1 }).test.pixels.slice(0, 784),
} as const;

let model: LoadedModel;
let explainer: ImageExplainer;

beforeAll(async () => {
  model = await loadModel(undefined, { runtime });
  explainer = await model.explainer();
});

/** What an action throws, be it at once, later, or as the error of the first item of what it yields. */
async function thrownBy(action: () => unknown): Promise<unknown> {
  try {
    const result = await action();
    if (typeof result !== "object" || result === null || !(Symbol.asyncIterator in result)) return undefined;
    const [first] = [await (result as AsyncGenerator<{ error?: Error }>).next()];
    return first.value?.error;
  } catch (error) {
    return error;
  }
}

async function expectError(action: () => unknown, code: string, message: string | RegExp): Promise<void> {
  const error = await thrownBy(action);
  expect(error).toBeInstanceOf(FoveaError);
  if (!(error instanceof FoveaError)) return;
  expect([error.code, error.message.replace(/^.*mnist\.onnx: /, "")]).toEqual([
    code,
    typeof message === "string" ? message : expect.stringMatching(message),
  ]);
  expect(error.message).not.toMatch(/\n|5, ?6, ?7/);
  expect(error.message.length).toBeLessThan(250);
}

const load = untyped(loadModel);
const explain: Untyped = (...given) => untyped(explainer.explain)(...given);
const explainerOf: Untyped = (options) => untyped(model.explainer)(options);

describe("loadModel(source, options)", () => {
  const source = "model: expected a path or an address, a URL, bytes, or a Blob, got";
  it.each([
    ["a number", () => load(3), `${source} 3`],
    ["null", () => load(null), `${source} null`],
    ["an array", () => load(many), `${source} an array of 10000`],
    ["numbers that are no bytes", () => load(new Float32Array(9)), `${source} a Float32Array of 36 bytes`],
    [
      "an address",
      () => load(new URL("https://example.org/a.onnx")),
      'model: expected a path or a file: URL, got "https://example.org/a.onnx"',
    ],
    ["options that are none", () => load(undefined, 3), "loadModel: options: expected an object, got 3"],
    ["no options", () => load(undefined, null), "loadModel: options: expected an object, got null"],
    ["a runtime's name", () => load(undefined, { runtime: "cpu" }), 'runtime: expected a runtime, got "cpu"'],
    ["a platform's name", () => load(undefined, { platform: "web" }), 'platform: expected a platform, got "web"'],
    ["labels", () => load(undefined, { labels: 3 }), "labels: expected an array of names, or a path, got 3"],
    ["preprocessing", () => load(undefined, { preprocessing: 3 }), "preprocessing: expected an object, got 3"],
  ])("refuses %s", (_, action, message) => expectError(action, "bad-input", message));

  it("says which file there is not", () => expectError(() => load("gone.onnx"), "not-found", /^gone\.onnx: /));
});

describe("model.explainer(options)", () => {
  it.each([
    ["a method's name", () => explainerOf("grad-cam"), 'explainer: options: expected an object, got "grad-cam"'],
    ["null", () => explainerOf(null), "explainer: options: expected an object, got null"],
    ["a method", () => explainerOf({ method: 3 }), "method: expected a name or a method, got 3"],
    [
      "a layer",
      () => explainerOf({ layer: {} }),
      "layer: expected a name, or a number of the last stages, got an object",
    ],
    ["layers", () => explainerOf({ layers: "conv1" }), 'layers: expected an array, got "conv1"'],
    ["a layer of layers", () => explainerOf({ layers: [many] }), /^layers: expected .*, got an array of 10000$/],
    ["include", () => explainerOf({ include: "gradient" }), 'include: expected an array, got "gradient"'],
    ["an included", () => explainerOf({ include: ["x"] }), /^include: expected activation, gradient, attribution, got/],
    ["augment", () => explainerOf({ augment: "x" }), 'augment: expected true, false or an object, got "x"'],
    [
      "scales",
      () => explainerOf({ augment: { scales: 3 } }),
      "augment: expected true, false or an object, got an object",
    ],
    [
      "a baseline",
      () => explainerOf({ baseline: many }),
      "baseline: expected a tensor or one of zero, black, white, blur, several, mean, got an array of 10000",
    ],
    ["a grid", () => explainerOf({ grid: "7x7" }), 'grid: expected height and width, got "7x7"'],
    [
      "samples",
      () => explainerOf({ samples: many }),
      "samples: expected a whole number from 1 on, got an array of 10000",
    ],
    ["fusion", () => explainerOf({ layers: [-1, -2], fusion: many }), /^fusion: expected .*, got an array of 10000$/],
  ])("refuses %s of the wrong kind", (_, action, message) => expectError(action, "bad-input", message));

  it("names the nearest of what there is not", async () => {
    await expectError(
      () => explainerOf({ method: "grad-camm" }),
      "unknown-name",
      /^unknown method "grad-camm": .*grad-cam/,
    );
    await expectError(() => explainerOf({ layer: "x".repeat(1e5) }), "unknown-name", /^unknown layer "x{40,90}…: /);
  });
});

describe("explainer.explain(images, options)", () => {
  const expected = "images: expected a float32 tensor [N, 1, 28, 28], got";
  it.each([
    ["options in the place of images", () => explain({ classes: [1] }, images), `${expected} an object`],
    ["numbers", () => explain(many), `${expected} an array of 10000`],
    ["a path", () => explain("dog.jpg"), `${expected} "dog.jpg"`],
    ["nothing", () => explain(), `${expected} undefined`],
    [
      "images in the place of options",
      () => explain(images, images),
      /^explain: options: .*, got a tensor \[1, 1, 28, 28\]$/,
    ],
    ["a class in the place of classes", () => explain(images, { classes: "7" }), 'classes: expected an array, got "7"'],
    ["a list of lists", () => explain(images, { classes: [many] }), /^classes: .*, got an array of 10000$/],
    ["no class", () => explain(images, { classes: [] }), "classes: expected at least one, got none"],
    ["a rank", () => explain(images, { classes: [{ rank: 99 }] }), "class of rank 99: expected 1 to 10"],
    ["a label in the place of labels", () => explain(images, { labels: "7" }), 'labels: expected an array, got "7"'],
    ["too many labels", () => explain(images, { labels: many }), "labels: expected 1, one of each image, got 10000"],
    ["a signal", () => explain(images, { signal: 3 }), "signal: expected an AbortSignal, got 3"],
    ["progress", () => explain(images, { progress: 3 }), "progress: expected a function, got 3"],
  ])("refuses %s", (_, action, message) => expectError(action, "bad-input", message));

  it("knows classes by index, and by label in any case, and names the nearest of others", async () => {
    const labels = ["zebra", "Gnu", "lion", "ant", "bee", "cow", "dog", "eel", "fox", "hen"];
    const animals = await (await loadModel(undefined, { runtime, labels })).explainer();
    const { classes } = (await animals.explain(images, { classes: ["zebra", "gnu", 9] })).at(0);
    expect(classes.map(({ index, label }) => [index, label])).toEqual([
      [0, "zebra"],
      [1, "Gnu"],
      [9, "hen"],
    ]);
    const several = await animals.explain(images, { classes: ["gnu, ebr", { rank: 1 }] });
    expect(
      several
        .at(0)
        .classes.map(({ index }) => index)
        .slice(0, 2),
    ).toEqual([1, 0]);
    await expectError(
      () => animals.explain(images, { classes: ["zebru"] }),
      "unknown-name",
      /unknown class "zebru": .*zebra/,
    );
    await expectError(() => animals.explain(images, { classes: [10] }), "unknown-name", /^class 10: expected 0 to 9/);
    await expectError(() => animals.explain(images, { labels: ["okapi"] }), "unknown-name", /unknown class "okapi"/);
    await animals.close();
  });

  it("gives one image of the batch, and one class of it, and no other", async () => {
    const explanation = await explainer.explain(images);
    expect(explanation.at(0).map().values).toHaveLength(explanation.maps.size);
    await expectError(() => explanation.at(1), "bad-input", "image 1: expected 0 to 0");
    await expectError(() => untyped(explanation.at).call(explanation, many), "bad-input", /^image an array of 10000: /);
    await expectError(() => explanation.at(0).map(1), "bad-input", "explained class 1: expected 0 to 0");
    await expectError(() => untyped(mapOf)(3, 0), "bad-input", "explanation: expected one, got 3");
    await expectError(() => untyped(displayMapOf)(explanation, 0, 0), "bad-input", /^displayMapOf: options: /);
  });
});

describe("explainer.explainAll(sources, options)", () => {
  const all: Untyped = (...given) => untyped(explainer.explainAll)(...given);
  it.each([
    ["a path", () => all("dog.jpg"), 'sources: expected a list of images, got "dog.jpg"'],
    ["a number", () => all(3), "sources: expected a list of images, got 3"],
    ["bytes", () => all(new Uint8Array(9)), "sources: expected a list of images, got a Uint8Array of 9 bytes"],
    ["null as options", () => all([digit], null), "explain: options: expected an object, got null"],
    ["a batch", () => all([digit], { batch: many }), "batch: expected a whole number from 1 on, got an array of 10000"],
    ["a tensor as an image", () => all([images]), /^image: expected .*, got a tensor \[1, 1, 28, 28\]$/],
  ])("refuses %s", (_, action, message) => expectError(action, "bad-input", message));
});

describe("other calls", () => {
  const image = "image: expected a path or an address, bytes, or a Blob, got";
  it.each([
    ["readImage", () => untyped(model.readImage)(many), `${image} an array of 10000`],
    ["readImage", () => untyped(model.readImage)(), `${image} undefined`],
    ["decodeImage", () => untyped(decodeImage)(3), `${image} 3`],
    ["encodePicture", () => untyped(encodePicture)(3, "png"), "picture: expected one, got 3"],
    ["encodePicture", () => untyped(encodePicture)(digit, "bmp"), 'format: expected png, jpg, webp, got "bmp"'],
    ["explaining", () => untyped(model.explaining)(3), "target: expected an object with a title and build, got 3"],
    ["maskMean", () => untyped(maskMean)(many), "mask: expected a float32 tensor, got an array of 10000"],
    ["similarityTo", () => untyped(similarityTo)(many), "reference: expected a float32 tensor, got an array of 10000"],
    ["outputScores", () => untyped(outputScores)(), "outputScores: options: expected an object, got undefined"],
    ["outputOf", () => untyped(outputOf)(model, many, runtime), /^images: expected .*, got an array of 10000$/],
    ["classify", () => untyped(model.classifier().classify)(many), /^images: expected .*, got an array of 10000$/],
    [
      "compareMethods",
      () => untyped(compareMethods)(images, model.explainer),
      /^compareMethods: expected .*, got a tensor/,
    ],
    ["checkModel", () => untyped(checkModel)(model), "checkModel: options: expected an object, got undefined"],
    ["measureCost", () => untyped(measureCost)(model), "measureCost: options: expected an object, got undefined"],
    ["compileExplanation", () => untyped(compileExplanation)(3), /^compileExplanation: model: expected .*, got 3$/],
    ["compileExplanation", () => untyped(compileExplanation)(model, { classes: many }), /got an array of 10000$/],
    ["createNodeRuntime", () => untyped(createNodeRuntime)({ threads: many }), /^threads: .*, got an array of 10000$/],
  ])("%s refuses what is of the wrong kind", (_, action, message) => expectError(action, "bad-input", message));

  it("a class that there is not is named", async () => {
    await expectError(
      () => model.explaining(classMinus("okapi")),
      "unknown-name",
      /^unknown class "okapi": expected one of/,
    );
    await expectError(
      () => untyped(createNodeRuntime)({ device: "abacus" }),
      "unknown-name",
      /^unknown device "abacus"/,
    );
  });
});

describe("what was closed", () => {
  it("explains and classifies no more, and can be closed again", async () => {
    const closed = await model.explainer();
    const running = closed.explain(images);
    await closed.close();
    expect((await running).at(0).maps).toHaveLength(1);
    const message = "explainer: expected an open one, got one that was closed";
    await expectError(() => closed.explain(images), "closed", message);
    await expectError(() => closed.classify(images), "closed", message);
    await expectError(() => closed.explainAll([digit]), "closed", message);
    await closed.close();
    const classifier = model.classifier();
    await classifier.close();
    await expectError(() => classifier.classify(images), "closed", /^classifier: expected an open one/);
  });
});
