/** @file Files in training mode are read as in inference, with a note; random numbers are noted, and fail the proof. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createExplainer } from "../../src/explain/explainer.js";
import { checkModel } from "../../src/explain/prove/check-model.js";
import { openModel } from "../../src/model/open.js";
import { Builder, float } from "../../src/onnx/builder.js";
import { emptyGraph, type Graph, type Value } from "../../src/onnx/graph.js";
import { readModel } from "../../src/onnx/read/read.js";
import { asInference } from "../../src/onnx/rewrite/inference.js";
import { float32, floats, numbers, Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { readNpy } from "../support/goldens/npy.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { run } from "../support/models/run.js";
import { runtime } from "../support/runtime.js";

const folder = new URL("../fixtures/cases/training-mode/", import.meta.url);
const fileOf = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const golden = (name: string) => {
  const { dims, data } = readNpy(new URL(name, folder));
  return float32(dims, Float32Array.from(data));
};
const truth = (value: boolean) => new Tensor("bool", [], Uint8Array.of(value ? 1 : 0));

/** A convolution, a part of the test's own, and the mean of each channel as its score. */
function netWith(part: (op: Builder, x: Value) => Value, opset = 18): Graph {
  const graph = emptyGraph("test");
  graph.opsets.set("", opset);
  const op = new Builder(graph);
  const convolved = op.Conv(op.input("x", "float32", ["N", 3, 8, 8]), op.constant(randomTensor([4, 3, 3, 3], "w")));
  op.output(op.Flatten(op.GlobalAveragePool(part(op, op.Relu(convolved)))), "y");
  return graph;
}

function normalised(op: Builder, x: Value, outputs: number, attributes = {}): readonly Value[] {
  const constants = ["scale", "bias", "mean"].map((name) => op.constant(randomTensor([4], name)));
  const variance = op.constant(randomTensor([4], "variance", { interval: [0.5, 2] }));
  return op.node("BatchNormalization", [x, ...constants, variance], attributes, outputs);
}

const check = async (source: Uint8Array | Graph) => checkModel(await openModel(source, runtime), { runtime, source });

describe("a file with Dropout in training mode", () => {
  it("is explained as in inference, twice alike, and a note says so", async () => {
    const model = await openModel(fileOf("dropout.onnx"), runtime);
    expect(model.notes).toEqual([expect.stringMatching(/^The file is in training mode: its Dropout "flat" /)]);
    const explainer = await createExplainer(model, { runtime });
    const [first, second] = [0, 1].map(() => explainer.explain(golden("x.npy"), { classes: [1] }));
    const { maps, probabilities, predicted } = (await first) as Awaited<typeof first> & object;
    floats(golden("gold.npy")).forEach((value, i) => {
      expect(floats(maps)[i]).toBeCloseTo(value, 6);
    });
    expect([predicted, Math.max(...numbers(probabilities)).toFixed(3)]).toEqual([[3], "0.718"]);
    expect(numbers((await second)?.maps as Tensor)).toEqual(numbers(maps));
    await explainer.close();
  });

  it("fails the proof: its own scores change from call to call", async () => {
    const { passed, stability, gradient, notes } = await check(fileOf("dropout.onnx"));
    expect([passed, stability.again.passed, gradient?.passed]).toEqual([false, false, true]);
    expect(notes).toContainEqual(expect.stringMatching(/change from call to call/));
  });

  it.each([
    ["a constant that is true", (op: Builder) => op.constant(truth(true)), true],
    ["computed", (op: Builder) => op.Not(op.constant(truth(false))), true],
    ["a constant that is false", (op: Builder) => op.constant(truth(false)), false],
    ["not said", () => undefined, false],
  ])("has a note only where its mode is training (%s)", async (_, mode, noted) => {
    const graph = netWith((op, x) => op.node("Dropout", [x, op.scalar(0.5), mode(op)])[0]);
    expect((await openModel(graph, runtime)).notes).toHaveLength(noted ? 1 : 0);
  });
});

describe("a file with BatchNormalization in training mode", () => {
  it("normalises by its stored statistics, whatever images share a run, and a note says so", async () => {
    const model = await openModel(fileOf("batchnorm.onnx"), runtime);
    expect(model.notes).toEqual([expect.stringMatching(/^The file is in training mode: its BatchNormalization "bn" /)]);
    const x = golden("x.npy");
    const two = float32([2, 3, 32, 32], [...numbers(x), ...numbers(randomTensor(x.dims, "other"))]);
    for (const images of [x, two]) {
      const { logits } = await run(model.graph, { x: images });
      numbers(golden("batchnorm-logits.npy")).forEach((value, i) => {
        expect(numbers(logits as Tensor)[i]).toBeCloseTo(value, 5);
      });
    }
  });

  it("fails the proof: its own scores depend on the images that share a run", async () => {
    const { passed, stability, notes } = await check(fileOf("batchnorm.onnx"));
    expect([passed, stability.again.passed, stability.besideOthers?.passed]).toEqual([false, true, false]);
    expect(notes).toContainEqual(expect.stringMatching(/depend on the images that share a run/));
  });

  it.each([9, 13])("is one also where extra outputs say it (opset %i)", async (opset) => {
    const bytes = writeModel(netWith((op, x) => normalised(op, x, 5)[0] as Value, opset));
    const model = await openModel(bytes, runtime);
    expect(model.notes).toEqual([expect.stringMatching(/^The file is in training mode: its BatchNormalization /)]);
    const plain = await openModel(
      netWith((op, x) => normalised(op, x, 1)[0] as Value),
      runtime,
    );
    expect(plain.notes).toEqual([]);
    const x = randomTensor([2, 3, 8, 8], "x");
    const [actual, expected] = await Promise.all([model, plain].map(({ graph }) => run(graph, { x })));
    expect(actual?.y?.data).toEqual(expected?.y?.data);
  });

  it("gives the statistics as they are to whoever reads them", async () => {
    const graph = netWith((op, x) => {
      const [y = "", mean = ""] = normalised(op, x, 3, { training_mode: 1 });
      return op.Add(y, op.Reshape(mean, op.ints([1, 4, 1, 1])));
    });
    const x = randomTensor([2, 3, 8, 8], "x");
    const expected = netWith((op, image) => {
      const [y = ""] = normalised(op, image, 1);
      return op.Add(y, op.constant(float32([1, 4, 1, 1], floats(randomTensor([4], "mean")))));
    });
    const [actual, wanted] = await Promise.all([asInference(graph).graph, expected].map((each) => run(each, { x })));
    expect(actual?.y?.data).toEqual(wanted?.y?.data);
  });
});

