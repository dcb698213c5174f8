/** @file Occlusion. */

import { int64 } from "../../onnx/tensor.js";
import type { PassMethod } from "../method.js";

export interface OcclusionOptions {
  /** Side of the square (in a volume of the cube) that hides the image, in pixels. Default a seventh of the image's shortest side. */
  readonly window?: number;
  /** How far the square is moved, in pixels. Default half of the window. */
  readonly stride?: number;
}

/** Occlusion with a square of another size. */
export function occlusionWith({ window, stride }: OcclusionOptions = {}): PassMethod {
  return {
    name: "occlusion",
    title: "Occlusion",
    aliases: ["occlusion-sensitivity"],
    paper: "Zeiler and Fergus, ECCV 2014",
    at: "image",
    needsGradient: false,
    masks: "image",
    measures: "probability",
    plan({ sizes }) {
      const side = window ?? Math.max(1, Math.round(Math.min(...sizes) / 7));
      const step = stride ?? Math.max(1, Math.round(side / 2));
      const along = sizes.map((length) => spans(length, side, step));
      const boxes = along.reduce<number[][]>(
        (outer, inner) => outer.flatMap((box) => inner.map((span) => [...box, ...span])),
        [[]],
      );
      return {
        count: boxes.length,
        rows: { box: int64(boxes.flat(), [boxes.length, 2 * sizes.length]) },
        shared: { grid: int64(along.map((each) => each.length)) },
      };
    },
    mask(op, { axes, size, planned }) {
      const box = planned("box", "int64", ["b", 2 * axes]);
      const shape = (at: number) => op.ints(Array.from({ length: axes + 2 }, (_, i) => (i === at ? -1 : 1)));
      const windowAlong = (axis: number) => {
        const length = op.Gather(size, op.int(axis));
        const places = op.Reshape(op.Range(op.int(0), length, op.int(1)), shape(axis + 2));
        const bound = (end: number) => op.Reshape(op.Gather(box, op.int(2 * axis + end), { axis: 1 }), shape(0));
        return op.And(op.GreaterOrEqual(places, bound(0)), op.Less(places, bound(1)));
      };
      const windows = Array.from({ length: axes }, (_, axis) => windowAlong(axis));
      const inside = windows.reduce((a, b) => op.And(a, b));
      return op.Where(inside, op.scalar(0), op.scalar(1));
    },
    combine(op, { axes, values, base, planned }) {
      const shape = op.Concat(op.ints([0, 1]), planned("grid", "int64", [axes]), { axis: 0 });
      return { evidence: op.Reshape(op.Sub(base, values), shape) };
    },
  };
}

/**
 * Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, section 4.2: a square is moved over the
 * image, and at each place the map has the drop of the class's probability when it is hidden. The image is divided into a grid of
 * equal cells, about a stride wide; the square lies on each cell's centre and ends at the image's edge. The map has the grid's
 * size. In a volume the square is a cube, in a signal a stretch. The paper hides with grey, here it is the zero of the network's input. Captum's squares start at the image's corner, and
 * each pixel of its map has the mean drop of all squares over it: without overlap the two are the same.
 */
export const occlusion: PassMethod = occlusionWith();

/** First and last (excluded) pixel of the windows along one axis. */
function spans(length: number, window: number, stride: number): [number, number][] {
  const count = Math.ceil(length / stride);
  return Array.from({ length: count }, (_, i) => {
    const start = Math.round(((i + 0.5) * length) / count - window / 2);
    return [Math.max(0, start), Math.min(length, start + window)];
  });
}
