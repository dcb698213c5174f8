/** @file Networks of which only the class token is read compute nothing else behind the last attention, and give the same maps. */

import { describe, expect, it } from "vitest";
import { differentiate } from "../../../../src/autodiff/differentiate.js";
import { createExplainer } from "../../../../src/explain/explainer.js";
import { present } from "../../../../src/foundation/present.js";
import { openModel } from "../../../../src/model/open.js";
import { Builder } from "../../../../src/onnx/builder.js";
import { dimsOf, type Graph, type Value } from "../../../../src/onnx/graph.js";
import { prune } from "../../../../src/onnx/prune.js";
import { narrowRows } from "../../../../src/onnx/rewrite/narrow/narrow-rows.js";
import { floats } from "../../../../src/onnx/tensor.js";
import { inferTypes, settleSizes } from "../../../../src/runtime/infer-types.js";
import { vit } from "../../../explain/architectures/vit.js";
import { randomTensor } from "../../../support/models/random-tensor.js";
import { runtime } from "../../../support/runtime.js";

const [tokens, width, heads] = [5, 8, 2];

interface Options {
  /** How the token is picked: one of them, by an index from the end, or by a Slice. */
  readonly pick?: (op: Builder, x: Value) => Value;
  /** Whether tokens or images come first where both are one axis. */
  readonly first?: "tokens" | "images";
  /** How queries, keys and values are taken out of one product. Default: they are products of their own. */
  readonly unpack?: (op: Builder, packed: Value) => readonly Value[];
}

/** One block of two heads whose output projection takes rows of all tokens and images at once, as PyTorch's own does. */
async function block(options: Options = {}) {
  const { pick = (op, x) => op.Gather(x, op.int(0), { axis: 1 }), first = "tokens", unpack } = options;
  const op = new Builder();
  const weight = (dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
  const norm = (x: Value, seed: string) =>
    op.node("LayerNormalization", [x, weight([width], `${seed}.scale`), weight([width], `${seed}.bias`)])[0];
  const x = op.input("x", "float32", ["N", tokens, width]);
  const layer = op.named("layer", norm(x, "before"));
  const projection = (name: string, count: number) =>
    op.Add(op.MatMul(layer, weight([width, count * width], name)), weight([count * width], `${name}.bias`));
  const projections = unpack?.(op, projection("packed", 3)) ?? ["q", "k", "v"].map((name) => projection(name, 1));
  const [q, k, v] = projections.map((projected) => {
    return op.Transpose(op.Reshape(projected, op.ints([0, tokens, heads, width / heads])), { perm: [0, 2, 1, 3] });
  });
  const shares = op.named("shares", op.Softmax(op.MatMul(q, op.Transpose(k, { perm: [0, 1, 3, 2] }))));
  const perm = first === "tokens" ? [2, 0, 1, 3] : [0, 2, 1, 3];
  const rows = op.Reshape(op.Transpose(op.MatMul(shares, v), { perm }), op.ints([-1, width]));
  const out = op.Gemm(rows, weight([width, width], "out"), weight([width], "out.bias"), { transB: 1 });
  const split = op.Reshape(out, op.ints(first === "tokens" ? [tokens, -1, width] : [-1, tokens, width]));
  const attended = op.Add(first === "tokens" ? op.Transpose(split, { perm: [1, 0, 2] }) : split, x);
  const inner = op.Relu(op.MatMul(norm(attended, "after"), weight([width, 12], "up")));
  const last = norm(op.Add(op.MatMul(inner, weight([12, width], "down")), attended), "last");
  op.output(op.Gemm(op.Reshape(pick(op, last), op.ints([-1, width])), weight([width, 3], "head")), "y");
  return settleSizes(await inferTypes(op.graph, runtime), runtime);
}

/** The scores, and the gradient of their sum at the layer. */
async function run(network: Graph, output: Value): Promise<number[]> {
  const { graph, gradients } = differentiate(network, { of: output, wrt: ["layer"] });
  const gradient = present(gradients.get("layer"), "gradient");
  const session = await runtime.open(prune(graph, [output, gradient]));
  const results = await session.run({ x: randomTensor([3, tokens, width], "images") });
  await session.close();
  return [output, gradient].flatMap((name) => [...floats(present(results[name], name))]);
}

/** Sizes of what the products of the output are multiplied of. */
function products(graph: Graph, output: Value) {
  return prune(graph, [output])
    .nodes.filter(({ op }) => op === "MatMul" || op === "Gemm")
    .map((node) => dimsOf(graph, node.outputs[0] ?? "")?.join(" x "));
}

describe("narrowRows", () => {
  const picks: Record<string, Options> = {
    "the first token, behind rows of tokens": {},
    "the first token, behind rows of images": { first: "images" },
    "another token, by its place from the end": { pick: (op, x) => op.Gather(x, op.int(-2), { axis: 1 }) },
    "one token as a list": { pick: (op, x) => op.Gather(x, op.ints([1]), { axis: 1 }) },
    "one token by a Slice": { pick: (op, x) => op.Slice(x, op.ints([0]), op.ints([1]), op.ints([1])) },
  };
  it.each(Object.entries(picks))("gives the same scores and gradients of %s", async (_, options) => {
    const graph = await block(options);
    const narrowed = narrowRows(graph, "y", ["layer"]);
    const [before, after] = [await run(graph, "y"), await run(narrowed?.graph as Graph, "y")];
    after.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i] as number, 5);
    });
  });

  it("computes keys and values of all tokens, and the rest of one", async () => {
    const narrowed = narrowRows(await block(), "y", ["layer"]);
    expect(products(narrowed?.graph as Graph, "y")).toEqual([
      "N x 1 x 8",
      "N x 5 x 8",
      "N x 5 x 8",
      "N x 2 x 1 x 5",
      "N x 2 x 1 x 4",
      "N x 8",
      "N x 1 x 12",
      "N x 1 x 8",
      "N x 3",
    ]);
  });

  it("leaves what is kept whole, and says which values the scores no longer go through", async () => {
    const narrowed = narrowRows(await block(), "y", ["layer", "shares"]);
    expect(narrowed?.replaced.has("shares")).toBe(false);
    expect(products(narrowed?.graph as Graph, "y")).toContain("N x 2 x 5 x 5");
    expect(narrowRows(await block(), "y", ["layer"])?.replaced.has("shares")).toBe(true);
  });

  it("has nothing to do where all tokens are read", async () => {
    expect(narrowRows(await inferTypes(vit({ head: "mean" }), runtime), "y", ["last"])).toBeUndefined();
  });
});

