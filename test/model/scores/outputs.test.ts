/** @file Which output of a file holds the class scores, and class names that a file puts beside them. */

import { describe, expect, it } from "vitest";
import { openModel } from "../../../src/model/open.js";
import type { OpenModelOptions } from "../../../src/model/passes/pass.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph, GraphNode, Value } from "../../../src/onnx/graph.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { apart, explainedBy, images, network, rawOutput } from "./networks.js";

type Outputs = (op: Builder, logits: Value) => Readonly<Record<string, Value>>;

/** The network with other outputs than its scores. */
function withOutputs(outputs: Outputs): Graph {
  const graph = network();
  graph.outputs = [];
  graph.nodes = graph.nodes.filter(({ name }) => name !== "y");
  const op = new Builder(graph);
  for (const [name, value] of Object.entries(outputs(op, "logits"))) op.output(value, name);
  return graph;
}

const axis = (op: Builder) => op.ints([1]);
const softmax = (op: Builder, x: Value) => op.Softmax(x, { axis: 1 });
/** A linear layer from the four numbers to others. */
const head = (op: Builder, x: Value, classes: number, seed: string) =>
  op.MatMul(x, op.constant(randomTensor([4, classes], seed), "w"));

const names = (count: number) => Array.from({ length: count }, (_, i) => `name ${i}`);

describe("of several outputs", () => {
  it.each<readonly [string, Outputs, string, RegExp, OpenModelOptions]>([
    [
      "an embedding before scores",
      (op, x) => ({ embedding: x, scores: head(op, x, 3, "a") }),
      "scores",
      /"embedding" leads to it/,
      {},
    ],
    [
      "the head with as many numbers as there are names",
      (op, x) => ({ age: head(op, x, 5, "a"), mood: head(op, x, 3, "b") }),
      "mood",
      /as many numbers as there are class names/,
      { given: { origin: "as given", classes: names(3) } },
    ],
    [
      "the one that is called scores",
      (op, x) => ({ u: head(op, x, 5, "a"), class_logits: head(op, x, 3, "b") }),
      "class_logits",
      /its name/,
      {},
    ],
    [
      "the first of equal ones",
      (op, x) => ({ age: head(op, x, 5, "a"), mood: head(op, x, 3, "b") }),
      "age",
      /the first/,
      {},
    ],
    [
      "the first, not the head that helped in training",
      (op, x) => ({ aux: head(op, x, 3, "a"), main: head(op, x, 3, "b") }),
      "main",
      /its name/,
      {},
    ],
    [
      "the one with classes",
      (op, x) => ({ label: op.ReduceMax(x, axis(op), { keepdims: 0 }), y: x }),
      "y",
      /alone/,
      {},
    ],
    [
      "a score of the whole image, where nothing has classes",
      (op, x) => ({
        map: op.Reshape(x, op.ints([-1, 1, 2, 2])),
        pred_score: op.ReduceMax(x, axis(op), { keepdims: 0 }),
      }),
      "pred_score",
      /score of the whole image/,
      {},
    ],
  ])("%s is explained, and all are listed", async (_, outputs, expected, reason, options) => {
    const model = await openModel(withOutputs(outputs), runtime, "model", options);
    expect(model.output).toBe(expected);
    const [note = ""] = model.notes;
    expect(note).toMatch(reason);
    for (const { name } of model.graph.outputs) expect(note).toContain(`"${name}" [`);
    expect(note).toContain("(--output chooses another)");
  });

  it("scores and their probabilities are the same, which needs no word", async () => {
    const model = await openModel(
      withOutputs((op, x) => ({ a: x, b: softmax(op, x) })),
      runtime,
    );
    expect(model).toMatchObject({ output: "b", scores: "logits", ending: "softmax", notes: [] });
  });

  it("the user's is explained without a word", async () => {
    const graph = withOutputs((op, x) => ({ embedding: x, scores: head(op, x, 3, "a") }));
    const model = await openModel(graph, runtime, "model", { output: "embedding" });
    expect([model.output, model.notes]).toEqual(["embedding", []]);
  });

  it.each<readonly [string, Outputs]>([
    ["the best class alone", (op, x) => ({ y: op.ArgMax(softmax(op, x), { axis: 1, keepdims: 0 }) })],
    [
      "the best two with their probabilities",
      (op, x) => {
        const [values, indices] = op.node("TopK", [softmax(op, x), op.ints([2])], { axis: 1 }, 2);
        return { values, indices };
      },
    ],
  ])("what tells %s is explained by the scores behind", async (_, outputs) => {
    const [plain, explained] = [await explainedBy(network()), await explainedBy(withOutputs(outputs))];
    expect(explained.model).toMatchObject({ scores: "logits", ending: "softmax", classCount: 4 });
    expect(apart(explained.evidence, plain.evidence)).toBeLessThan(1e-5);
  });
});

