/** @file Cuts off what a file does with texts behind its scores: names of predicted classes, and maps from names to scores. */

import {
  type Attribute,
  copyGraph,
  type Graph,
  type GraphNode,
  producers,
  readsOf,
  type Value,
} from "../../onnx/graph.js";
import { dataTypes } from "../../onnx/tensor.js";

export interface NumbersOnly {
  /** Computes numbers alone; in the place of outputs of texts those that they are made of. */
  readonly graph: Graph;
  /** The class names that the file puts beside its scores; undefined where it does not. */
  readonly classes: readonly string[] | undefined;
}

/**
 * A graph without texts. ZipMap and LabelEncoder are those of scikit-learn's and Azure Custom Vision's exports (ONNX-ML
 * operators, domain `ai.onnx.ml`).
 */
export function cutTexts(graph: Graph): NumbersOnly {
  const texts = new Set<Value>(graph.texts?.keys());
  const nodes = graph.nodes.filter((node) => {
    const isText = makesTexts(node) || readsOf(node).some((value) => texts.has(value));
    if (isText) for (const output of node.outputs) texts.add(output);
    return !isText;
  });
  if (texts.size === 0) return { graph, classes: undefined };
  const result = copyGraph(graph);
  delete result.texts;
  result.nodes = nodes;
  const declared = new Set(graph.outputs.map(({ name }) => name));
  const replaced = graph.outputs.flatMap((output) =>
    texts.has(output.name)
      ? numbersBehind(graph, output.name, texts).flatMap((name) => (declared.has(name) ? [] : [{ name }]))
      : [output],
  );
  result.outputs = replaced.filter(({ name }, i) => replaced.findIndex((other) => other.name === name) === i);
  return { graph: result, classes: classNames(graph) };
}

/** Whether a node makes texts, or a map with texts for keys. */
function makesTexts({ op, domain, attributes }: GraphNode): boolean {
  if (domain === "ai.onnx.ml" && op === "ZipMap") return true;
  if (domain === "ai.onnx.ml" && op === "LabelEncoder")
    return stringsOf(attributes, /^(values|classes)_strings$/) !== undefined;
  return op === "Cast" && attributes.to?.type === "int" && attributes.to.value === dataTypes.string;
}

/** The numbers that a text is made of: scores, or indices of classes. */
function numbersBehind(graph: Graph, output: Value, texts: ReadonlySet<Value>): Value[] {
  const madeBy = producers(graph);
  const [found, stack] = [new Set<Value>(), [output]];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    const node = madeBy.get(value);
    if (node && texts.has(value)) stack.push(...node.inputs);
    else if (node) found.add(value);
  }
  return [...found];
}

function classNames(graph: Graph): readonly string[] | undefined {
  for (const { op, domain, inputs, attributes } of graph.nodes) {
    const isMl = domain === "ai.onnx.ml";
    if (isMl && op === "ZipMap") return stringsOf(attributes, /^classlabels_strings$/) ?? numberNames(attributes);
    if (isMl && op === "LabelEncoder" && !attributes.keys_strings) {
      const names = stringsOf(attributes, /^(values|classes)_strings$/);
      const keys = attributes.keys_int64s;
      if (names && (keys?.type !== "ints" || keys.value.every((key, i) => key === i))) return names;
    }
    const table = (isMl && op === "ArrayFeatureExtractor") || (domain === "" && op === "Gather");
    const names = table ? graph.texts?.get(inputs[0] ?? "") : undefined;
    if (names) return names;
  }
  return undefined;
}

/** Class names that are whole numbers, where they say more than their places do. */
function numberNames({ classlabels_int64s: labels }: Readonly<Record<string, Attribute>>): string[] | undefined {
  if (labels?.type !== "ints" || labels.value.every((label, i) => label === i)) return undefined;
  return labels.value.map(String);
}

function stringsOf(attributes: Readonly<Record<string, Attribute>>, name: RegExp): readonly string[] | undefined {
  const found = Object.entries(attributes).find(([key]) => name.test(key))?.[1];
  return found?.type === "strings" && found.value.length > 0 ? found.value : undefined;
}