describe("an explainer of a network that reads its class token alone", () => {
  it("takes the narrowed network, and leaves gradients of attention to the whole", async () => {
    const model = await openModel(vit(), runtime);
    const sizes = async (method: string) => {
      const explainer = await createExplainer(model, { runtime, method, layer: "b.norm" });
      const { whole } = explainer.graphs;
      await explainer.close();
      return whole.nodes.filter(({ name }) => name.includes("/rows")).length;
    };
    expect(await sizes("grad-cam")).toBeGreaterThan(0);
    expect(await sizes("gradient-attention")).toBe(0);
    expect(await sizes("legrad")).toBe(0);
  });
});

describe("packed projections", () => {
  const each = (op: Builder, x: Value) => [0, 1, 2].map((i) => op.Gather(x, op.int(i), { axis: 0 }));
  const back = (op: Builder, x: Value) => op.Transpose(x, { perm: [1, 0, 2] });
  const split = (op: Builder, x: Value, axis: number) =>
    op.node("Split", [x, op.ints(axis === 2 ? [width, width, width] : [1, 1, 1])], { axis }, 3);
  const unpacked: Record<string, NonNullable<Options["unpack"]>> = {
    "as PyTorch's attention is exported": (op, x) => {
      const apart = op.Reshape(op.Transpose(x, { perm: [1, 0, 2] }), op.ints([tokens, -1, 3, width]));
      const moved = op.Transpose(op.Unsqueeze(apart, op.ints([0])), { perm: [3, 1, 2, 0, 4] });
      return each(op, op.Squeeze(moved, op.ints([-2]))).map((value) => back(op, value));
    },
    "as timm's are": (op, x) =>
      each(op, op.Transpose(op.Reshape(x, op.ints([-1, tokens, 3, width])), { perm: [2, 0, 1, 3] })),
    "by a Split of the last axis": (op, x) => split(op, x, 2),
    "by a Split of an axis of three": (op, x) => {
      const moved = op.Transpose(op.Reshape(x, op.ints([-1, tokens, 3, width])), { perm: [2, 0, 1, 3] });
      return split(op, moved, 0).map((value) => op.Squeeze(value, op.ints([0])));
    },
    "by Slices": (op, x) =>
      [0, 1, 2].map((i) => op.Slice(x, op.ints([i * width]), op.ints([(i + 1) * width]), op.ints([2]))),
  };

  async function lean(graph: Graph) {
    const once = present(narrowRows(graph, "y", ["layer"]), "packed projections").graph;
    const twice = narrowRows(once, "y", ["layer"])?.graph ?? once;
    return narrowRows(twice, "y", ["layer"])?.graph ?? twice;
  }

  it.each(Object.entries(unpacked))(
    "are products of their own %s, with the same scores and gradients",
    async (_, unpack) => {
      const graph = await block({ unpack });
      const narrowed = await lean(graph);
      const made = products(narrowed, "y").slice(0, 3);
      expect(made.every((sizes) => sizes?.endsWith(` x ${width}`))).toBe(true);
      expect(made.filter((sizes) => sizes?.includes("1"))).toHaveLength(1);
      expect(prune(narrowed, ["y"]).nodes.some(({ op }) => op === "Split")).toBe(false);
      const [before, after] = [await run(graph, "y"), await run(narrowed, "y")];
      after.forEach((value, i) => {
        expect(value).toBeCloseTo(before[i] as number, 5);
      });
    },
  );

  it("stay packed where queries, keys and values alternate", async () => {
    const unpack: Options["unpack"] = (op, x) => {
      const apart = op.Reshape(x, op.ints([-1, tokens, width, 3]));
      return [0, 1, 2].map((i) => op.Gather(apart, op.int(i), { axis: 3 }));
    };
    const graph = await block({ unpack });
    const narrowed = await lean(graph);
    expect(products(narrowed, "y")[0]).toBe(`N x ${tokens} x ${3 * width}`);
    const [before, after] = [await run(graph, "y"), await run(narrowed, "y")];
    after.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i] as number, 5);
    });
  });
});
