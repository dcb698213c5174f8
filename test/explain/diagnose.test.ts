/** @file Why maps cannot be read: small networks and images that make each kind of such a map. */

import { describe, expect, it } from "vitest";
import {
  type CamMethod,
  createExplainer,
  type DiagnoseFullyOptions,
  type Diagnosis,
  diagnoseFully,
  diagnosisOf,
  type Explainer,
  type ExplainerOptions,
  openModel,
} from "../../src/explain/index.js";
import { Builder, float32, floats, type Graph, type Tensor, type Value } from "../../src/onnx/index.js";
import { nodeRuntime } from "../../src/runtime/node.js";
import { convNet, images } from "./networks.js";
import { vit } from "./vit.js";

interface Case extends Omit<ExplainerOptions, "runtime"> {
  readonly graph: Graph;
  readonly image: Tensor;
  /** Default 0. */
  readonly class?: number;
  readonly full?: DiagnoseFullyOptions;
}

/** Explains and diagnoses; every suggestion is tried once more. */
async function diagnosed({ graph, image, class: index = 0, full, ...options }: Case): Promise<Diagnosis> {
  const model = await openModel(graph, nodeRuntime);
  const explainer = await createExplainer(model, { ...options, runtime: nodeRuntime });
  const explanation = await explainer.explain(image, { classes: [index] });
  const diagnosis = await diagnoseFully(explainer, image, explanation, 0, 0, full);
  for (const { class: other, ...changed } of diagnosis.suggestions) {
    const method = full?.methods?.find(({ name }) => name === changed.method) ?? "grad-cam";
    const trial = await createExplainer(model, { ...options, ...changed, method, runtime: nodeRuntime });
    const tried = await trial.explain(image, { classes: [other ?? index] });
    expect(diagnosisOf(tried, 0).condition).toBe("fine");
  }
  return diagnosis;
}

const filled = (size: number, value: (i: number) => number) => Float32Array.from({ length: size }, (_, i) => value(i));
const constant = (op: Builder, dims: number[], values: Float32Array | number[]) => op.constant(float32(dims, values));

/** What stands behind the features, up to the scores. */
type Head = (op: Builder, features: Value) => Value;

/**
 * Two channels pass through a ReLU as they are (`stem`), and are averaged over 2x2 (`features`): the image decides the
 * activations, the head the weights.
 */
function network(head: Head, size = 8): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 2, size, size]);
  const stem = op.layer("stem", "Relu", [op.Conv(x, constant(op, [2, 2, 1, 1], [1, 0, 0, 1]))]);
  op.output(head(op, op.layer("features", "AveragePool", [stem], { kernel_shape: [2, 2], strides: [2, 2] })), "y");
  return op.graph;
}

/** The mean of each channel, and a linear layer with the given rows. */
const linear =
  (...rows: number[][]): Head =>
  (op, features) =>
    op.Gemm(op.Flatten(op.GlobalAveragePool(features)), constant(op, [rows.length, 2], rows.flat()), { transB: 1 });

/** One hidden layer of four units, biased, with the given activation. */
const hidden =
  (bias: number, activate: (op: Builder, x: Value) => Value, scale = 1): Head =>
  (op, features) => {
    const weights = constant(
      op,
      [4, 2],
      filled(8, (i) => scale * (i + 1)),
    );
    const sum = op.Gemm(
      op.Flatten(op.GlobalAveragePool(features)),
      weights,
      constant(
        op,
        [4],
        filled(4, () => bias),
      ),
      {
        transB: 1,
      },
    );
    return op.Gemm(
      activate(op, sum),
      constant(
        op,
        [2, 4],
        filled(8, (i) => 1 + i),
      ),
      { transB: 1 },
    );
  };

/** Channels of size x size pixels by row and column. */
function picture(first: (y: number, x: number) => number, second = first, size = 8): Tensor {
  const area = size * size;
  const at = (value: typeof first, i: number) => value(Math.floor(i / size), i % size);
  return float32(
    [1, 2, size, size],
    filled(2 * area, (i) => (i < area ? at(first, i) : at(second, i - area))),
  );
}

