/** @file The two networks in one that compares images with texts, told by what depends on which input. */

import {
  type Dim,
  dimsOf,
  type Graph,
  type GraphNode,
  producers,
  runInputs,
  typeOf,
  type Value,
} from "../../onnx/graph.js";
import { descendants } from "../../onnx/prune.js";
import { type TextInputs, textInputsOf } from "./text-inputs.js";

/** A network with an input for images and one for texts. */
export interface TwoTowers {
  readonly texts: TextInputs;
  /** Scores [images, texts] that the file itself makes; undefined where it gives vectors alone. */
  readonly logits: Value | undefined;
  /** The vectors of images [N, D] and of texts [T, D]; undefined where the file does not give both. */
  readonly vectors: { readonly image: Value; readonly text: Value } | undefined;
  /** All values that depend on the image. */
  readonly ofImage: ReadonlySet<Value>;
  /** All values that depend on the texts. */
  readonly ofTexts: ReadonlySet<Value>;
}

/** Undefined for a network without an input for texts or without one for images. */
export function twoTowersOf(graph: Graph): TwoTowers | undefined {
  const texts = textInputsOf(graph);
  if (texts === undefined) return undefined;
  const own = new Set([texts.ids, ...texts.others].map(({ name }) => name));
  const images = runInputs(graph).filter(({ name }) => !own.has(name));
  if (images.length === 0) return undefined;
  const ofImage = descendants(
    graph,
    images.map(({ name }) => name),
  );
  const ofTexts = descendants(graph, own);
  const outputs = graph.outputs.map(({ name }) => name).filter((name) => typeOf(graph, name)?.type !== "string");
  const joint = outputs.filter((name) => ofImage.has(name) && ofTexts.has(name) && isMatrix(dimsOf(graph, name)));
  const logits = joint.find((name) => /per_image|image_logits/i.test(name)) ?? joint[0];
  const given = vectorsAmong(graph, outputs, { ofImage, ofTexts });
  const vectors = given ?? (logits === undefined ? undefined : vectorsBefore(graph, logits, { ofImage, ofTexts }));
  return { texts, logits, vectors, ofImage, ofTexts };
}

type Sides = Pick<TwoTowers, "ofImage" | "ofTexts">;

function isMatrix(dims: readonly Dim[] | undefined): boolean {
  return dims === undefined || dims.length === 2;
}

/** The output of the vector that stands for a whole image or text; undefined where none is a vector. */
export function vectorAmong(graph: Graph, outputs: readonly Value[]): Value | undefined {
  const vectors = outputs.filter((name) => isMatrix(dimsOf(graph, name)));
  const named = [/embed/i, /pool/i, /feature/i];
  for (const pattern of named) {
    const found = vectors.find((name) => pattern.test(name));
    if (found !== undefined) return found;
  }
  return vectors[0];
}

function vectorsAmong(graph: Graph, outputs: readonly Value[], { ofImage, ofTexts }: Sides): TwoTowers["vectors"] {
  const image = vectorAmong(
    graph,
    outputs.filter((name) => ofImage.has(name) && !ofTexts.has(name)),
  );
  const text = vectorAmong(
    graph,
    outputs.filter((name) => ofTexts.has(name) && !ofImage.has(name)),
  );
  return image !== undefined && text !== undefined ? { image, text } : undefined;
}

/** Operators between the product of both vectors and the scores. */
const behind = new Set(["Identity", "Cast", "Mul", "Div", "Add", "Sub", "Transpose"]);

/** The vectors whose product the scores are made of. */
function vectorsBefore(graph: Graph, logits: Value, { ofImage, ofTexts }: Sides): TwoTowers["vectors"] {
  const product = productBehind(graph, logits, { ofImage, ofTexts });
  const madeBy = producers(graph);
  const rows = (value: Value): Value => {
    const node = madeBy.get(value);
    return node?.op === "Transpose" ? (node.inputs[0] ?? value) : value;
  };
  const image = product?.inputs.find((value) => ofImage.has(value) && !ofTexts.has(value));
  const text = product?.inputs.find((value) => ofTexts.has(value) && !ofImage.has(value));
  return image !== undefined && text !== undefined ? { image: rows(image), text: rows(text) } : undefined;
}

/** The node that multiplies the vectors of images with those of texts. */
function productBehind(graph: Graph, logits: Value, { ofImage, ofTexts }: Sides): GraphNode | undefined {
  const madeBy = producers(graph);
  let node = madeBy.get(logits);
  while (node && behind.has(node.op)) {
    const next = node.inputs.find((value) => ofImage.has(value) && ofTexts.has(value));
    node = madeBy.get(next ?? "");
  }
  return node?.op === "MatMul" || node?.op === "Gemm" ? node : undefined;
}

/** Whether the file adds a number to the scores, as SigLIP does: each text then has a probability of its own. */
export function hasBias(graph: Graph, logits: Value, { ofImage, ofTexts }: Sides): boolean {
  const madeBy = producers(graph);
  let node = madeBy.get(logits);
  while (node && behind.has(node.op)) {
    if (node.op === "Add" || node.op === "Sub") return true;
    const next = node.inputs.find((value) => ofImage.has(value) && ofTexts.has(value));
    node = madeBy.get(next ?? "");
  }
  return false;
}
