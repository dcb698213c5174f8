/** @file Models that were exported for one image at a time explain batches, at once where that is the same. */

import { describe, expect, it } from "vitest";
import { compileExplanation } from "../../../src/explain/compile.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph, Value } from "../../../src/onnx/graph.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import type { Runtime } from "../../../src/runtime/session.js";
import { images } from "../../explain/architectures/networks.js";
import { relativeDifference } from "../../support/goldens/goldens.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

type Head = (op: Builder, features: Value, weight: (...dims: number[]) => Value) => Value;

/** Convolution of one picture to `features` [1, 4, 6, 6], and what `head` makes of them. */
function network(head: Head): Graph {
  const op = new Builder();
  const weight = (...dims: number[]) => op.constant(randomTensor(dims, `w${dims}`), "w");
  const x = op.input("x", "float32", [1, 2, 6, 6]);
  const features = op.layer("features", "Relu", [op.Conv(x, weight(4, 2, 3, 3), { pads: [1, 1, 1, 1] })]);
  op.output(head(op, features, weight), "y");
  op.graph.outputs[0] = { name: "y", type: "float32", dims: [1, 3] };
  return op.graph;
}

/** A class token, attention over it and 36 others, and a linear layer on what becomes of it. */
const transformer: Head = (op, features, weight) => {
  const patches = op.Transpose(op.Reshape(features, op.ints([1, 4, -1])), { perm: [0, 2, 1] });
  const tokens = op.Concat(weight(1, 1, 4), patches, { axis: 1 });
  const heads = (value: Value) =>
    op.Transpose(op.Reshape(op.MatMul(value, weight(4, 4)), op.ints([1, 37, 2, 2])), { perm: [0, 2, 1, 3] });
  const attention = op.Softmax(op.MatMul(heads(tokens), op.Transpose(heads(tokens), { perm: [0, 1, 3, 2] })), {
    axis: -1,
  });
  const mixed = op.Reshape(
    op.Transpose(op.MatMul(attention, heads(tokens)), { perm: [0, 2, 1, 3] }),
    op.ints([1, 37, 4]),
  );
  return op.MatMul(op.Gather(mixed, op.int(0), { axis: 1 }), weight(4, 3));
};

const heads: Record<string, Head> = {
  "a reshape to [1, 144]": (op, features, weight) => op.MatMul(op.Reshape(features, op.ints([1, 144])), weight(144, 3)),
  "a reshape to [1, -1]": (op, features, weight) => op.MatMul(op.Reshape(features, op.ints([1, -1])), weight(144, 3)),
  "a resize to [1, 4, 3, 3]": (op, features, weight) => {
    const small = op.Resize(features, undefined, undefined, op.ints([1, 4, 3, 3]), { mode: "linear" });
    return op.MatMul(op.Reshape(small, op.ints([-1, 36])), weight(36, 3));
  },
  "windows of [4, 3, 3, 4]": (op, features, weight) => {
    const split = op.Transpose(op.Reshape(features, op.ints([1, 4, 2, 3, 2, 3])), { perm: [0, 2, 4, 3, 5, 1] });
    const windows = op.Relu(op.MatMul(op.Reshape(split, op.ints([4, 3, 3, 4])), weight(4, 4)));
    const whole = op.Transpose(op.Reshape(windows, op.ints([1, 2, 2, 3, 3, 4])), { perm: [0, 1, 3, 2, 4, 5] });
    return op.MatMul(op.Reshape(whole, op.ints([1, 144])), weight(144, 3));
  },
  "a class token": transformer,
};

/** Heads that are no sum of single images, or whose sizes don't follow the batch. */
const singles: Record<string, Head> = {
  "a mean over everything": (op, features, weight) => {
    const centred = op.Sub(features, op.ReduceMean(features, { keepdims: 1 }));
    return op.MatMul(op.Reshape(centred, op.ints([1, 144])), weight(144, 3));
  },
  "a batch axis that is dropped": (op, features, weight) => {
    const vector = op.Reshape(op.Squeeze(features, op.ints([0])), op.ints([1, 144]));
    return op.MatMul(vector, weight(144, 3));
  },
  "a sum over the batch": (op, features, weight) =>
    op.MatMul(op.Reshape(op.ReduceSum(features, op.ints([0]), { keepdims: 1 }), op.ints([1, 144])), weight(144, 3)),
};