describe("BatchNormalization in training mode stays as it is", () => {
  const rows = (op: Builder, x: Value) =>
    op.node("BatchNormalization", [x, "scale", "shift", "mean", "variance"], { training_mode: 1 }, 3)[0];
  /** One for each: onnxruntime writes new statistics over the old ones. */
  const constants = (op: Builder) => {
    for (const name of ["scale", "shift", "mean", "variance"]) {
      op.graph.initializers.set(name, float32([4], Array(4).fill(name === "scale" || name === "variance" ? 1 : 0)));
    }
  };
  const passes = async (graph: Graph) => {
    const model = await openModel(graph, runtime);
    const { passed } = await checkModel(model, { runtime, source: graph });
    return [model.notes, passed];
  };

  it("where it normalises weights, as weight standardisation does", async () => {
    const graph = netWith((op, x) => {
      constants(op);
      const weights = rows(op, op.constant(randomTensor([1, 4, 36], "standardised")));
      return op.Relu(op.Conv(x, op.Reshape(weights, op.ints([4, 4, 3, 3]))));
    });
    expect(await passes(graph)).toEqual([[], true]);
  });

  it.each(["N", 1])(
    "where it normalises each image by itself, as an instance normalisation by reshapes does (%s)",
    async (batch) => {
      const graph = netWith((op, x) => {
        constants(op);
        const single = op.Reshape(op.Slice(x, op.ints([0]), op.ints([1]), op.ints([0])), op.ints([1, 4, 6, 6]));
        return op.Relu(rows(op, batch === 1 ? op.Reshape(x, op.ints([1, 4, 6, 6])) : single));
      });
      graph.inputs = graph.inputs.map((input) => ({ ...input, dims: [batch, 3, 8, 8] }));
      expect((await openModel(graph, runtime)).notes).toEqual([]);
    },
  );

  it("where its statistics are computed from what it normalises", async () => {
    const graph = netWith((op, x) => {
      constants(op);
      const mean = op.ReduceMean(x, op.ints([0, 2, 3]), { keepdims: 0 });
      return op.node("BatchNormalization", [x, "scale", "shift", mean, "variance"], { training_mode: 1 }, 3)[0];
    });
    expect((await openModel(graph, runtime)).notes).toEqual([]);
  });
});

it("reads training mode within the branches of an If", () => {
  const branch = emptyGraph("branch");
  const inner = new Builder(branch);
  inner.node("Dropout", ["x", inner.scalar(0.5), inner.constant(truth(true))]);
  const attribute = { type: "graph", value: branch } as const;
  const graph = netWith((op, x) => op.node("If", [x], { then_branch: attribute, else_branch: attribute })[0]);
  expect([...asInference(graph).trained.values()].flat()).toHaveLength(2);
});

it("leaves a graph in inference as it is", () => {
  const graph = readModel(writeModel(netWith((op, x) => op.node("Dropout", [x])[0])));
  expect(asInference(graph).graph).toBe(graph);
});

describe("a network that draws random numbers", () => {
  const noisy = (part: (op: Builder, x: Value) => Value) => netWith((op, x) => op.Add(x, part(op, x)));
  const seed = float(3);

  it.each<[string, (op: Builder, x: Value) => Value]>([
    ["RandomNormalLike", (op, x) => op.node("RandomNormalLike", [x], { seed })[0]],
    ["RandomUniformLike", (op, x) => op.node("RandomUniformLike", [x])[0]],
    ["RandomNormal", (op) => op.node("RandomNormal", [], { shape: [1, 4, 6, 6] })[0]],
    ["Bernoulli", (op, x) => op.node("Bernoulli", [op.Sigmoid(x)])[0]],
  ])("says so and fails the proof (%s)", async (name, part) => {
    const graph = noisy(part);
    const model = await openModel(graph, runtime);
    expect(model.notes).toEqual([expect.stringContaining(`draws random numbers (${name} `)]);
    const { passed, stability } = await check(graph);
    expect([passed, stability.again.passed]).toEqual([false, false]);
  });

  it("has no note where they do not reach the scores", async () => {
    const graph = netWith((op, x) => {
      op.output(op.node("RandomNormalLike", [x])[0], "aside");
      return x;
    });
    expect((await openModel(graph, runtime, "model", { output: "y" })).notes).toEqual([]);
  });
});
