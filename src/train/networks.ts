/** @file The networks that can be trained from scratch, by name. */

import type { Value } from "../onnx/index.js";
import { unknownName } from "../error.js";
import { random } from "../random.js";
import { Layers } from "./layers.js";

/** What a network must know of the data. */
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

/** A batch-normalised 3x3 convolution. */
function block(layers: Layers, x: Value, name: string, inputs: number, outputs: number): Value {
  const y = layers.conv(x, `${name}.conv`, { inputs, outputs, kernel: 3, pad: 1, bias: false });
  return layers.relu(layers.batchNorm(y, `${name}.norm`, outputs), `${name}.relu`);
}

const classic: NetworkDefinition = {
  name: "classic",
  description: "Conv 5x5 (12) - ReLU - MaxPool 2 - Linear 128 - Sigmoid - Linear: 223 thousand parameters on 28x28",
  build(layers, images, { channels, height, width, classes }) {
    const conv = layers.conv(images, "conv", { inputs: channels, outputs: 12, kernel: 5 });
    const pool = layers.maxPool(layers.relu(conv, "relu"), "pool", 2);
    const features = 12 * Math.floor((height - 4) / 2) * Math.floor((width - 4) / 2);
    const hidden = layers.linear(layers.flatten(pool, "flatten"), "hidden", features, 128);
    return layers.linear(layers.sigmoid(hidden, "sigmoid"), "logits", 128, classes);
  },
};

const compact: NetworkDefinition = {
  name: "compact",
  description: "four batch-normalised 3x3 convolutions and a global average: below 20,000 parameters",
  build: (layers, images, shape) => stages(layers, images, shape, [[16, 16], [32, 32]]),
};

const accurate: NetworkDefinition = {
  name: "accurate",
  description: "six batch-normalised 3x3 convolutions and a global average: below 120,000 parameters",
  build: (layers, images, shape) => stages(layers, images, shape, [[16, 24], [48, 48], [72, 64]]),
};

/** Stages of blocks, halved in size between them, then the mean over all positions and one linear layer. */
function stages(layers: Layers, images: Value, shape: NetworkShape, widths: readonly (readonly number[])[]): Value {
  let [x, channels] = [images, shape.channels];
  widths.forEach((stage, s) => {
    if (s > 0) x = layers.maxPool(x, `stage${s}.pool`, 2);
    stage.forEach((width, b) => {
      x = block(layers, x, `stage${s + 1}.${b + 1}`, channels, width);
      channels = width;
    });
  });
  return layers.linear(layers.globalAveragePool(x, "pool"), "logits", channels, shape.classes);
}

export const networks: readonly NetworkDefinition[] = [classic, compact, accurate];

/** @throws FoveaError `unknown-name` */
export function networkNamed(name: string): NetworkDefinition {
  const found = networks.find((network) => network.name === name);
  if (found) return found;
  throw unknownName("network", name, networks.map((network) => network.name));
}

/** A network with freshly drawn weights; the same seed draws the same weights. */
export function buildNetwork(network: NetworkDefinition, shape: NetworkShape, seed: number, training: boolean): BuiltNetwork {
  const layers = new Layers(network.name, random(seed).fork("weights"), training);
  const { channels, height, width } = shape;
  const images = layers.op.input("images", "float32", ["N", channels, height, width]);
  return { layers, images, logits: network.build(layers, images, shape) };
}

export interface BuiltNetwork {
  readonly layers: Layers;
  readonly images: Value;
  readonly logits: Value;
}
