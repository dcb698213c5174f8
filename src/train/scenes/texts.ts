/** @file A small network that compares pictures with texts: convolutions and their mean, beside embedded words and what stands next to them. */

import { captionWords } from "../../data/scenes/captions.js";
import { drawCaptionedScenes } from "../../data/scenes/draw-captioned.js";
import type { DrawnScene } from "../../data/scenes/draw-scenes.js";
import { present } from "../../foundation/present.js";
import { tokenizerKey } from "../../model/texts/tokenizer.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { Layers } from "../network/layers.js";
import { captionObjective, propertyTargets } from "./caption-objective.js";
import { appendConv, type FeatureMap } from "./pyramid.js";
import type { SceneNetwork } from "./scene-network.js";

/** Tokens of a text. */
const length = 32;
/** Numbers of a word, and of the vectors that are compared. */
const [wordSize, vectorSize] = [32, 48];
/** Channels and strides of the image's convolutions. */
const stages = [
  [16, 2],
  [32, 2],
  [32, 1],
  [56, 2],
  [56, 1],
  [56, 1],
] as const;

export const texts: SceneNetwork = {
  name: "texts",
  description: "compares pictures with texts: 0.1 million parameters, and a vocabulary of some thirty words",
  scenes: drawCaptionedScenes,
  classesOf: () => [],
  build(layers, images, { channels }) {
    const { op } = layers;
    const image = appendUnit(op, appendImage(layers, images, channels), "image_embeds");
    const text = appendUnit(op, appendText(layers), "text_embeds");
    const scale = op.Exp(op.Min(layers.parameter("logit_scale", [], 0, Math.log(10)), op.scalar(Math.log(100))));
    return op.Mul(op.MatMul(image, op.Transpose(text, { perm: [1, 0] })), scale);
  },
  finish(op, raw, _shape) {
    const { graph } = op;
    graph.inputs = graph.inputs.map((input) =>
      input.name === tokens ? { ...input, type: "int64", dims: ["T", length] } : input,
    );
    graph.outputs = [
      { name: op.named("logits_per_image", raw), type: "float32", dims: ["N", "T"] },
      { name: "text_embeds", type: "float32", dims: ["T", vectorSize] },
      { name: "image_embeds", type: "float32", dims: ["N", vectorSize] },
    ];
    graph.metadata.set(tokenizerKey, JSON.stringify(tokenizer));
    graph.metadata.set("fovea.task", "image-text");
  },
  objective: () => captionObjective(things),
  targets: (scene) => ({ [tokens]: tokensOf(scene), ...propertyTargets(scene) }),
};

/** The map of things that texts may name. */
const things = "image.things";

/** The input of texts. */
const tokens = "input_ids";

/** [N, D]: of each thing that a text may name how much there is of it, all over the picture. */
function appendImage(layers: Layers, images: Value, channels: number): Value {
  let map: FeatureMap = { value: images, channels };
  for (const [i, [width, stride]] of stages.entries()) map = appendConv(layers, map, `image.${i + 1}`, width, stride);
  const conv = layers.conv(map.value, "image.conv", { inputs: map.channels, outputs: vectorSize, kernel: 1 });
  return layers.globalAveragePool(layers.relu(conv, things), "image.mean");
}

/** [T, D]: each word with its neighbours, and the mean over them. */
function appendText(layers: Layers): Value {
  const { op } = layers;
  const ids = op.Cast(op.input(tokens, "float32", ["N", length]), { to: 7 });
  const isWord = op.Unsqueeze(op.Cast(op.Greater(ids, op.int(0)), { to: 1 }), op.ints([2]));
  const table = layers.parameter("text.words", [vocabulary.length, wordSize], 1);
  const words = op.Mul(op.Gather(table, ids, { axis: 0 }), isWord);
  const row = op.Unsqueeze(op.Transpose(words, { perm: [0, 2, 1] }), op.ints([2]));
  const kernel = layers.parameter(
    "text.neighbours.weight",
    [vectorSize, wordSize, 1, 3],
    Math.sqrt(2 / (3 * wordSize)),
  );
  const read = op.Relu(op.Conv(row, kernel, { kernel_shape: [1, 3], pads: [0, 1, 0, 1] }));
  const each = op.Mul(op.Transpose(op.Squeeze(read, op.ints([2])), { perm: [0, 2, 1] }), isWord);
  const count = op.ReduceSum(isWord, op.ints([1]), { keepdims: 0 });
  const mean = op.Div(op.ReduceSum(each, op.ints([1]), { keepdims: 0 }), op.Max(count, op.scalar(1)));
  return layers.relu(layers.linear(mean, "text.vector", vectorSize, vectorSize), "text.relu");
}

/** Each row divided by its length, under a name. */
function appendUnit(op: Builder, vectors: Value, name: string): Value {
  const square = op.ReduceSum(op.Mul(vectors, vectors), op.ints([1]), { keepdims: 1 });
  return op.layer(name, "Div", [vectors, op.Sqrt(op.Add(square, op.scalar(1e-12)))]);
}

/** By their numbers; the first fills up. */
const vocabulary = ["[PAD]", ...captionWords];

/** A tokenizer.json of whole words. */
const tokenizer = {
  version: "1.0",
  truncation: { max_length: length, strategy: "LongestFirst", stride: 0, direction: "Right" },
  padding: {
    strategy: { Fixed: length },
    direction: "Right",
    pad_id: 0,
    pad_type_id: 0,
    pad_token: "[PAD]",
    pad_to_multiple_of: null,
  },
  added_tokens: [
    { id: 0, content: "[PAD]", special: true, single_word: false, lstrip: false, rstrip: false, normalized: false },
  ],
  normalizer: {
    type: "Sequence",
    normalizers: [{ type: "Lowercase" }, { type: "Replace", pattern: { Regex: "[.,;:!?]" }, content: " " }],
  },
  pre_tokenizer: { type: "WhitespaceSplit" },
  post_processor: null,
  decoder: null,
  model: { type: "WordLevel", vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])), unk_token: "[UNK]" },
};

/** The numbers of a caption's words. */
function tokensOf({ caption }: DrawnScene) {
  const words = present(caption, "caption").words.split(" ").slice(0, length);
  const values = new Float32Array(length);
  for (const [i, word] of words.entries()) values[i] = vocabulary.indexOf(word);
  return { dims: [length], values };
}
