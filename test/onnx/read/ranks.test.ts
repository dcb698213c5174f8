/** @file Sizes of more axes than any tensor has are refused before the runtime writes their axes down. */

import { describe, expect, it } from "vitest";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { writeModel } from "../../../src/onnx/write.js";

type Build = (op: Builder, x: string) => string;

function read(build: Build): Graph {
  const op = new Builder();
  op.output(build(op, op.input("x", "float32", ["N", 4])), "y");
  return readModel(writeModel(op.graph), "m.onnx");
}

const long = 1_000_000_000;
const one = (op: Builder) => op.Size("x");
/** Lists of a thousand million sizes. */
const lists: Readonly<Record<string, Build>> = {
  Reshape: (op) => op.Reshape(one(op), op.ints([long])),
  "ConstantOfShape, computed with": (op) => op.Add(op.ConstantOfShape(op.ints([long])), one(op)),
  "Expand of Cast": (op) => op.Expand(op.Cast(one(op), { to: 7 }), op.ints([long])),
  Range: (op) => op.Range(op.int(0), op.int(long), op.int(1)),
  Tile: (op) => op.Tile(op.ints([1]), op.ints([long])),
  Pad: (op) => op.Pad(op.ints([1]), op.ints([0, long])),
  "Concat of many": (op) => op.Concat(op.ints(Array(60).fill(1)), op.ints(Array(60).fill(1)), { axis: 0 }),
};

describe("a list of sizes", () => {
  it.each(Object.keys(lists))("by %s, longer than a tensor has axes, is refused", (name) => {
    const makesList = lists[name] as Build;
    for (const use of [
      (op: Builder, list: string) => op.ConstantOfShape(list),
      (op: Builder, list: string) => op.Expand("x", list),
      (op: Builder, list: string) => op.Reshape("x", list),
    ]) {
      expect(() => read((op, x) => use(op, makesList(op, x)))).toThrow(
        /^m.onnx: node ".*" \(\w+\): expected sizes of at most 64 axes, got \d+/,
      );
    }
  });

  it("is refused in a branch, too, of a list outside", () => {
    const branch = (build: Build) => {
      const inner = new Builder();
      inner.output(build(inner, "x"), "inner");
      return { type: "graph", value: inner.graph } as const;
    };
    expect(() =>
      read((op, x) => {
        const list = op.Reshape(one(op), op.ints([long]));
        const attributes = {
          then_branch: branch((inner) => inner.ConstantOfShape(list)),
          else_branch: branch((inner) => inner.Identity(x)),
        };
        return op.node("If", [op.Cast(one(op), { to: 9 })], attributes)[0] as string;
      }),
    ).toThrow(/ConstantOfShape.*at most 64 axes/);
  });

  it("is accepted where a network asks for sizes as networks do", () => {
    const graph = read((op, x) => {
      const rows = op.Gather(op.Shape(x), op.ints([0]));
      const weights = op.Reshape(x, op.Concat(rows, op.ints([2, 2]), { axis: 0 }));
      return op.Expand(weights, op.Concat(op.ints([1]), op.ints([1, 1]), { axis: 0 }));
    });
    expect(graph.nodes.length).toBeGreaterThan(0);
  });
});
