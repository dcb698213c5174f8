/** @file A detector with the shapes of a well-known small one (3.2 million weights, three levels) and random weights. */

import { at } from "../src/foundation/present.js";
import type { Builder } from "../src/onnx/builder.js";
import type { Graph, Value } from "../src/onnx/graph.js";
import { float32 } from "../src/onnx/tensor.js";
import { type Features, Network } from "./networks.js";

const classes = 80;
const bins = 16;

/**
 * YOLOv8n's shapes: five stages of strides 2 to 32, pooling in a row, a top-down and a bottom-up path, and for each level decoupled heads
 * of two 3x3 convolutions, with a distribution for each side (docs.ultralytics.com/models/yolov8).
 * @param side of the input, a multiple of 32
 * @param bias of the classes: the higher, the more boxes pass
 */
export function smallDetector(side = 640, bias = -4): Graph {
  const net = new Network(side);
  const { op } = net;
  const silu = ({ value, channels }: Features): Features => ({ value: op.Mul(value, op.Sigmoid(value)), channels });
  const conv = (x: Features, outputs: number, kernel = 1, stride = 1) => silu(net.conv(x, outputs, { kernel, stride }));
  const concat = (...parts: readonly Features[]): Features => ({
    value: op.Concat(...parts.map(({ value }) => value), { axis: 1 }),
    channels: parts.reduce((sum, { channels }) => sum + channels, 0),
  });
  const channelsOf = ({ value }: Features, from: number, to: number): Features => ({
    value: op.Slice(value, op.ints([from]), op.ints([to]), op.ints([1])),
    channels: to - from,
  });
  /** Two halves, of which one goes on through pairs of convolutions; all of it together at the end. */
  const stage = (x: Features, outputs: number, repeats: number, isResidual: boolean) => {
    const half = outputs / 2;
    const both = conv(x, outputs);
    const parts = [channelsOf(both, 0, half), channelsOf(both, half, outputs)];
    for (let i = 0; i < repeats; i++) {
      const last = at(parts, parts.length - 1);
      const inner = conv(conv(last, half, 3), half, 3);
      parts.push(isResidual ? net.add(last, inner) : inner);
    }
    return conv(concat(...parts), outputs);
  };
  const pooled = ({ value, channels }: Features): Features => ({
    value: op.node("MaxPool", [value], { kernel_shape: [5, 5], strides: [1, 1], pads: [2, 2, 2, 2] })[0],
    channels,
  });
  const larger = ({ value, channels }: Features): Features => ({
    value: op.Resize(value, undefined, op.constant(float32([4], [1, 1, 2, 2])), { mode: "nearest" }),
    channels,
  });

  const c2 = stage(conv(conv(net.image, 16, 3, 2), 32, 3, 2), 32, 1, true);
  const c3 = stage(conv(c2, 64, 3, 2), 64, 2, true);
  const c4 = stage(conv(c3, 128, 3, 2), 128, 2, true);
  const before = conv(stage(conv(c4, 256, 3, 2), 256, 1, true), 128);
  const once = pooled(before);
  const twice = pooled(once);
  const c5 = conv(concat(before, once, twice, pooled(twice)), 256);
  const p4 = stage(concat(larger(c5), c4), 128, 1, false);
  const p3 = stage(concat(larger(p4), c3), 64, 1, false);
  const n4 = stage(concat(conv(p3, 64, 3, 2), p4), 128, 1, false);
  const n5 = stage(concat(conv(n4, 128, 3, 2), c5), 256, 1, false);

  const levels = [p3, n4, n5].map((map, i) => {
    const cells = (side / (8 << i)) ** 2;
    const sides = net.conv(conv(conv(map, 64, 3), 64, 3), 4 * bins);
    const scores = net.conv(conv(conv(map, 80, 3), 80, 3), classes);
    const shift = op.constant(float32([1, classes, 1, 1], Array<number>(classes).fill(bias)));
    const together = op.Concat(sides.value, op.Add(scores.value, shift), { axis: 1 });
    return op.Reshape(together, op.ints([-1, 4 * bins + classes, cells]));
  });
  op.output(appendBoxes(op, op.Concat(...levels, { axis: 2 }), side), "output0");
  return op.graph;
}

/** Boxes by centre and size, and probabilities, [N, 4 + classes, cells], of what the heads give. */
function appendBoxes(op: Builder, all: Value, side: number): Value {
  const cells = [8, 16, 32].reduce((sum, stride) => sum + (side / stride) ** 2, 0);
  const [sides, scores] = op.node("Split", [all, op.ints([4 * bins, classes])], { axis: 1 }, 2);
  const shares = op.Softmax(op.Reshape(sides, op.ints([-1, 4, bins, cells])), { axis: 2 });
  const steps = op.constant(
    float32(
      [1, 1, bins, 1],
      Float32Array.from({ length: bins }, (_, i) => i),
    ),
  );
  const distances = op.ReduceSum(op.Mul(shares, steps), op.ints([2]), { keepdims: 0 });
  const { points, strides } = places(side, cells);
  const part = (from: number, to: number) => op.Slice(distances, op.ints([from]), op.ints([to]), op.ints([1]));
  const centres = op.constant(float32([1, 2, cells], points), "points");
  const [first, last] = [op.Sub(centres, part(0, 2)), op.Add(centres, part(2, 4))];
  const boxes = op.Concat(op.Mul(op.Add(first, last), op.scalar(0.5)), op.Sub(last, first), { axis: 1 });
  const scaled = op.Mul(boxes, op.constant(float32([1, 1, cells], strides), "strides"));
  return op.Concat(scaled, op.Sigmoid(scores), { axis: 1 });
}

/** The centre of each cell in cells, x before y, and its stride. */
function places(side: number, cells: number) {
  const [points, strides] = [new Float32Array(2 * cells), new Float32Array(cells)];
  let cell = 0;
  for (const stride of [8, 16, 32]) {
    const across = side / stride;
    for (let i = 0; i < across * across; i++, cell++) {
      points[cell] = (i % across) + 0.5;
      points[cells + cell] = Math.floor(i / across) + 0.5;
      strides[cell] = stride;
    }
  }
  return { points, strides };
}