const slope = picture((y, x) => 1 + y + x);
const spot = (row: number, column: number, high: number, low: number) => (y: number, x: number) =>
  Math.floor(y / 2) === row && Math.floor(x / 2) === column ? high : low;

describe("a map that can be read", () => {
  it("is fine", async () => {
    const found = await diagnosed({ graph: convNet(), image: images(1), class: 1, layer: "stem" });
    expect(found).toMatchObject({ condition: "fine", text: "", suggestions: [] });
  });

  it("costs no further run", async () => {
    let opened = 0;
    const open: typeof nodeRuntime.open = (...args) => {
      opened++;
      return nodeRuntime.open(...args);
    };
    const runtime = { ...nodeRuntime, open };
    const explainer = await createExplainer(await openModel(network(linear([1, 2])), nodeRuntime), { runtime });
    const explanation = await explainer.explain(slope);
    await diagnoseFully(explainer, slope, explanation, 0);
    expect(opened).toBe(1);
  });
});

describe("a map of numbers that are not finite", () => {
  it("is traced to the node where the network overflows", async () => {
    const graph = network((op, features) =>
      linear([1, 1])(
        op,
        op.layer("second", "Mul", [op.layer("first", "Mul", [features, op.scalar(1e30)]), op.scalar(1e30)]),
      ),
    );
    const found = await diagnosed({ graph, image: slope });
    expect(found).toMatchObject({
      condition: "not-finite",
      cause: { kind: "overflow", node: "second", op: "Mul", count: 32, of: 32 },
      suggestions: [],
    });
    expect(found.text).toMatch(
      /^\d+ of the map's 16 values are not finite, and neither is the score\. It begins at Mul/,
    );
  });

  it("is traced to weights that are none", async () => {
    const graph = network(linear([Number.NaN, 1]));
    const { cause } = await diagnosed({ graph, image: slope });
    expect(cause).toMatchObject({ kind: "overflow", op: "Gemm", count: 1, of: 2 });
    expect(cause?.text).toContain("its weights");
  });

  it("is traced to the gradient where that alone overflows", async () => {
    const graph = network((op, features) => {
      const small = op.layer("small", "Mul", [features, op.scalar(1e-35)]);
      return linear([1, 1])(
        op,
        op.layer("large", "Mul", [op.layer("up", "Mul", [small, op.scalar(1e25)]), op.scalar(1e25)]),
      );
    });
    const found = await diagnosed({ graph, image: slope, layer: "small" });
    expect(found).toMatchObject({
      condition: "not-finite",
      cause: { kind: "overflow", node: "up" },
      suggestions: [{ layer: "large" }],
    });
    expect(found.text).not.toContain("score");
  });
});

describe("a map without evidence for the class", () => {
  it("says how much speaks against it, and that its negative or the predicted class has a map", async () => {
    const found = await diagnosed({ graph: network(linear([-1, -2], [1, 2])), image: slope });
    expect(found).toMatchObject({
      condition: "all-against",
      facts: { negativePositions: 16, negativeShare: 1, height: 4, width: 4 },
      suggestions: [{ against: true }, { class: "predicted" }],
    });
    expect(found.facts.probability).toBeLessThan(1e-10);
    expect(found.text).toMatch(
      /^Nothing at this layer speaks for this class \(probability \de-\d+ %\): 16 of 16 positions speak against it\. Look at what speaks against it instead, or at the predicted class, 1\.$/,
    );
  });

  it("says the same of what speaks against it", async () => {
    const found = await diagnosed({ graph: network(linear([1, 2], [1, 1])), image: slope, against: true });
    expect(found).toMatchObject({ condition: "all-against", suggestions: [{ against: false }] });
    expect(found.text).toContain("16 of 16 positions speak for it");
  });

  it("names a layer that has some for the predicted class", async () => {
    const graph = network((op, features) => {
      const below = op.layer("below", "Sub", [features, op.scalar(100)]);
      return linear([1, 2], [0, 0])(op, op.layer("above", "Add", [below, op.scalar(100)]));
    });
    const found = await diagnosed({ graph, image: slope, layer: "below" });
    expect(found).toMatchObject({ condition: "all-against", suggestions: [{ layer: "above" }, { against: true }] });
  });

  it("says when hardly any is left", async () => {
    const image = picture(spot(1, 2, 0, 10), spot(1, 2, 0.5, 0));
    const found = await diagnosed({ graph: network(linear([-1, 1], [1, 1])), image });
    expect(found).toMatchObject({ condition: "mostly-against", facts: { negativePositions: 15, row: 1, column: 2 } });
    expect(found.facts.negativeShare).toBeCloseTo(150 / 150.5);
    expect(found.text).toContain("Only 0.3 % of the evidence at this layer speaks for this class");
  });
});