/** The runtime, noting how many images each run of a network had. */
function counting(): { runtime: Runtime; sizes: number[] } {
  const sizes: number[] = [];
  const open: Runtime["open"] = async (model, options) => {
    const session = await runtime.open(model, options);
    const run: typeof session.run = (feeds, into) => {
      if (feeds.x) sizes.push(feeds.x.dims[0] as number);
      return session.run(feeds, into);
    };
    return { ...session, run };
  };
  return { runtime: { name: "counting", open }, sizes };
}

async function inTurn(graph: Graph, batch: Tensor): Promise<{ maps: number[]; scores: number[] }> {
  const model = await openModel(graph, runtime);
  const explainer = await createExplainer(model, { runtime, layer: "features" });
  const [maps, scores]: [number[], number[]] = [[], []];
  for (let i = 0; i < (batch.dims[0] as number); i++) {
    const explanation = await explainer.explain(float32([1, 2, 6, 6], floats(batch).subarray(72 * i, 72 * (i + 1))));
    maps.push(...floats(explanation.evidence));
    scores.push(...floats(explanation.scores));
  }
  return { maps, scores };
}

describe("a network for one image with", () => {
  it.each(Object.entries(heads))("%s runs batches at once, after it proved to be the same", async (_name, head) => {
    const { runtime, sizes } = counting();
    const model = await openModel(writeModel(network(head)), runtime);
    expect(model).toMatchObject({ oneByOne: true, input: { dims: ["N", 2, 6, 6] } });
    const explainer = await createExplainer(model, { runtime, layer: "features" });
    const expected = await inTurn(network(head), images(3));
    for (const runs of [[1, 1, 1, 3], [3]]) {
      sizes.length = 0;
      const explanation = await explainer.explain(images(3));
      expect(sizes).toEqual(runs);
      const flat = (values: number[]) => float32([values.length], values);
      expect(relativeDifference(explanation.evidence, flat(expected.maps))).toBeLessThan(1e-5);
      expect(relativeDifference(explanation.scores, flat(expected.scores))).toBeLessThan(1e-5);
    }
    expect((await explainer.classify(images(2))).dims).toEqual([2, 3]);
  });

  it.each(Object.entries(singles))("%s runs image by image", async (_name, head) => {
    const { runtime, sizes } = counting();
    const model = await openModel(writeModel(network(head)), runtime);
    const explainer = await createExplainer(model, { runtime, layer: "features" });
    await explainer.explain(images(2));
    sizes.length = 0;
    const explanation = await explainer.explain(images(3));
    expect(sizes).toEqual([1, 1, 1]);
    expect([...floats(explanation.evidence)]).toEqual((await inTurn(network(head), images(3))).maps);
  });

  it("equal images, which prove nothing, stays undecided", async () => {
    const { runtime, sizes } = counting();
    const model = await openModel(network(heads["a class token"] as Head), runtime);
    const explainer = await createExplainer(model, { runtime, layer: "features" });
    const twice = float32([2, 2, 6, 6], Float32Array.of(...floats(images(1)), ...floats(images(1))));
    for (let i = 0; i < 2; i++) await explainer.explain(twice);
    expect(sizes).toEqual([1, 1, 1, 1]);
  });

  it("a compiled explanation still takes one image", async () => {
    const model = await openModel(network(transformer), runtime);
    const compiled = readModel(writeModel(compileExplanation(model, { layer: "features" })));
    expect(compiled.inputs).toEqual([{ name: "x", type: "float32", dims: [1, 2, 6, 6] }]);
    const session = await runtime.open(compiled);
    expect((await session.run({ x: images(1) })).heatmap?.dims).toEqual([1, 1, 6, 6]);
  });
});

it("a file for batches is run at once from the first", async () => {
  const { runtime, sizes } = counting();
  const op = new Builder();
  op.output(
    op.Relu(
      op.Flatten(op.Conv(op.input("x", "float32", ["N", 2, 6, 6]), op.constant(randomTensor([3, 2, 5, 5], "w")))),
    ),
  );
  const explainer = await createExplainer(await openModel(op.graph, runtime), { runtime });
  await explainer.explain(images(3));
  expect(sizes).toEqual([3]);
});
