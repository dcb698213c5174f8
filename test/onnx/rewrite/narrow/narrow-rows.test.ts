/** @file Networks of which only the class token is read compute nothing else behind the last attention, and give the same maps. */

import { describe, expect, it } from "vitest";
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
}

/** One block of two heads whose output projection takes rows of all tokens and images at once, as PyTorch's own does. */
async function block({ pick = (op, x) => op.Gather(x, op.int(0), { axis: 1 }), first = "tokens" }: Options = {}) {
  const op = new Builder();
  const weight = (dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
  const norm = (x: Value, seed: string) =>
    op.node("LayerNormalization", [x, weight([width], `${seed}.scale`), weight([width], `${seed}.bias`)])[0];
  const x = op.input("x", "float32", ["N", tokens, width]);
  const layer = op.named("layer", norm(x, "before"));
  const [q, k, v] = ["q", "k", "v"].map((name) => {
    const projected = op.Add(op.MatMul(layer, weight([width, width], name)), weight([width], `${name}.bias`));
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

async function run(graph: Graph, output: Value) {
  const session = await runtime.open(prune(graph, [output]));
  const results = await session.run({ x: randomTensor([3, tokens, width], "images") });
  await session.close();
  return floats(present(results[output], output));
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
  it.each(Object.entries(picks))("gives the same scores of %s", async (_, options) => {
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