describe("an output without a batch", () => {
  const one = randomTensor([1, 3, 12, 12], "one");

  it.each<readonly [string, (op: Builder, logits: Value) => Value]>([
    ["squeezed", (op, x) => op.Squeeze(x, op.ints([0]))],
    ["squeezed wherever it can be", (op, x) => op.Squeeze(softmax(op, x))],
    ["reshaped", (op, x) => op.Reshape(softmax(op, x), op.ints([4]))],
    ["of the first image", (op, x) => op.Gather(softmax(op, x), op.int(0), { axis: 0 })],
    ["added up over images", (op, x) => op.ReduceSum(softmax(op, x), op.ints([0]), { keepdims: 0 })],
  ])("holds the scores of one image: %s", async (_, ending) => {
    for (const batch of ["N", 1] as const) {
      const graph = network((op, logits) => ending(op, logits));
      graph.inputs = [{ name: "x", type: "float32", dims: [batch, 3, 12, 12] }];
      const [plain, explained] = [await explainedBy(network(), 1, one), await explainedBy(graph, 1, one)];
      expect(explained.model.classCount).toBe(4);
      expect(apart(explained.evidence, plain.evidence)).toBeLessThan(2e-5);
      expect(apart(explained.probabilities, plain.probabilities)).toBeLessThan(1e-5);
      // Further images are explained one by one, or together where the batch was only squeezed away.
      const several = await explainedBy(graph, 1, images);
      expect(apart(several.evidence, (await explainedBy(network())).evidence)).toBeLessThan(2e-5);
    }
  });

  it("may be one score of each image", async () => {
    const flat = (graph: Graph) => explainedBy(graph, 0);
    const [plain, explained] = [
      await flat(network((_, x) => x, 1)),
      await flat(network((op, x) => op.Reshape(x, op.ints([-1])), 1)),
    ];
    expect(explained.model).toMatchObject({ classCount: 1, ending: "none" });
    expect(apart(explained.evidence, plain.evidence)).toBeLessThan(1e-5);
    const sigmoid = await explainedBy(network((op, x) => op.Sigmoid(op.Squeeze(x, axis(op))), 1));
    expect(sigmoid.model).toMatchObject({ classCount: 2, oneScore: true });
    const raw = await rawOutput(network((op, x) => op.Sigmoid(x), 1));
    expect(
      apart(
        sigmoid.probabilities,
        raw.flatMap((p) => [1 - p, p]),
      ),
    ).toBeLessThan(1e-5);
  });
});

describe("texts beside scores", () => {
  const animals = ["cat", "dog", "bird", "fish"];
  const ml = (op: string, inputs: string[], output: string, attributes: GraphNode["attributes"] = {}): GraphNode => ({
    ...{ name: output, op, domain: "ai.onnx.ml", inputs, outputs: [output], attributes },
  });
  const strings = (value: readonly string[]) => ({ type: "strings", value }) as const;

  /** The network with a softmax, the best class, and nodes that make texts of both. */
  function labelled(nodes: readonly GraphNode[], outputs: readonly string[]): Graph {
    const graph = withOutputs((op, x) => ({ p: softmax(op, x) }));
    const op = new Builder(graph);
    op.named("best", op.ArgMax("p", { axis: 1, keepdims: 0 }));
    graph.opsets.set("ai.onnx.ml", 2);
    graph.nodes.push(...nodes);
    graph.texts = new Map([["animals", animals]]);
    graph.outputs = outputs.map((name) => ({ name }));
    return graph;
  }

  const zipMap = ml("ZipMap", ["p"], "map", { classlabels_strings: strings(animals) });
  const extractor = ml("ArrayFeatureExtractor", ["animals", "best"], "label");

  it.each<readonly [string, readonly GraphNode[], readonly string[]]>([
    ["a map from names to probabilities", [zipMap], ["map"]],
    ["the map and the best name", [extractor, zipMap], ["label", "map"]],
    ["the best name alone", [extractor], ["label"]],
    [
      "the best name by an encoder",
      [
        ml("LabelEncoder", ["best"], "label", {
          keys_int64s: { type: "ints", value: [0, 1, 2, 3] },
          values_strings: strings(animals),
        }),
      ],
      ["label"],
    ],
    [
      "the best name by a Gather, beside the probabilities",
      [{ ...ml("Gather", ["animals", "best"], "label"), domain: "" }],
      ["label", "p"],
    ],
  ])("are cut off, and name the classes: %s", async (_, nodes, outputs) => {
    const bytes = writeModel(labelled(nodes, outputs));
    expect(readModel(bytes).texts).toEqual(new Map([["animals", animals]]));
    const model = await openModel(bytes, runtime);
    expect([model.output, model.scores, model.card.classes]).toEqual(["p", "logits", animals]);
    expect(model.graph.nodes.some(({ domain }) => domain === "ai.onnx.ml")).toBe(false);
    const [plain, explained] = [await explainedBy(network()), await explainedBy(labelled(nodes, outputs))];
    expect(apart(explained.evidence, plain.evidence)).toBeLessThan(1e-5);
  });

  it("are no names where they are only the numbers of the classes", async () => {
    const graph = labelled(
      [ml("ZipMap", ["p"], "map", { classlabels_int64s: { type: "ints", value: [0, 1, 2, 3] } })],
      ["map"],
    );
    expect((await openModel(graph, runtime)).card.classes).toBeUndefined();
  });
});
