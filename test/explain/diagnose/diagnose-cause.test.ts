/** @file Why a layer does not move the score: what ends, fades or cancels its gradient, what is silent. */

import { describe, expect, it } from "vitest";
import type { CamMethod } from "../../../src/explain/method.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph, Value } from "../../../src/onnx/graph.js";
import { float32, type Tensor } from "../../../src/onnx/tensor.js";
import { constant, diagnosed, filled, hidden, linear, network, picture, slope } from "../architectures/unreadable.js";
import { vit } from "../architectures/vit.js";

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

  it("is traced to a probability that the file goes on computing with", async () => {
    const graph = network((op, features) => {
      const p = op.layer("p", "Sigmoid", [
        op.Slice(linear([4, 4], [1, 1])(op, features), op.ints([0]), op.ints([1]), op.ints([1])),
      ]);
      return op.Concat(op.Mul(p, p), p, { axis: 1 });
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
      suggestions: [{ layer: "features" }],
    });
    expect(found.text).toContain("Layer features (2x4x4) gives a readable map.");
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
    const found = await diagnosed(options);
    expect(found).toMatchObject({
      condition: "no-gradient",
      cause: { kind: "cancelled" },
      suggestions: [{ method: "hires-cam" }],
    });
    const without = await diagnosed({ ...options, full: { methods: [] } });
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
      needsGradient: true,
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
