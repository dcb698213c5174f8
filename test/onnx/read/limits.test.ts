/** @file What files may not ask for: each with a line of its own, and soon. */

import { describe, expect, it } from "vitest";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import {
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation,
  TensorProto_DataType as Type,
} from "../../../src/onnx/proto/onnx_pb.js";
import { refuseEndlessLoops } from "../../../src/onnx/read/limits.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { writeModel } from "../../../src/onnx/write.js";
import { complaint } from "../../support/complaint.js";
import { floatValue, modelBytes } from "../../support/models/model-proto.js";
import { everything } from "../../support/share.js";

function graphOf(build: (op: Builder, x: string) => string): Uint8Array {
  const op = new Builder();
  op.output(build(op, op.input("x", "float32", ["N", 4, 2, 2])), "y");
  return writeModel(op.graph);
}

/** A loop that hands its number on. */
function looped(op: Builder, count: string, body?: (inner: Builder) => void): string {
  const inner = new Builder();
  inner.input("i", "int64", []);
  inner.output(inner.named("go_on", inner.input("go", "bool", [])));
  inner.output(inner.named("n_on", inner.input("n", "float32", [])));
  body?.(inner);
  const attribute = { type: "graph", value: inner.graph as Graph } as const;
  return op.node("Loop", [count, "", op.scalar(0)], { body: attribute })[0] as string;
}

const outside = {
  dataLocation: TensorProto_DataLocation.EXTERNAL,
  externalData: [{ key: "location", value: "secret" }],
};
const hidden = { name: "w", dims: [4n], dataType: Type.FLOAT, ...outside };
const withAttribute = (attribute: object) =>
  modelBytes({
    node: [{ opType: "Constant", output: ["y"], attribute: [{ name: "value", ...attribute }] }],
    output: [{ name: "y" }],
  } as never);
const call = (opType: string, count: number, domain = "f") =>
  Array.from({ length: count }, (_, i) => ({
    opType,
    domain,
    input: [i ? `t${i - 1}` : "x"],
    output: [i + 1 < count ? `t${i}` : "y"],
  }));
const functions = (length: number, calls: number) => {
  const bodies = Array.from({ length }, (_, i) => ({
    ...{ name: `f${i}`, domain: "f", input: ["x"], output: ["y"] },
    node: i + 1 < length ? call(`f${i + 1}`, calls) : call("Relu", 1, ""),
  }));
  return modelBytes(
    { node: call("f0", 1), input: [floatValue("x", [1])], output: [{ name: "y" }] } as never,
    { functions: bodies } as never,
  );
};
const tooWide = (size: bigint) => {
  const info = floatValue("x", [1]);
  const [dim] = info.type.value.value.shape.dim;
  if (dim) dim.value = { case: "dimValue", value: size };
  return modelBytes({ node: call("Relu", 1, ""), input: [info], output: [{ name: "y" }] } as never);
};

it.runIf(everything)("each kind of impossible wish gets a line of its own", () => {
  const wishes: Readonly<Record<string, Uint8Array>> = {
    "a block whose square overflows": graphOf((op, x) => op.DepthToSpace(x, { blocksize: 2 ** 62 })),
    "a block of nothing": graphOf((op, x) => op.node("SpaceToDepth", [x], { blocksize: 0 })[0] as string),
    "a split into billions": graphOf((op, x) => op.node("Split", [x], { num_outputs: 2 ** 31 })[0] as string),
    "sparse weights in another file": modelBytes({
      sparseInitializer: [{ values: hidden, dims: [4n] }],
      output: [{ name: "w" }],
      node: call("Relu", 1, ""),
    } as never),
    "a list of tensors in another file": withAttribute({ type: AttributeType.TENSORS, tensors: [hidden] }),
    "texts in another file": withAttribute({ type: AttributeType.TENSOR, t: { ...hidden, dataType: Type.STRING } }),
    "functions that double": functions(30, 2),
    "functions in functions": functions(100, 1),
    "a size beyond all": tooWide(2n ** 62n),
    "an opset of the far future": modelBytes({ node: call("Relu", 1, "") } as never, {
      opsetImport: [{ domain: "", version: 2n ** 63n - 1n }],
    }),
    "more nodes than a network has": graphOf((op, x) => {
      let last = x;
      for (let i = 0; i < 20_001; i++) last = op.Relu(last);
      return last;
    }),
  };
  expect(
    Object.fromEntries(Object.entries(wishes).map(([name, bytes]) => [name, complaint(bytes)])),
  ).toMatchInlineSnapshot(`
    {
      "a block of nothing": "bad-graph: net.onnx: node "SpaceToDepth" (SpaceToDepth): expected blocksize from 1 to 32768, got 0",
      "a block whose square overflows": "bad-graph: net.onnx: node "DepthToSpace" (DepthToSpace): expected blocksize from 1 to 32768, got 4611686018427388000",
      "a list of tensors in another file": "bad-file: net.onnx: tensor "w": its data lies in another file: expected that of dense weights only",
      "a size beyond all": "bad-graph: value "x": size 4611686018427387904: expected at most 2147483647",
      "a split into billions": "bad-graph: net.onnx: node "Split" (Split): expected num_outputs from 1 to 1, got 2147483648",
      "an opset of the far future": "no complaint",
      "functions in functions": "bad-graph: net.onnx: node "y/f1/f2/f3/f4/f5/f6/f7/f8/f9/f10/f11/f12/f13/f14/f15/f16/f17/f18/f19/f20/f21/f22/f23/f24/f25/f26/f27/f28/f29/f30/f31/f32": function f.f32 is called by 32 others in turn: expected fewer",
      "functions that double": "bad-graph: net.onnx: node "y/f1/f2/f3/f4/f5/f6/f7/f8/f9/f10/f11/f12/f13/f14/f15_1/f16/f17_1/f18/f19/f20_1/f21_1/f22/f23/f24_1/f25/f26_1/f27/f28_1": function f.f28 multiplies without measure: expected fewer calls",
      "more nodes than a network has": "bad-graph: net.onnx: expected a network of at most 20000 nodes, got 20002",
      "sparse weights in another file": "bad-file: net.onnx: tensor "w": its data lies in another file: expected that of dense weights only",
      "texts in another file": "bad-file: net.onnx: tensor "w": its data lies in another file: expected that of dense weights only",
    }
  `);
});

