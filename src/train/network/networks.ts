/** @file The networks that can be trained from scratch, by name. */

import { FoveaError, itemNamed } from "../../foundation/error.js";
import { random } from "../../foundation/random.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Graph, type Value } from "../../onnx/graph.js";
import { appendEnding, type Head, scoreCount, type Trainable, type TrainableGraph } from "../trainable.js";
import { Layers, withWeights } from "./layers.js";

/** The sizes of the data that a network is built for; `classes` is the number of its scores. */
export interface NetworkShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly classes: number;
}

export interface NetworkDefinition {
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  /** From the images [N, C, H, W] in 0..1 to the logits [N, classes]. */
  readonly build: (layers: Layers, images: Value, shape: NetworkShape) => Value;
}

interface BlockOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  /** Halve the size behind the convolution, where it spares the rest of the block three quarters of its work. */
  readonly pool: boolean;
}

/** Convolution - (max pool) - batch normalisation - ReLU, of the same size. */
function appendBlock(layers: Layers, x: Value, name: string, { inputs, outputs, kernel, pool }: BlockOptions): Value {
  const pad = (kernel - 1) / 2;
  const conv = layers.conv(x, `${name}.conv`, { inputs, outputs, kernel, pad, bias: false });
  const y = pool ? layers.maxPool(conv, `${name}.pool`, 2) : conv;
  return layers.relu(layers.batchNorm(y, `${name}.norm`, outputs), `${name}.relu`);
}

const classic: NetworkDefinition = {
  name: "classic",
  description: "Conv 5x5 (12) - ReLU - MaxPool 2 - Linear 128 - Sigmoid - Linear: 223 thousand parameters on 28x28",
  build(layers, images, { channels, height, width, classes }) {
    if (Math.min(height, width) < 6)
      throw new FoveaError(
        "bad-input",
        `network classic: expected images of 6 x 6 pixels or more, got ${height} x ${width}: take compact`,
      );
    const conv = layers.conv(images, "conv", { inputs: channels, outputs: 12, kernel: 5 });
    const pool = layers.maxPool(layers.relu(conv, "relu"), "pool", 2);
    const features = 12 * Math.floor((height - 4) / 2) * Math.floor((width - 4) / 2);
    const hidden = layers.linear(layers.flatten(pool, "flatten"), "hidden", features, 128);
    return layers.linear(layers.sigmoid(hidden, "sigmoid"), "logits", 128, classes);
  },
};

const compact: NetworkDefinition = {
  name: "compact",
  description: "four batch-normalised convolutions and a global average: below 20,000 parameters",
  build: (layers, images, shape) => appendStages(layers, images, shape, [[16], [26, 26], [32]]),
};

const accurate: NetworkDefinition = {
  name: "accurate",
  description: "five batch-normalised convolutions and a global average: below 120,000 parameters",
  build: (layers, images, shape) => appendStages(layers, images, shape, [[16], [40, 48], [72, 64]]),
};

/** Stages of blocks, each half the size of the one before, then the mean over all positions and one linear layer. */
function appendStages(
  layers: Layers,
  images: Value,
  shape: NetworkShape,
  widths: readonly (readonly number[])[],
): Value {
  let [x, inputs] = [images, shape.channels];
  widths.forEach((stage, s) => {
    stage.forEach((outputs, b) => {
      const pool = b === stage.length - 1 && s < widths.length - 1;
      const kernel = s === 0 && b === 0 ? 5 : 3;
      x = appendBlock(layers, x, `stage${s + 1}.${b + 1}`, { inputs, outputs, kernel, pool });
      inputs = outputs;
    });
  });
  return layers.linear(layers.globalAveragePool(x, "average"), "logits", inputs, shape.classes);
}

const photo: NetworkDefinition = {
  name: "photo",
  description: "seven batch-normalised convolutions and a global average: 0.28 million parameters, for colour photos",
  build: (layers, images, shape) => appendStages(layers, images, shape, [[16], [24], [48, 48], [96, 96], [128]]),
};

/** The networks that can be trained from scratch. */
export const networks: readonly NetworkDefinition[] = [classic, compact, accurate, photo];

/** @throws FoveaError `unknown-name` */
export function networkNamed(name: string): NetworkDefinition {
  return itemNamed("network", name, networks);
}

/** A network with freshly drawn weights; the same seed draws the same weights. */
export function buildNetwork(
  network: Pick<NetworkDefinition, "name" | "build">,
  shape: NetworkShape,
  seed: number,
  training: boolean,
): TrainableGraph {
  const layers = new Layers(network.name, random(seed).fork("weights"), training);
  const { channels, height, width } = shape;
  const input = layers.op.input("images", "float32", ["N", channels, height, width]);
  const logits = network.build(layers, input, shape);
  const { graph, parameters, statistics } = layers;
  return { graph, input, logits, parameters, statistics };
}

/** A network to train from scratch on pixels, which it takes as 0..1. */
export function fromScratch(
  network: NetworkDefinition,
  shape: NetworkShape,
  { seed, head }: { readonly seed: number; readonly head: Head },
): Trainable {
  const { classes, channels, height, width } = shape;
  const scoreShape = { ...shape, classes: scoreCount(head, classes) };
  const buildForInference = () => {
    const { graph, logits } = buildNetwork(network, scoreShape, seed, false);
    appendEnding(new Builder(graph), logits, head, classes);
    return graph;
  };
  let inference: Graph | undefined;
  return {
    classes,
    head,
    example: { type: "uint8", dims: [channels, height, width] },
    prepare: (_op, pixels) => pixels,
    build: () => buildNetwork(network, scoreShape, seed, true),
    export(learned) {
      // Drawing weights takes far longer than putting others in their place.
      inference ??= buildForInference();
      return withWeights(copyGraph(inference), learned);
    },
  };
}
