/** @file The contract of every target in the table. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { FoveaError } from "../../../src/foundation/error.js";
import type { Model } from "../../../src/model/model.js";
import { openModel } from "../../../src/model/open.js";
import { singleImages } from "../../../src/model/run/batches.js";
import { targetKinds } from "../../../src/model/targets/index.js";
import { outputOf } from "../../../src/model/targets/output.js";
import { type Target, withTarget } from "../../../src/model/targets/target.js";
import { Builder } from "../../../src/onnx/builder.js";
import { dimsOf, type Graph } from "../../../src/onnx/graph.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

type Kind = (typeof targetKinds)[number];

/** Targets of a model with the outputs `scores` [N, 3], `segments` [N, 3, 4, 5], `plane` [N, 1, 4, 5] and `embedding` [N, 4], by the names of their kinds. */
const examples: { readonly [Name in Kind["name"]]: (by: Extract<Kind, { name: Name }>["create"]) => Target } = {
  "class-scores": (create) => create(),
  "class-minus": (create) => create({ other: "dog" }),
  "class-groups": (create) => create({ groups: [{ name: "animals", classes: ["cat", "dog"] }] }),
  "output-scores": (create) => create({ output: "segments", at: { 2: 1, 3: "max" } }),
  "mask-mean": (create) =>
    create({
      output: "segments",
      mask: float32(
        [4, 5],
        Array.from({ length: 20 }, (_, i) => i % 3),
      ),
    }),
  "predicted-regions": (create) => create({ output: "segments" }),
  "high-region": (create) => create({ output: "plane" }),
  "output-numbers": (create) => create({ output: "embedding" }),
  similarity: (create) => create({ output: "embedding", reference: randomTensor([1, 4], "reference") }),
};

/** Targets that a model takes once only, with the reason: the scores or class names that they read are gone then. */
const once: { readonly [Name in Kind["name"]]?: string } = {
  "class-groups": "its classes are one then, of another name",
};

function network(): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 2, 4, 5]);
  const features = op.named("features", op.Relu(op.Conv(x, op.constant(randomTensor([4, 2, 1, 1], "first")))));
  const segments = op.Conv(features, op.constant(randomTensor([3, 4, 1, 1], "second")));
  op.output(op.ReduceMean(segments, op.ints([2, 3]), { keepdims: 0 }), "scores");
  op.output(segments, "segments");
  op.output(op.ReduceMean(features, op.ints([2, 3]), { keepdims: 0 }), "embedding");
  op.output(op.ReduceMax(segments, op.ints([1]), { keepdims: 1 }), "plane");
  return op.graph;
}

const images = randomTensor([3, 2, 4, 5], "images");
let model: Model;
beforeAll(async () => {
  const given = { origin: "as given", classes: ["cat", "dog", "bus"] };
  model = await openModel(network(), runtime, "model", { given });
});

describe.each(targetKinds.map((kind) => kind.name))("%s", (name) => {
  const kind = targetKinds.find((each) => each.name === name) as Kind;
  const target = (examples[name] as (create: Kind["create"]) => Target)(kind.create);
  let targeted: Model;
  const closing: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    targeted = await withTarget(model, target, runtime);
  });
  afterAll(async () => {
    for (const each of closing) await each.close();
  });
  const explained = async (input: Tensor, method: string) => {
    const explainer = await createExplainer(targeted, { runtime, method });
    closing.push(explainer);
    return explainer.explain(input, { classes: [0] });
  };

  it("has a name, a sentence, and a title of one line", () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(kind.does).toMatch(/^Shows which regions .+\.$/);
    expect(target.title).toMatch(/^.{1,80}$/);
    expect(targeted.target).toBe(target.title);
  });

  it("has scores [N, K], with a name for each or none", () => {
    const [batch, count, ...rest] = dimsOf(targeted.graph, targeted.scores) ?? [];
    expect([typeof batch, count, rest]).toEqual(["string", targeted.classCount, []]);
    expect([count, undefined]).toContain(targeted.card.classes?.length);
  });

  it("gives the same scores to images alone and together", async () => {
    const together = floats(await outputOf(targeted, images, runtime));
    const alone: number[] = [];
    for (const image of singleImages(images)) alone.push(...floats(await outputOf(targeted, image, runtime)));
    expect(alone).toEqual([...together].map((value) => expect.closeTo(value, 5)));
    expect(new Set(alone).size).toBeGreaterThan(1);
  });

  it("leaves the model's own outputs as they are", async () => {
    for (const { name: output } of model.graph.outputs) {
      const [before, after] = await Promise.all(
        [model, targeted].map((each) => outputOf(each, images, runtime, { output })),
      );
      expect(after).toEqual(before);
    }
  });

  it("depends on the image, by evidence that is finite and somewhere not zero", async () => {
    for (const method of ["gradient", "hires-cam"]) {
      const evidence = floats((await explained(images, method)).evidence);
      expect(evidence.every(Number.isFinite)).toBe(true);
      expect(evidence.some((value) => value !== 0)).toBe(true);
    }
  });

  it("can be a target of a model that has a target already, or is refused where its case gives a reason", async () => {
    const again = withTarget(targeted, target, runtime);
    if (once[name] !== undefined) return expect(again).rejects.toThrow(FoveaError);
    const { target: title, classCount } = await again;
    expect([title, classCount]).toEqual([target.title, targeted.classCount]);
  });
});
