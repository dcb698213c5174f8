/** @file What a graph asks for is worked out before it runs: sizes, steps, work, and divisions that end the process. */

import { describe, expect, it } from "vitest";
import { boundGraph } from "../../src/model/bounds/bound-graph.js";
import { Builder } from "../../src/onnx/builder.js";
import { emptyGraph, type Graph, type Value } from "../../src/onnx/graph.js";
import { hasGuards } from "../../src/onnx/rewrite/guard-division.js";
import { float32, int64, numbers, Tensor } from "../../src/onnx/tensor.js";
import { inferTypes } from "../../src/runtime/infer-types.js";
import { runFresh } from "../support/models/run.js";
import { runtime } from "../support/runtime.js";

type Build = (op: Builder, x: Value) => Value;

const bounded = async (graph: Graph) => boundGraph(await inferTypes(graph, runtime), { where: "net", runtime });

/** y = what `build` makes of x [N, 3, 8, 8]. */
function graphOf(build: Build): Graph {
  const op = new Builder();
  op.output(build(op, op.input("x", "float32", ["N", 3, 8, 8])), "y");
  return op.graph;
}

const bodyOf = (name: string, build: (op: Builder) => readonly Value[]) => {
  const op = new Builder(emptyGraph(name), name);
  for (const value of build(op)) op.output(value);
  return { type: "graph", value: op.graph } as const;
};

const whole = (op: Builder, value: Value) => op.Cast(value, { to: 7 });
/** exp(power) as a whole number: a constant that the runtime alone can tell. */
const exp = (op: Builder, power: number) => whole(op, op.Exp(op.scalar(power)));
const asList = (op: Builder, value: Value) => op.Unsqueeze(value, op.ints([0]));

const vast: Readonly<Record<string, Build>> = {
  "a size that the runtime computes of constants": (op) => op.ConstantOfShape(asList(op, exp(op, 25))),
  "a size that depends on another that is computed": (op) => {
    const range = op.Range(op.int(0), exp(op, 11), op.int(1));
    return op.ConstantOfShape(asList(op, op.ReduceSum(range, { keepdims: 0 })));
  },
  "a size that grows with that of the image": (op, x) => op.Expand(x, op.Mul(op.Shape(x), op.ints([1, 5000, 5000, 1]))),
  "a range of tiny steps": (op) => op.Range(op.scalar(0), op.Exp(op.scalar(1)), op.scalar(1e-12)),
  "copies of copies": (op, x) =>
    op.Tile(x, op.Concat(op.ints([1, 1, 1]), asList(op, op.Mul(op.Size(x), op.int(1e7))), { axis: 0 })),
  "products of constants": (op) => {
    const square = op.ConstantOfShape(op.ints([4096, 4096]));
    return op.MatMul(square, square);
  },
  "products for an image": (op, x) => {
    let product = op.Expand(op.ReduceMax(x, { keepdims: 0 }), op.ints([8192, 8192]));
    for (let i = 0; i < 40; i++) product = op.MatMul(product, product);
    return product;
  },
  "a Fourier transform of a prime length": (op) =>
    op.node("DFT", [op.ConstantOfShape(op.ints([1, 4_000_037, 1]))], { axis: 1 })[0],
  "steps of a loop that the runtime computes": (op) => loop(op, exp(op, 20)),
  "steps of a loop that grow with the image": (op, x) => loop(op, op.Mul(op.Size(x), op.int(1e9))),
  "a scan in a scan": (op) => scan(op, 2000, (inner) => scan(inner, 2000)),
  "a scan over a size that its body computes": (op) =>
    scan(op, 100, (inner) => scanOver(inner, inner.ConstantOfShape(inner.ints([300_000, 1])))),
  "a sequence in parts of nothing": (op, x) => {
    const parts = op.node("SplitToSequence", [x, exp(op, -1)], { axis: 1 })[0];
    return op.node("SequenceAt", [parts, op.int(0)])[0];
  },
};

function loop(op: Builder, count: Value): Value {
  const inner = new Builder(emptyGraph("body"), "body");
  inner.input("i", "int64", []);
  inner.output(inner.Identity(inner.input("go", "bool", [])));
  inner.output(inner.Identity(inner.input("n", "float32", [])));
  return op.node("Loop", [count, "", op.scalar(0)], { body: { type: "graph", value: inner.graph } })[0];
}

/** A sum over rows of zeros, with what the body makes. */
function scan(op: Builder, rows: number, inside?: (inner: Builder) => Value): Value {
  return scanOver(op, op.constant(new Tensor("float32", [rows, 1], new Float32Array(rows))), inside);
}

let bodies = 0;
function scanOver(op: Builder, over: Value, inside?: (inner: Builder) => Value): Value {
  const inner = new Builder(emptyGraph("body"), `body${bodies++}`);
  const row = inner.input(`row${bodies}`, "float32");
  const value = inside
    ? inner.Add(inner.ReduceSum(row, { keepdims: 0 }), inside(inner))
    : inner.ReduceSum(row, { keepdims: 0 });
  inner.output(value);
  const results = op.node("Scan", [over], { body: { type: "graph", value: inner.graph }, num_scan_inputs: 1 })[0];
  return op.ReduceSum(results, { keepdims: 0 });
}

