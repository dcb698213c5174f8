/** @file Models in half and double precision are explained as their float32 originals are. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createExplainer } from "../../src/explain/explainer.js";
import { checkModel } from "../../src/explain/prove/check-model.js";
import { openModel } from "../../src/model/open.js";
import { Builder } from "../../src/onnx/builder.js";
import { copyGraph, type Graph, type GraphNode } from "../../src/onnx/graph.js";
import { readModel } from "../../src/onnx/read/read.js";
import { toFloat32 } from "../../src/onnx/rewrite/precision.js";
import { type DataType, dataTypes, float32, floats, Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { convNet, images } from "../explain/architectures/networks.js";
import { fixtureGoldens, goldenCases, relativeDifference } from "../support/goldens/goldens.js";
import { runtime } from "../support/runtime.js";

type Kind = "float16" | "bfloat16" | "float64";

/** Weights in another type, converted by the runtime. */
async function castWeights(graph: Graph, type: Kind): Promise<Map<string, Tensor>> {
  if (type === "bfloat16") {
    const upper = (tensor: Tensor) =>
      new Tensor(
        type,
        tensor.dims,
        new Uint16Array(floats(tensor).slice().buffer).filter((_, i) => i % 2 === 1),
      );
    return new Map(
      [...graph.initializers].map(([name, tensor]) => [name, tensor.type === "float32" ? upper(tensor) : tensor]),
    );
  }
  const op = new Builder();
  const floating = [...graph.initializers].filter(([, tensor]) => tensor.type === "float32");
  for (const [name, tensor] of floating)
    op.output(op.Cast(op.constant(tensor, `${name}/float32`), { to: dataTypes[type] }), name);
  const session = await runtime.open(op.graph);
  const results = await session.run({});
  await session.close();
  return new Map([...graph.initializers].map(([name, tensor]) => [name, results[name] ?? tensor]));
}

/** As onnxconverter-common's `convert_float_to_float16` makes it, with and without `keep_io_types`. */
async function converted(graph: Graph, type: Kind, keepTypes: boolean): Promise<Graph> {
  const result = copyGraph(graph);
  result.types = new Map();
  result.initializers = await castWeights(graph, type);
  const typed = ({ name, dims }: { name: string; dims?: Graph["inputs"][number]["dims"] }, to: DataType) => ({
    name,
    type: to,
    dims,
  });
  const cast = (from: string, to: string, kind: DataType): GraphNode => ({
    name: `cast_${to}`,
    op: "Cast",
    domain: "",
    inputs: [from],
    outputs: [to],
    attributes: { to: { type: "int", value: dataTypes[kind] } },
  });
  if (!keepTypes) {
    result.inputs = graph.inputs.map((info) => typed(info, type));
    result.outputs = graph.outputs.map((info) => typed(info, type));
    return result;
  }
  const inner = new Map([...graph.inputs, ...graph.outputs].map(({ name }) => [name, `${name}_cast`]));
  const renamed = (name: string) => inner.get(name) ?? name;
  result.nodes = [
    ...graph.inputs.map(({ name }) => cast(name, renamed(name), type)),
    ...graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(renamed), outputs: node.outputs.map(renamed) })),
    ...graph.outputs.map(({ name }) => cast(renamed(name), name, "float32")),
  ];
  return result;
}

const explained = async (graph: Graph | Uint8Array, x: Tensor, layer = "auto") => {
  const model = await openModel(graph, runtime);
  const explainer = await createExplainer(model, { runtime, layer });
  const explanation = await explainer.explain(x, { classes: ["predicted", 1] });
  await explainer.close();
  return { model, explainer, explanation };
};

