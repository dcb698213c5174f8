/** @file Networks with the shapes of well-known ones and random weights, so that anyone can repeat a measurement. */

import { type Random, random } from "../src/foundation/random.js";
import { Builder } from "../src/onnx/builder.js";
import type { Graph, Value } from "../src/onnx/graph.js";
import { float32, sizeOf } from "../src/onnx/tensor.js";

export const shapes = {
  resnet18: () => resNet([2, 2, 2, 2], false),
  resnet50: () => resNet([3, 4, 6, 3], true),
  "mobilenet-v2": mobileNetV2,
  squeezenet,
  vgg16,
} as const satisfies Record<string, () => Graph>;

interface ConvOptions {
  readonly kernel?: number;
  readonly stride?: number;
  readonly groups?: number;
}

/** A feature map and its number of channels. */
export interface Features {
  readonly value: Value;
  readonly channels: number;
}

/** Layers as exporters write them for inference: batch normalisation already folded into the convolutions. */
export class Network {
  readonly op = new Builder();
  readonly #random: Random = random(1);
  readonly image: Features;

  constructor(side = 224) {
    this.image = { value: this.op.input("input", "float32", ["N", 3, side, side]), channels: 3 };
  }

  conv({ value, channels }: Features, outputs: number, options: ConvOptions = {}): Features {
    const { kernel = 1, stride = 1, groups = 1 } = options;
    const inputs = channels / groups;
    const weight = this.#weights([outputs, inputs, kernel, kernel], inputs * kernel * kernel);
    const bias = this.op.constant(float32([outputs], new Float32Array(outputs)), "bias");
    const pad = (kernel - 1) / 2;
    const attributes = { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad] };
    return { value: this.op.Conv(value, weight, bias, { ...attributes, group: groups }), channels: outputs };
  }

  relu({ value, channels }: Features): Features {
    return { value: this.op.Relu(value), channels };
  }

  relu6({ value, channels }: Features): Features {
    return { value: this.op.Clip(value, this.op.scalar(0), this.op.scalar(6)), channels };
  }

  add(a: Features, b: Features): Features {
    return { value: this.op.Add(a.value, b.value), channels: a.channels };
  }

  concat(a: Features, b: Features): Features {
    return { value: this.op.Concat(a.value, b.value, { axis: 1 }), channels: a.channels + b.channels };
  }

  maxPool({ value, channels }: Features, kernel: number, pad = 0): Features {
    const attributes = { kernel_shape: [kernel, kernel], strides: [2, 2], pads: [pad, pad, pad, pad] };
    return { value: this.op.node("MaxPool", [value], attributes)[0] as Value, channels };
  }

  flatten({ value, channels }: Features, positions = 1): Features {
    return { value: this.op.Flatten(value, { axis: 1 }), channels: channels * positions };
  }

  linear({ value, channels }: Features, outputs: number): Features {
    const weight = this.#weights([outputs, channels], channels);
    const bias = this.op.constant(float32([outputs], new Float32Array(outputs)), "bias");
    return { value: this.op.Gemm(value, weight, bias, { transB: 1 }), channels: outputs };
  }

  pooled({ value, channels }: Features): Features {
    return this.flatten({ value: this.op.GlobalAveragePool(value), channels });
  }

  graph(logits: Features): Graph {
    this.op.output(logits.value, "logits");
    return this.op.graph;
  }

  /** Weights after He et al. 2015. */
  #weights(dims: readonly number[], fanIn: number): Value {
    const deviation = Math.sqrt(2 / fanIn);
    const values = Float32Array.from({ length: sizeOf(dims) }, () => deviation * this.#random.normal());
    return this.op.constant(float32(dims, values), "weight");
  }
}

/** He et al., "Deep Residual Learning for Image Recognition", CVPR 2016; the stride lies on the 3x3 as in torchvision. */
function resNet(blocks: readonly number[], bottleneck: boolean): Graph {
  const net = new Network();
  let x = net.maxPool(net.relu(net.conv(net.image, 64, { kernel: 7, stride: 2 })), 3, 1);
  for (const [stage, count] of blocks.entries()) {
    const width = 64 * 2 ** stage;
    const outputs = bottleneck ? 4 * width : width;
    for (let i = 0; i < count; i++) {
      const stride = stage > 0 && i === 0 ? 2 : 1;
      const shortcut = x.channels === outputs ? x : net.conv(x, outputs, { stride });
      const inner = bottleneck
        ? net.conv(net.relu(net.conv(net.relu(net.conv(x, width)), width, { kernel: 3, stride })), outputs)
        : net.conv(net.relu(net.conv(x, width, { kernel: 3, stride })), width, { kernel: 3 });
      x = net.relu(net.add(inner, shortcut));
    }
  }
  return net.graph(net.linear(net.pooled(x), 1000));
}

/** Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018, table 2. */
function mobileNetV2(): Graph {
  const net = new Network();
  const rows = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const;
  let x = net.relu6(net.conv(net.image, 32, { kernel: 3, stride: 2 }));
  for (const [expansion, outputs, count, first] of rows) {
    for (let i = 0; i < count; i++) {
      const hidden = expansion * x.channels;
      const wide = expansion === 1 ? x : net.relu6(net.conv(x, hidden));
      const stride = i === 0 ? first : 1;
      const inner = net.conv(net.relu6(net.conv(wide, hidden, { kernel: 3, stride, groups: hidden })), outputs);
      x = i === 0 ? inner : net.add(inner, x);
    }
  }
  return net.graph(net.linear(net.pooled(net.relu6(net.conv(x, 1280))), 1000));
}

/** Iandola et al., "SqueezeNet", 2016, in the form 1.1 of its authors: channels that are squeezed to, and expanded to twice. */
function squeezenet(): Graph {
  const net = new Network();
  const fire = (x: Features, squeezed: number, expanded: number) => {
    const s = net.relu(net.conv(x, squeezed));
    return net.concat(net.relu(net.conv(s, expanded)), net.relu(net.conv(s, expanded, { kernel: 3 })));
  };
  let x = net.maxPool(net.relu(net.conv(net.image, 64, { kernel: 3, stride: 2 })), 3, 1);
  for (const stage of [
    [16, 16],
    [32, 32],
    [48, 48, 64, 64],
  ]) {
    for (const squeezed of stage) x = fire(x, squeezed, 4 * squeezed);
    if (stage.length < 4) x = net.maxPool(x, 3, 1);
  }
  return net.graph(net.pooled(net.relu(net.conv(x, 1000))));
}

/** Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", ICLR 2015, table 1 D. */
function vgg16(): Graph {
  const net = new Network();
  let x = net.image;
  for (const [outputs, count] of [
    [64, 2],
    [128, 2],
    [256, 3],
    [512, 3],
    [512, 3],
  ] as const) {
    for (let i = 0; i < count; i++) x = net.relu(net.conv(x, outputs, { kernel: 3 }));
    x = net.maxPool(x, 2);
  }
  const hidden = net.relu(net.linear(net.flatten(x, 49), 4096));
  return net.graph(net.linear(net.relu(net.linear(hidden, 4096)), 1000));
}