describe("boundGraph", () => {
  it("refuses each vast wish in a sentence, and computes none of it", async () => {
    const began = performance.now();
    const sentences: Record<string, string> = {};
    for (const [name, build] of Object.entries(vast)) {
      sentences[name] = await bounded(graphOf(build)).then(
        () => "nothing is refused",
        (error: Error) => error.message.replace(/^net: (?:node|value) "[^"]*" ?/, ""),
      );
    }
    expect(sentences).toMatchInlineSnapshot(`
      {
        "a Fourier transform of a prime length": "(DFT): expected a network of at most 4294967488 operations on constants, got more",
        "a range of tiny steps": "(Range): expected at most 67108864 elements for an image, got 2718281756773",
        "a scan in a scan": "(Scan): expected loops that run at most 2000000 nodes, got 4000000",
        "a scan over a size that its body computes": "(Scan): expected loops that run at most 2000000 nodes, got 30000000",
        "a sequence in parts of nothing": "(SplitToSequence): expected numbers from 1 on, got 0",
        "a size that depends on another that is computed": "(ConstantOfShape): expected at most 67108864 elements for an image, got 1792418001",
        "a size that grows with that of the image": "(Expand): expected at most 67108864 elements for an image, got 4800000000",
        "a size that the runtime computes of constants": "(ConstantOfShape): expected at most 67108864 elements for an image, got 72004902912",
        "copies of copies": "(Tile): expected at most 67108864 elements for an image, got 368640000000",
        "products for an image": "(MatMul): expected a network of at most 17592186044416 multiplications for an image, got more",
        "products of constants": "(MatMul): expected a network of at most 4294967424 operations on constants, got more",
        "steps of a loop that grow with the image": "(Loop): expected loops that run at most 2000000 nodes, got 384000000000",
        "steps of a loop that the runtime computes": "(Loop): expected at most 10000 steps, got more",
      }
    `);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it("takes sizes, loops and scans of networks as they are", async () => {
    const graph = graphOf((op, x) => {
      const wide = op.Expand(
        op.Tile(x, op.ints([1, 1, 2, 2])),
        op.Concat(op.Shape(x, { end: 1 }), op.ints([3, 16, 16]), { axis: 0 }),
      );
      const steps = op.Add(
        loop(op, op.int(100)),
        scan(op, 100, (inner) => scan(inner, 20)),
      );
      return op.Add(wide, op.Mul(steps, op.scalar(0)));
    });
    expect((await bounded(graph)).nodes).toHaveLength(graph.nodes.length);
  });
});

describe("divisions of whole numbers", () => {
  const lowest = BigInt64Array.of(-(2n ** 63n));

  /** x / y of int64 inputs. */
  function division(operator: "Div" | "Mod", attributes = {}): Graph {
    const op = new Builder();
    const [x, y] = [op.input("x", "int64", ["K"]), op.input("y", "int64", ["K"])];
    op.output(op.node(operator, [x, y], attributes)[0], "z");
    return op.graph;
  }

  it("by -1 give the opposite, for the lowest number itself", async () => {
    const feeds = {
      x: new Tensor("int64", [6], BigInt64Array.of(...lowest, 7n, -7n, 7n, -9n, 5n)),
      y: int64([-1, -1, -1, 2, -2, 1]),
    };
    const divided = await bounded(division("Div"));
    expect(hasGuards(divided)).toBe(true);
    expect((await runFresh(divided, feeds)).z?.data).toEqual(BigInt64Array.of(...lowest, -7n, 7n, 3n, 4n, 5n));
    const rest = await bounded(division("Mod"));
    expect(numbers((await runFresh(rest, feeds)).z as Tensor)).toEqual([0, 0, 0, 1, -1, 0]);
  });

  it("are guarded in constants and in branches too", async () => {
    const graph = graphOf((op, x) => {
      const constant = op.node("Div", [op.constant(new Tensor("int64", [], lowest)), op.int(-1)])[0];
      const minus = whole(op, op.Sub(op.Mul(op.ReduceMax(x, { keepdims: 0 }), op.scalar(0)), op.scalar(1)));
      const then_branch = bodyOf("then", (inner) => [inner.node("Mod", [constant, minus])[0]]);
      const else_branch = bodyOf("else", (inner) => [inner.Identity(minus)]);
      const condition = op.Less(minus, op.int(0));
      return op.Cast(op.node("If", [condition], { then_branch, else_branch })[0], { to: 1 });
    });
    const image = float32([1, 3, 8, 8], new Float32Array(192));
    expect(numbers((await runFresh(await bounded(graph), { x: image })).y as Tensor)).toEqual([0]);
  });

  it("stay as they are where the divisor follows from sizes and constants, and for other types", async () => {
    const graph = graphOf((op, x) => {
      const size = op.Gather(op.Shape(x), op.int(2));
      const patches = op.Div(op.Div(op.Size(x), op.int(4)), op.Mul(size, op.Gather(op.Shape(x), op.int(0))));
      const computed = op.Div(op.Size(x), whole(op, op.Floor(op.Mul(op.scalar(2.5), op.scalar(2)))));
      return op.Div(x, op.Cast(op.Add(patches, computed), { to: 1 }));
    });
    const result = await bounded(graph);
    expect(hasGuards(result)).toBe(false);
    expect(result.nodes).toHaveLength(graph.nodes.length);
  });
});
