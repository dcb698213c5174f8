/** @file Attributes that would end the process get a sentence, whichever operator and domain bears them. */

import { describe, expect, it } from "vitest";
import { Builder, float } from "../../../src/onnx/builder.js";
import { emptyGraph, type Graph, type GraphNode } from "../../../src/onnx/graph.js";
import { refuseFatalAttributes } from "../../../src/onnx/read/fatal-attributes.js";
import { float32 } from "../../../src/onnx/tensor.js";

function complaintOf(graph: Graph): string | undefined {
  try {
    refuseFatalAttributes(graph, "net");
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

function withNode(node: Partial<GraphNode> & { readonly op: string }): Graph {
  const whole: GraphNode = { name: "bad", domain: "", inputs: ["x", "w"], outputs: ["y"], attributes: {}, ...node };
  return { ...emptyGraph("g"), nodes: [whole] };
}

const ofInt = (op: string, name: string, value: number, domain = "") =>
  complaintOf(withNode({ op, domain, attributes: { [name]: { type: "int", value } } }));

const ms = "com.microsoft";

describe("refuseFatalAttributes", () => {
  it.each([
    ["Conv", "group", ""],
    ["ConvTranspose", "group", ""],
    ["FusedConv", "group", ms],
    ["Conv", "group", "com.ms.internal.nhwc"],
    ["DeformConv", "offset_group", ""],
    ["GroupNormalization", "num_groups", ""],
    ["GroupNorm", "groups", ms],
    ["MultiHeadAttention", "num_heads", ms],
    ["GroupQueryAttention", "kv_num_heads", ms],
    ["Attention", "q_num_heads", ""],
    ["GatherBlockQuantized", "block_size", ms],
    ["MatMulNBits", "bits", ms],
    ["MatMulNBits", "K", ms],
    ["DepthToSpace", "blocksize", ""],
    ["LSTM", "hidden_size", ""],
    ["MoE", "k", ms],
  ])("%s: %s (%s) is at least 1, and fits into 32 bits", (op, name, domain) => {
    for (const value of [0, -1, 2 ** 32]) expect(ofInt(op, name, value, domain)).toMatch(`expected ${name} from 1 to`);
    expect(ofInt(op, name, 4, domain)).toBeUndefined();
  });

  it("takes 0 where it says that an attribute is not used", () => {
    expect(ofInt("RotaryEmbedding", "num_heads", 0, ms)).toBeUndefined();
    expect(ofInt("DequantizeLinear", "block_size", 0)).toBeUndefined();
    expect(ofInt("DequantizeLinear", "block_size", -1)).toMatch("expected block_size from 0");
  });

  it("looks at every number of a list, and into subgraphs", () => {
    const pool = (strides: number[]) =>
      withNode({ op: "MaxPool", attributes: { strides: { type: "ints", value: strides } } });
    expect(complaintOf(pool([2, 1]))).toBeUndefined();
    expect(complaintOf(pool([2, 0]))).toBe('net: node "bad" (MaxPool): expected strides from 1 to 2147483647, got 0');
    const then_branch = { type: "graph", value: pool([0, 1]) } as const;
    expect(complaintOf(withNode({ op: "If", attributes: { then_branch } }))).toMatch(/MaxPool/);
  });

  it("refuses kernels without elements, parts of nothing, and regions that no image has", () => {
    const op = new Builder();
    op.Conv(op.input("x", "float32", [1, 1, 4, 4]), op.constant(float32([4, 1, 0, 3], [])), {});
    expect(complaintOf(op.graph)).toMatch(/expected a kernel with elements, got one of sizes \[4,1,0,3\]$/);
    const split = new Builder();
    split.node("SplitToSequence", [split.input("x", "float32", [4]), split.int(0)], { axis: 0 });
    expect(complaintOf(split.graph)).toMatch(/expected parts of at least 1, got 0$/);
    const regions = (side: number) => {
      const other = new Builder();
      const rois = other.constant(float32([1, 4], [0, 0, side, 9]));
      other.node("RoiAlign", [other.input("x", "float32", [1, 1, 4, 4]), rois, other.ints([0])], {
        spatial_scale: float(1),
      });
      return complaintOf(other.graph);
    };
    expect(regions(1e9)).toMatch(/expected regions within 32768 pixels$/);
    expect(regions(Number.NaN)).toMatch(/expected regions/);
    expect(regions(100)).toBeUndefined();
  });
});

describe("ensembles of trees", () => {
  /** A tree whose decisions stand in a row; the last goes on to `end`. */
  function chain(length: number, end = length): Graph {
    const count = 2 * length + 1;
    const numbers = (of: (i: number) => number) => ({
      type: "ints" as const,
      value: Array.from({ length: count }, (_, i) => of(i)),
    });
    const isLeaf = (i: number) => i >= length;
    return withNode({
      op: "TreeEnsembleClassifier",
      domain: "ai.onnx.ml",
      attributes: {
        nodes_treeids: numbers(() => 0),
        nodes_nodeids: numbers((i) => i),
        nodes_truenodeids: numbers((i) => (isLeaf(i) ? 0 : i + 1 === length ? end : i + 1)),
        nodes_falsenodeids: numbers((i) => (isLeaf(i) ? 0 : length + 1 + i)),
        nodes_modes: {
          type: "strings",
          value: Array.from({ length: count }, (_, i) => (isLeaf(i) ? "LEAF" : "BRANCH_LEQ")),
        },
      },
    });
  }

  it("are taken up to a thousand decisions in turn", () => {
    expect(complaintOf(chain(500))).toBeUndefined();
    expect(complaintOf(chain(100_000))).toMatch(/expected trees of at most 1000 decisions in turn, got more$/);
  });

  it("are refused where they come back to themselves", () => {
    expect(complaintOf(chain(10, 0))).toMatch(/expected trees, got a decision that comes back to itself$/);
  });

  it("are read in their newer form, whose leaves stand apart", () => {
    const ints = (value: readonly number[]) => ({ type: "ints", value }) as const;
    const tree = (next: number, isLeaf: number) =>
      withNode({
        op: "TreeEnsemble",
        domain: "ai.onnx.ml",
        attributes: {
          nodes_truenodeids: ints([1, next]),
          nodes_trueleafs: ints([0, isLeaf]),
          nodes_falsenodeids: ints([0, 1]),
          nodes_falseleafs: ints([1, 1]),
        },
      });
    expect(complaintOf(tree(0, 1))).toBeUndefined();
    expect(complaintOf(tree(0, 0))).toMatch(/comes back to itself$/);
  });
});