describe("a map of a layer that does not move the score", () => {
  it("is traced to units that are off", async () => {
    const found = await diagnosed({
      graph: network(hidden(-1e4, (op, x) => op.layer("off", "Relu", [x]))),
      image: slope,
    });
    expect(found).toMatchObject({
      condition: "no-gradient",
      facts: { weighted: 0, channels: 2 },
      cause: { kind: "dead-units", node: "off", op: "Relu", count: 4, of: 4 },
      suggestions: [],
    });
    expect(found.text).toBe(
      'All 2 channels of this layer have weight zero for this class. The gradient ends at Relu "off" behind the layer: ' +
        "4 of the 4 units there that the class depends on are off. No other stage that was tried gives a readable map.",
    );
  });

  it("is traced to clipped units that are off, or saturated", async () => {
    const clip = (op: Builder, x: Value) => op.layer("clip", "Clip", [x, op.scalar(0), op.scalar(6)]);
    const off = await diagnosed({ graph: network(hidden(-1e4, clip)), image: slope });
    expect(off.cause).toMatchObject({ kind: "dead-units", node: "clip", count: 4, of: 4 });
    const high = await diagnosed({ graph: network(hidden(1e4, clip)), image: slope });
    expect(high.cause).toMatchObject({ kind: "saturated", node: "clip", count: 4, of: 4, largest: 6 });
  });

  it.each([
    ["Sigmoid", 1],
    ["Tanh", 1],
    ["HardSigmoid", 1],
  ])("is traced to a saturated %s", async (operator, largest) => {
    const graph = network(hidden(200, (op, x) => op.layer("squash", operator, [x])));
    const { condition, cause } = await diagnosed({ graph, image: slope });
    expect(condition).toBe("no-gradient");
    expect(cause).toMatchObject({ kind: "saturated", node: "squash", op: operator, count: 4, of: 4, largest });
  });

  it("is traced to a softmax before the last one, with the probability that saturates it", async () => {
    const graph = network((op, features) =>
      op.Softmax(op.layer("inner", "Softmax", [linear([3, 3], [1, 1], [2, 1])(op, features)])),
    );
    const found = await diagnosed({ graph, image: slope });
    expect(found).toMatchObject({ condition: "no-gradient", cause: { kind: "saturated", node: "inner" } });
    expect(found.cause?.largest).toBeGreaterThan(0.9999);
    expect(found.facts.effect).toBeLessThan(1e-5);
    expect(found.text).toMatch(
      /hardly moves the score: .* than float32 can resolve\. The gradient all but ends at Softmax "inner"/,
    );
  });

  it("is traced to a probability that the file turns into two", async () => {
    const graph = network((op, features) => {
      const p = op.layer("p", "Sigmoid", [
        op.Slice(linear([4, 4], [1, 1])(op, features), op.ints([0]), op.ints([1]), op.ints([1])),
      ]);
      return op.Concat(op.Sub(op.scalar(1), p), p, { axis: 1 });
    });
    const { condition, cause } = await diagnosed({ graph, image: slope, class: 1 });
    expect(condition).toBe("no-gradient");
    expect(cause).toMatchObject({ kind: "saturated", node: "p", op: "Sigmoid", count: 1, of: 1 });
  });

  it("is traced to an operator without a slope", async () => {
    const graph = network((op, features) => linear([1, 1])(op, op.layer("steps", "Round", [features])));
    const { condition, cause } = await diagnosed({ graph, image: slope, layer: "features" });
    expect(condition).toBe("no-gradient");
    expect(cause).toMatchObject({ kind: "blocked", node: "steps", op: "Round" });
    expect(cause?.text).toContain("whose slope is zero everywhere");
  });

  it("is traced to where the class reads something else, and a layer on its way is named", async () => {
    const graph = network((op, features) => {
      const left = linear([1, 1])(op, op.layer("left", "Relu", [features]));
      const right = linear([1, 2])(op, op.layer("right", "Relu", [features]));
      return op.layer("both", "Concat", [left, right], { axis: 1 });
    });
    const found = await diagnosed({ graph, image: slope, layer: "left", class: 1 });
    expect(found).toMatchObject({
      condition: "no-gradient",
      cause: { kind: "off-path", node: "both", op: "Concat" },
      suggestions: [{ layer: "right" }],
    });
    expect(found.text).toContain("Layer right (2x4x4) gives a readable map.");
  });

  it("is traced to the tokens beside the grid, behind a transformer's last attention", async () => {
    const found = await diagnosed({
      graph: vit(),
      image: float32(
        [1, 3, 8, 8],
        filled(192, (i) => Math.sin(i)),
      ),
      layer: "last",
    });
    expect(found).toMatchObject({ condition: "no-gradient", cause: { kind: "off-path" } });
    expect(found.suggestions).toHaveLength(1);
    expect(found.text).toContain("only the token beside its 4x4 places reach");
  });

  it("names no layer where none of the places reaches the scores", async () => {
    const op = new Builder();
    const tokens = op.Reshape(op.input("x", "float32", ["N", 1, 17, 3]), op.ints([0, 17, 3]));
    const ones = constant(op, [3], [1, 1, 1]);
    const normal = op.layer("normal", "LayerNormalization", [tokens, ones]);
    op.output(op.Gemm(op.Gather(normal, op.int(0), { axis: 1 }), constant(op, [3, 2], [1, 2, 3, 4, 5, 7])), "y");
    const image = float32(
      [1, 1, 17, 3],
      filled(51, (i) => Math.cos(i)),
    );
    const found = await diagnosed({ graph: op.graph, image, layer: "normal" });
    expect(found).toMatchObject({ condition: "no-gradient", cause: { kind: "off-path" }, suggestions: [] });
  });

  it("is traced to a mean that cancels, and a method without that mean is named if there is one", async () => {
    const hiresCam: CamMethod = {
      name: "hires-cam",
      title: "HiResCAM",
      paper: "Draelos and Carin 2020",
      build: (op, { activation, gradient }) => ({
        evidence: op.ReduceSum(op.Mul(activation, gradient), op.ints([1]), { keepdims: 1 }),
      }),
    };
    const graph = network((op, features) => {
      const ones = constant(op, [2], [1, 1]);
      const [normal] = op.node("InstanceNormalization", [features, ones, constant(op, [2], [0, 0.3])]);
      return linear([1, 1])(op, op.layer("rectified", "Relu", [normal]));
    });
    const image = picture(
      (y, x) => Math.abs(Math.sin(3 * y + x)),
      (y, x) => Math.abs(Math.cos(y * x)),
    );
    const options = { graph, image, layer: "features" };
    const found = await diagnosed({ ...options, full: { methods: [hiresCam] } });
    expect(found).toMatchObject({
      condition: "no-gradient",
      cause: { kind: "cancelled" },
      suggestions: [{ method: "hires-cam" }],
    });
    const without = await diagnosed(options);
    expect(without).toMatchObject({ cause: { kind: "cancelled" }, suggestions: [{ layer: "rectified" }] });
  });

  it("is silent where the class has weight", async () => {
    const image = picture(
      (y, x) => 1 + y + x,
      () => -1,
    );
    const found = await diagnosed({ graph: network(linear([0, 1], [1, 0])), image });
    expect(found).toMatchObject({
      condition: "silent-layer",
      facts: { weighted: 1, channels: 2 },
      cause: { kind: "dead-channels", count: 1, of: 2 },
    });
    expect(found.text).toContain(
      "the class has weight in 1 of its 2 channels, and these are zero on this image. 1 of its 2 channels",
    );
  });

  it("decides between the two for a method without channel weights", async () => {
    const bare: CamMethod = {
      name: "bare",
      title: "Bare",
      paper: "none",
      build: (op, { activation, gradient }) => ({
        evidence: op.ReduceSum(op.Mul(activation, gradient), op.ints([1]), { keepdims: 1 }),
      }),
    };
    const dark = picture(() => -1);
    const explain = async (graph: Graph, image: Tensor) => diagnosed({ graph, image, method: bare, layer: "features" });
    expect((await explain(network(linear([1, 1])), dark)).condition).toBe("silent-layer");
    const off = network(hidden(-1e4, (op, x) => op.Relu(x)));
    expect((await explain(off, slope)).condition).toBe("no-gradient");
  });
});

