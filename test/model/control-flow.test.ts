/** @file If and Loop: what is decided before the image comes becomes plain nodes, the rest is refused where it is in the way. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../src/explain/explainer.js";
import { openModel } from "../../src/model/open.js";
import { Builder } from "../../src/onnx/builder.js";
import { emptyGraph, type Graph, type Value } from "../../src/onnx/graph.js";
import { readModel } from "../../src/onnx/read/read.js";
import { float32, int64, numbers, Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { settleControlFlow } from "../../src/runtime/settle.js";
import { images } from "../explain/architectures/networks.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { runFresh } from "../support/models/run.js";
import { runtime } from "../support/runtime.js";

type Build = (op: Builder, x: Value) => Value;

const graphOf = (name: string, build: (op: Builder) => readonly Value[]) => {
  const op = new Builder(emptyGraph(name), name);
  for (const value of build(op)) op.output(value);
  return { type: "graph", value: op.graph } as const;
};

const bool = (value: boolean) => new Tensor("bool", [], Uint8Array.of(value ? 1 : 0));

/** y = what `build` makes of x [N, 3, 1]. */
function model(build: Build, dims: (number | string)[] = ["N", 3, 1]): Graph {
  const op = new Builder();
  op.output(op.Neg(build(op, op.input("x", "float32", dims))), "y");
  return op.graph;
}

/** If(condition) x squeezed along its last axis, else x. */
const branches = (op: Builder, x: Value, condition: Value): Value => {
  const then_branch = graphOf("then", (inner) => [inner.Squeeze(x, inner.ints([2]))]);
  const else_branch = graphOf("else", (inner) => [inner.Identity(x)]);
  return op.node("If", [condition], { then_branch, else_branch })[0] as Value;
};

/** A loop whose body adds to a sum the power x^(i+1), and hands out each power. */
function powers(
  op: Builder,
  x: Value,
  times: Value | undefined,
  condition: Value | undefined,
  goesOn?: Build,
): Value[] {
  const body = new Builder(emptyGraph("body"), "body");
  const [i, was] = [body.input("i", "int64", []), body.input("was", "bool", [])];
  const [sum, power] = [body.input("sum", "float32"), body.input("power", "float32")];
  const next = body.Mul(power, x);
  body.output(goesOn ? goesOn(body, i) : body.Identity(was));
  body.output(body.Add(sum, body.Mul(next, body.Cast(body.Add(i, body.int(1)), { to: 1 }))));
  body.output(next);
  body.output(body.Identity(next));
  const zero = op.Mul(x, op.scalar(0));
  const one = op.Add(zero, op.scalar(1));
  return op.node("Loop", [times, condition, zero, one], { body: { type: "graph", value: body.graph } }, 3);
}

const decided: Record<string, Build> = {
  "an If on the size that x's last axis has (PyTorch's squeeze)": (op, x) => {
    const size = op.Gather(op.Shape(x), op.int(2));
    return branches(op, x, op.Equal(size, op.int(1)));
  },
  "an If on a size that x's axis does not have": (op, x) =>
    op.Flatten(branches(op, x, op.Equal(op.Gather(op.Shape(x), op.int(1)), op.int(1)))),
  "an If on a part of the shape": (op, x) => {
    const part = op.Slice(op.Shape(x), op.ints([1]), op.ints([3]));
    return branches(op, x, op.Equal(op.ReduceProd(part, { keepdims: 0 }), op.int(3)));
  },
  "an If on arithmetic with constants": (op, x) => {
    const [a, b] = [op.constant(int64([2], [])), op.Cast(op.scalar(3.2), { to: 7 })];
    return branches(op, x, op.And(op.Less(a, b), op.Not(op.Or(op.Equal(a, b), op.constant(bool(false))))));
  },
  "an If in the branch of an If": (op, x) => {
    const then_branch = graphOf("outer", (inner) => [
      branches(inner, x, inner.Equal(inner.Size(inner.constant(int64([1, 2, 3]))), inner.int(3))),
    ]);
    const else_branch = graphOf("other", (inner) => [inner.Neg(x)]);
    return op.node("If", [op.Equal(op.Shape(x, { start: 2 }), op.ints([1]))], { then_branch, else_branch })[0] as Value;
  },
  "a Loop of three repetitions": (op, x) => {
    const [sum, power, all] = powers(op, x, op.int(3), op.constant(bool(true))) as [Value, Value, Value];
    return op.Add(op.Add(sum, power), op.ReduceSum(all, op.ints([0]), { keepdims: 0 }));
  },
  "a Loop without a condition, over a known size": (op, x) =>
    powers(op, x, op.Gather(op.Shape(x), op.int(1)), undefined)[0] as Value,
  "a Loop until a counted end": (op, x) =>
    powers(op, x, undefined, op.constant(bool(true)), (body, i) => body.Less(i, body.int(4)))[0] as Value,
  "a Loop that ends before its last repetition": (op, x) =>
    powers(op, x, op.int(9), undefined, (body, i) => body.Less(i, body.int(1)))[1] as Value,
};