describe("refuseEndlessLoops", () => {
  const graph = (count: (op: Builder, x: string) => string, inside = 1) =>
    readModel(
      graphOf((op, x) =>
        op.Add(
          x,
          looped(op, count(op, x), (body) => void looped(body, body.int(inside))),
        ),
      ),
    );

  it("refuses a loop of very many steps, and loops whose steps multiply to them", () => {
    const sentence = (got: number) =>
      `node "Loop" (Loop): expected a constant number of steps, at most 10000, got ${got}`;
    expect(() =>
      refuseEndlessLoops(
        graph((op) => op.int(1e9)),
        1,
      ),
    ).toThrow(sentence(1e9));
    expect(() =>
      refuseEndlessLoops(
        graph((op) => op.int(1000), 1000),
        1,
      ),
    ).toThrow(sentence(1e6));
    expect(() =>
      refuseEndlessLoops(
        graph((op) => op.int(100), 100),
        1,
      ),
    ).not.toThrow();
  });

  it("counts a loop of unknown steps as it is told", () => {
    const computed = graph((op, x) => op.Size(x));
    expect(() => refuseEndlessLoops(computed, 1)).not.toThrow();
    expect(() => refuseEndlessLoops(computed, Number.POSITIVE_INFINITY)).toThrow(
      /got one that is not known before it runs$/,
    );
  });
});

describe("readModel", () => {
  it("takes short loops, blocks and functions as they are", () => {
    expect(complaint(graphOf((op, x) => op.Add(x, looped(op, op.int(10)))))).toBe("no complaint");
    expect(complaint(graphOf((op, x) => op.DepthToSpace(x, { blocksize: 2 })))).toBe("no complaint");
    expect(complaint(functions(8, 2))).toBe("no complaint");
  });

  it("takes a size of -1, as some exporters write it, for one that is not known", () => {
    expect(readModel(tooWide(-1n)).inputs[0]?.dims).toEqual([""]);
  });

  it.runIf(everything)("names ten thousand nameless nodes, or says what is wrong with them, at once", () => {
    const node = Array.from({ length: 10_000 }, () => ({ opType: "Relu", input: ["x"], output: ["y"] }));
    const calls = node.map(() => ({ opType: "f0", domain: "f", name: "same", input: ["x"], output: [""] }));
    const body = { name: "f0", domain: "f", input: ["x"], output: ["y"], node: call("Relu", 2, "") };
    const began = process.cpuUsage();
    expect(complaint(modelBytes({ node, output: [{ name: "y" }] } as never))).toMatch(/made twice/);
    complaint(modelBytes({ node: calls, output: [{ name: "y" }] } as never, { functions: [body] } as never));
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(5000);
  });

  it("reads a node with two hundred thousand inputs", () => {
    const bytes = graphOf((op, x) => op.node("Concat", Array<string>(200_000).fill(x), { axis: 1 })[0] as string);
    expect(readModel(bytes).nodes[0]?.inputs).toHaveLength(200_000);
  });
});