describe("a map that cannot say where", () => {
  it("is constant where all positions were pooled before, and an earlier layer is named", async () => {
    const graph = network((op, features) => {
      const pooled = op.layer("pool", "GlobalAveragePool", [features]);
      const spread = op.layer("spread", "Expand", [pooled, op.Shape(features)]);
      return linear([1, 2], [1, 1])(op, op.layer("context", "Relu", [spread]));
    });
    const found = await diagnosed({ graph, image: slope, layer: "context" });
    expect(found).toMatchObject({
      condition: "constant",
      cause: { kind: "pooled", node: "pool", op: "GlobalAveragePool" },
      suggestions: [{ layer: "stem" }],
    });
    expect(found.text).toContain("the same value at all 16 positions");
  });

  it("is constant, without such a cause, for an empty picture", async () => {
    const found = await diagnosed({ graph: network(linear([1, 2])), image: picture(() => 1) });
    expect(found).toMatchObject({ condition: "constant", suggestions: [] });
    expect(found.cause).toBeUndefined();
  });

  it("is flat where its values hardly differ", async () => {
    const found = await diagnosed({ graph: network(linear([1, 2])), image: picture((y, x) => 100 + (y + x) / 2) });
    expect(found.condition).toBe("flat");
    expect(found.facts.weakest).toBeCloseTo(100.5 / 106.5, 2);
  });

  it("is a single position, with its place and share, and a finer layer is named", async () => {
    const image = picture(
      (y, x) => (y > 3 || x > 3 ? 0.01 : y === 0 || x === 0 ? 5 : 4),
      () => 0,
      12,
    );
    const graph = network((op, features) => {
      const pool = { kernel_shape: [2, 2], strides: [2, 2] };
      return linear([1, 1])(op, op.layer("coarser", "AveragePool", [features], pool));
    }, 12);
    const found = await diagnosed({ graph, image, layer: "coarser" });
    expect(found).toMatchObject({
      condition: "single-pixel",
      facts: { row: 0, column: 0, height: 3, width: 3 },
      suggestions: [{ layer: "features" }],
    });
    expect(found.facts.peakShare).toBeGreaterThan(0.95);
    expect(found.text).toMatch(
      /^One position \(row 0, column 0 of 3x3\) holds 98 % of the evidence, and outshines all others \d+ to 1\. Layer features \(2x6x6\) gives a readable map\.$/,
    );
  });

  it("is coarse with four positions or fewer", async () => {
    const found = await diagnosed({
      graph: network(linear([1, 2]), 4),
      image: picture((y, x) => 1 + y * x, undefined, 4),
    });
    expect(found).toMatchObject({
      condition: "coarse",
      facts: { height: 2, width: 2 },
      suggestions: [{ layer: "stem" }],
    });
    expect(found.text).toBe(
      "The layer has 2x2 positions: too few to say where. Layer stem (2x4x4) gives a readable map.",
    );
  });
});

it("diagnoses each image and class of a batch on its own", async () => {
  const model = await openModel(network(linear([1, 1], [-1, -1])), nodeRuntime);
  const explainer: Explainer = await createExplainer(model, { runtime: nodeRuntime });
  const batch = float32([2, 2, 8, 8], [...floats(picture(() => 1)), ...floats(slope)]);
  const explanation = await explainer.explain(batch, { classes: [0, 1] });
  const found = [0, 1].map((i) => [0, 1].map((k) => diagnosisOf(explanation, i, k).condition));
  expect(found).toEqual([
    ["constant", "all-against"],
    ["fine", "all-against"],
  ]);
  const full = await diagnoseFully(explainer, batch, explanation, 1, 1);
  expect(full.suggestions).toEqual([{ against: true }, { class: "predicted" }]);
});