describe("a model in half precision", () => {
  const cases = goldenCases(fixtureGoldens).flatMap((golden) => golden.models.map((file) => ({ golden, file })));
  it.each(cases.flatMap((each) => [true, false].map((keep) => [each.golden.name, keep, each] as const)))(
    "gives %s's maps, with the types of input and output kept: %s",
    async (_name, keep, { golden, file }) => {
      const graph = readModel(readFileSync(join(golden.folder, file)));
      const half = writeModel(await converted(graph, "float16", keep));
      const [a, b] = [await explained(graph, golden.input), await explained(half, golden.input)];
      expect(b.model.precision).toBe("float16");
      expect(b.explainer.layer.name).toBe(a.explainer.layer.name);
      expect(b.explainer.notes).toEqual(["computed in float32; the file computes in float16"]);
      for (const part of ["evidence", "scores", "probabilities"] as const) {
        expect(relativeDifference(b.explanation[part], a.explanation[part])).toBeLessThan(5e-3);
        expect(b.explanation[part].type).toBe("float32");
      }
      const check = await checkModel(b.model, { runtime, source: half });
      expect(check.scores.tolerance).toBe(1e-2);
      // With the types kept, onnxruntime takes the casts away and computes in float32 itself.
      if (!keep) expect(check.scores.error).toBeGreaterThan(0);
      expect(check).toMatchObject({ passed: true });
    },
  );

  it("has weights that are converted when they are read, and written as they are stored", async () => {
    const half = await converted(convNet(), "float16", false);
    const model = await openModel(half, runtime);
    const stored = [...half.initializers.values()];
    expect([...model.graph.initializers.values()].map((tensor) => tensor.stored)).toEqual(
      expect.arrayContaining(stored.filter(({ type }) => type === "float16")),
    );
    const again = readModel(writeModel(model.graph));
    const types = [...again.initializers.values()].map(({ type }) => type).filter((type) => type.includes("float"));
    expect(new Set(types)).toEqual(new Set(["float16"]));
    const [a, b] = [await explained(half, images(2)), await explained(again, images(2))];
    expect(b.explanation.evidence).toEqual(a.explanation.evidence);
  });

  it("bfloat16 is explained, too, and its file is compared only where the runtime runs it", async () => {
    const graph = await converted(convNet({ ending: "Softmax" }), "bfloat16", true);
    const bytes = writeModel(graph);
    const [a, b] = [await explained(convNet({ ending: "Softmax" }), images(2)), await explained(bytes, images(2))];
    expect(b.model).toMatchObject({ precision: "bfloat16", ending: "softmax" });
    expect(relativeDifference(b.explanation.evidence, a.explanation.evidence)).toBeLessThan(3e-2);
    await expect(checkModel(b.model, { runtime, source: bytes })).rejects.toThrow(
      /^check: expected a file that the runtime runs as it is, got one refused \(the file computes in bfloat16/,
    );
  });
});

it("a model in double precision is explained in float32, though onnxruntime has no double convolution", async () => {
  const graph = await converted(convNet(), "float64", false);
  const [a, b] = [await explained(convNet(), images(2)), await explained(writeModel(graph), images(2))];
  expect(b.model).toMatchObject({ precision: "float64", input: { type: "float32" } });
  expect(relativeDifference(b.explanation.evidence, a.explanation.evidence)).toBeLessThan(1e-5);
});

it("weights that are only stored in half precision, with Cast nodes, don't count as computing in it", async () => {
  const graph = convNet();
  const weights = await castWeights(graph, "float16");
  const stored = copyGraph(graph);
  stored.initializers = new Map(
    [...weights].map(([name, tensor]) => [tensor.type === "float16" ? `${name}_half` : name, tensor]),
  );
  const casts = [...weights].flatMap(([name, { type }]): GraphNode[] => {
    const attributes = { to: { type: "int", value: dataTypes.float32 } } as const;
    return type === "float16"
      ? [{ name: `cast_${name}`, op: "Cast", domain: "", inputs: [`${name}_half`], outputs: [name], attributes }]
      : [];
  });
  stored.nodes = [...casts, ...graph.nodes];
  const { model, explainer, explanation } = await explained(writeModel(stored), images(2));
  expect(model.precision).toBe("float32");
  expect(explainer.notes).toEqual([]);
  expect([...model.graph.initializers.keys()].filter((name) => name.endsWith("_half"))).toEqual([]);
  expect(model.graph.nodes.map(({ op }) => op)).not.toContain("Cast");
  const original = await explained(graph, images(2));
  expect(relativeDifference(explanation.evidence, original.explanation.evidence)).toBeLessThan(5e-3);
  const check = await checkModel(model, { runtime, source: writeModel(stored) });
  expect(check).toMatchObject({ passed: true, scores: { tolerance: 1e-4 } });
});

describe("toFloat32", () => {
  it("changes types wherever they are named: casts, constants, fills, subgraphs", async () => {
    const inner = new Builder(undefined, "inner");
    inner.output(inner.Cast("x", { to: dataTypes.float16 }), "chosen");
    const other = new Builder(undefined, "other");
    other.output(
      other.Mul(other.Cast("x", { to: dataTypes.float16 }), other.Cast(other.scalar(2), { to: dataTypes.float16 })),
      "doubled",
    );
    const op = new Builder();
    op.input("x", "float32", [2]);
    const condition = op.Greater(op.ReduceSum("x", { keepdims: 0 }), op.scalar(0));
    const branches = {
      then_branch: { type: "graph", value: inner.graph },
      else_branch: { type: "graph", value: other.graph },
    } as const;
    const [y] = op.node("If", [condition], branches) as [string];
    const constant = new Builder();
    const name = constant.constant(float32([1], [0.5]));
    const half = (await castWeights(constant.graph, "float16")).get(name) as Tensor;
    op.output(op.Cast(op.Add(y, op.ConstantOfShape(op.ints([2]), { value: half })), { to: dataTypes.float64 }), "z");
    const { graph, precision } = toFloat32(readModel(writeModel(op.graph)));
    expect(precision).toBe("float16");
    const run = async (model: Graph | Uint8Array, ...values: number[]) => {
      const session = await runtime.open(model);
      const { z } = await session.run({ x: float32([2], values) });
      return [z?.type, [...(z as Tensor).data].map(Number)];
    };
    expect(await run(writeModel(op.graph), 1, -3)).toEqual(["float64", [2.5, -5.5]]);
    expect(await run(graph, 1, -3)).toEqual(["float32", [2.5, -5.5]]);
    expect(await run(graph, 1, 3)).toEqual(["float32", [1.5, 3.5]]);
  });
});
