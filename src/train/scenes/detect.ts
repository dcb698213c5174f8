/** @file A small one-stage detector with three levels and a decoupled head, whose file has the outputs of YOLOv8. */

import { type DrawnScene, drawScenes } from "../../data/scenes/draw-scenes.js";
import type { Box } from "../../image/picture/resize.js";
import { appendColumns } from "../../model/tasks/detection/layout.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";
import type { Layers } from "../network/layers.js";
import type { NetworkShape } from "../network/networks.js";
import { boxObjective } from "./box-objective.js";
import { type Cell, cellsOf, finds, nearestCell } from "./levels.js";
import { appendBackbone, appendConv, appendPyramid, type FeatureMap } from "./pyramid.js";
import type { SceneNetwork } from "./scene-network.js";

export const detect: SceneNetwork = {
  name: "detect",
  description: "a detector with three levels: 0.24 million parameters; draws a box for each object",
  scenes: drawScenes,
  classesOf: (classes) => classes,
  build(layers, images, { channels, classes }) {
    const maps = appendBackbone(layers, images, channels).slice(2);
    const pyramid = appendPyramid(layers, maps, [36, 36, 36]);
    const each = pyramid.map((map, i) => appendHead(layers, map, `head.${i + 1}`, classes));
    return layers.op.layer("head.concat", "Concat", each, { axis: 2 });
  },
  finish(op, raw, shape) {
    const boxes = appendBoxes(op, appendColumns(op, raw, 0, 4), shape);
    const half = op.scalar(0.5);
    const [start, end] = [appendColumns(op, boxes, 0, 2), appendColumns(op, boxes, 2, 4)];
    const centre = op.Mul(op.Add(start, end), half);
    const scores = op.layer("scores", "Sigmoid", [appendColumns(op, raw, 4, 4 + shape.classes)]);
    const output = op.layer("output0", "Concat", [centre, op.Sub(end, start), scores], { axis: 1 });
    op.graph.outputs.push({ name: output, type: "float32", dims: ["N", 4 + shape.classes, cellsOf(shape).length] });
  },
  objective: (shape) => boxObjective((op, raw) => appendBoxes(op, raw, shape), shape.classes),
  targets: boxTargets,
};

/** Distances and class scores of a level, [N, 4 + classes, cells]. */
function appendHead(layers: Layers, map: FeatureMap, name: string, classes: number): Value {
  const { op } = layers;
  const branch = (of: string, width: number, outputs: number, start: number) => {
    const first = appendConv(layers, map, `${name}.${of}.1`, width);
    const { value, channels } = appendConv(layers, first, `${name}.${of}.2`, width);
    return layers.conv(value, `${name}.${of}`, { inputs: channels, outputs, kernel: 1, start });
  };
  // Hardly any cell finds an object: scores begin near 1 %, so that the first steps do not go into that (Lin et al., "Focal loss", 2017).
  const both = [branch("box", 20, 4, 0.5), branch("class", 36, classes, -4.6)];
  const joined = op.layer(`${name}.join`, "Concat", both, { axis: 1 });
  return op.layer(`${name}.cells`, "Reshape", [joined, op.ints([0, 4 + classes, -1])]);
}

/** Left, top, right and bottom in pixels, of the distances from each cell's middle to them in strides, [N, 4, cells]. */
function appendBoxes(op: Builder, raw: Value, shape: Pick<NetworkShape, "height" | "width">): Value {
  const cells = cellsOf(shape);
  const row = (of: (cell: Cell) => number) => cells.map(of);
  const middles = op.constant(float32([1, 2, cells.length], [...row(({ x }) => x), ...row(({ y }) => y)]), "middles");
  const strides = op.constant(
    float32(
      [1, 1, cells.length],
      row(({ stride }) => stride),
    ),
    "strides",
  );
  const distances = op.Mul(op.Softplus(raw), strides);
  const [before, behind] = [appendColumns(op, distances, 0, 2), appendColumns(op, distances, 2, 4)];
  return op.Concat(op.Sub(middles, before), op.Add(middles, behind), { axis: 1 });
}

/** Of each cell the class and the box that it is to find. One without an object has itself as its box, which does not count. */
function boxTargets({ objects }: DrawnScene, shape: NetworkShape) {
  const cells = cellsOf(shape);
  const count = cells.length;
  const found = { dims: [shape.classes, count], values: new Float32Array(shape.classes * count) };
  const boxes = { dims: [4, count], values: new Float32Array(4 * count) };
  const put = (cell: number, { x, y, width, height }: Box) => {
    for (const [side, value] of [x, y, x + width, y + height].entries()) boxes.values[side * count + cell] = value;
  };
  for (const [i, { x, y, stride }] of cells.entries())
    put(i, { x: x - stride, y: y - stride, width: 2 * stride, height: 2 * stride });
  for (const { box, classIndex } of objects) {
    const finders = cells.flatMap((cell, i) => (finds(cell, box) ? [i] : []));
    for (const cell of finders.length > 0 ? finders : [nearestCell(cells, box)]) {
      // Where two objects meet in a cell, the later one has it.
      for (let other = 0; other < shape.classes; other++) found.values[other * count + cell] = 0;
      found.values[classIndex * count + cell] = 1;
      put(cell, box);
    }
  }
  return { found, boxes };
}