describe("control flow that is decided in advance becomes plain nodes:", () => {
  it.each(Object.entries(decided))("%s", async (_name, build) => {
    const bytes = writeModel(model(build));
    const feeds = { x: randomTensor([2, 3, 1], "x") };
    const session = await runtime.open(bytes, { optimize: false, threads: 1 });
    const before = await session.run(feeds);
    await session.close();
    const settled = await settleControlFlow(readModel(bytes), runtime);
    expect(settled.nodes.filter(({ op }) => op === "If" || op === "Loop")).toEqual([]);
    const after = await runFresh(settled, feeds);
    expect(after.y?.dims).toEqual(before.y?.dims);
    const [a, b] = [numbers(after.y as Tensor), numbers(before.y as Tensor)];
    for (const [i, value] of b.entries()) expect(a[i]).toBeCloseTo(value, 5);
  });
});

const undecided: Record<string, Build> = {
  "an If on the image": (op, x) => branches(op, x, op.Greater(op.ReduceSum(x, { keepdims: 0 }), op.scalar(0))),
  "an If on the batch's size": (op, x) => branches(op, x, op.Equal(op.Gather(op.Shape(x), op.int(0)), op.int(1))),
  "a Loop as long as the image says": (op, x) =>
    powers(op, x, op.Cast(op.ReduceSum(x, { keepdims: 0 }), { to: 7 }), undefined)[0] as Value,
  "a Loop of 65 repetitions": (op, x) => powers(op, x, op.int(65), undefined)[0] as Value,
  "a Loop without an end": (op, x) => powers(op, x, undefined, op.constant(bool(true)))[0] as Value,
};

describe("control flow that is not stays:", () => {
  it.each(Object.entries(undecided))("%s", async (_name, build) => {
    const settled = await settleControlFlow(readModel(writeModel(model(build))), runtime);
    expect(settled.nodes.filter(({ op }) => op === "If" || op === "Loop")).toHaveLength(1);
  });
});

/** Convolution, `features`, what `tail` makes of them, and class scores; `extra` may add outputs. */
function network(tail: Build, extra?: Build): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 2, 6, 6]);
  const weights = op.constant(randomTensor([4, 2, 3, 3], "w"));
  const features = op.layer("features", "Relu", [op.Conv(x, weights)]);
  op.output(tail(op, op.Flatten(op.GlobalAveragePool(features))), "y");
  if (extra) op.output(extra(op, features), "extra");
  return op.graph;
}

const onImage = (op: Builder, x: Value): Value => {
  const then_branch = graphOf("yes", (inner) => [inner.Exp(x)]);
  const else_branch = graphOf("no", (inner) => [inner.Neg(x)]);
  const condition = op.Greater(op.ReduceSum(x, { keepdims: 0 }), op.scalar(0));
  return op.layer("decide", "If", [condition], { then_branch, else_branch });
};

describe("a network with", () => {
  const explain = async (graph: Graph) => {
    const model = await openModel(writeModel(graph), runtime);
    return (await createExplainer(model, { runtime, layer: "features" })).explain(images(2));
  };

  it("a decided If on the way to the scores is explained", async () => {
    const squeezed = await explain(
      network((op, x) => branches(op, op.Unsqueeze(x, op.ints([2])), op.constant(bool(true)))),
    );
    expect(squeezed.evidence).toEqual((await explain(network((op, x) => op.Identity(x)))).evidence);
  });

  it("an undecided If or Loop on the way is refused in one line", async () => {
    await expect(explain(network(onImage))).rejects.toThrow(
      /^node "decide": operator If has no differentiation rule, because the branch that it takes is not known before it runs \(reached by Identity "y"\): export the model without it, or choose a layer behind it; eigen-cam, .* need no gradient$/,
    );
    const loop: Build = (op, x) =>
      powers(op, x, op.Cast(op.ReduceSum(op.Abs(x), { keepdims: 0 }), { to: 7 }), undefined)[0] as Value;
    await expect(explain(network(loop))).rejects.toThrow(
      /^node "Loop": operator Loop has no differentiation rule, because it is not known before it runs that it repeats at most 64 times/,
    );
    const scan: Build = (op, x) => {
      const body = new Builder(emptyGraph("body"), "body");
      const [state, row] = [body.input("state", "float32", [4]), body.input("row", "float32", [4])];
      body.output(body.Add(state, row));
      body.output(body.Exp(row));
      const start = op.constant(float32([4], [0, 0, 0, 0]));
      const attributes = { body: { type: "graph", value: body.graph }, num_scan_inputs: 1 } as const;
      return op.node("Scan", [start, x], attributes, 2)[1] as Value;
    };
    await expect(explain(network(scan))).rejects.toThrow(
      /^node "Scan": operator Scan has no differentiation rule .*: export the model without it/,
    );
  });

  it("one beside the way to the scores is explained all the same", async () => {
    const plain = await explain(network((op, x) => op.Identity(x)));
    const loop: Build = (op, features) => {
      const count = op.Cast(op.ReduceSum(features, { keepdims: 0 }), { to: 7 });
      return powers(op, features, count, undefined)[0] as Value;
    };
    for (const extra of [onImage, loop]) {
      expect((await explain(network((op, x) => op.Identity(x), extra))).evidence).toEqual(plain.evidence);
    }
  });
});
