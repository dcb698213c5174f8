/** @file Operators that make as many elements as some of their inputs say. */

import type { GraphNode } from "../../onnx/graph.js";
import { mostSteps } from "../../onnx/read/budget.js";

/** An operator that makes as much as its inputs say. */
export interface Maker {
  /** The places of these inputs. */
  readonly inputs: readonly number[];
  /** Single numbers below are refused, whatever sizes are told: onnxruntime divides by them. Default: everything is taken. */
  readonly least?: number;
  /**
   * The least number of elements that it makes.
   * @param lists the numbers of these inputs; those of inputs that are left out are empty
   * @param size of its first input; unknown sizes count as 1
   */
  readonly elements: (lists: readonly (readonly number[])[], size: number) => number;
}

const whole = (list: readonly number[] = []) => list.reduce((product, size) => product * Math.max(1, size), 1);
const shapeAt = (input: number): Maker => ({ inputs: [input], elements: ([shape]) => whole(shape) });
/** As many as a single number says, for each element of the first input. */
const timesFirst = (input: number): Maker => ({
  inputs: [input],
  elements: ([factors], size) => size * whole(factors),
});
const window: Maker = { inputs: [0], elements: ([[size = 1] = []]) => size };

const makers: Readonly<Record<string, Maker>> = {
  AffineGrid: shapeAt(1),
  BlackmanWindow: window,
  CenterCropPad: shapeAt(1),
  Col2Im: shapeAt(1),
  ConstantOfShape: shapeAt(0),
  Expand: shapeAt(1),
  HammingWindow: window,
  HannWindow: window,
  // As much work as elements, at least.
  Loop: { inputs: [0], least: 0, elements: ([[steps = 1] = []]) => (steps > mostSteps ? Number.POSITIVE_INFINITY : 1) },
  MaxUnpool: shapeAt(2),
  MelWeightMatrix: { inputs: [0, 1], elements: ([bins, length]) => whole(bins) * whole(length) },
  OneHot: timesFirst(1),
  Pad: {
    inputs: [1],
    elements: ([pads = []]) => {
      const half = pads.length / 2;
      return whole(pads.slice(0, half).map((before, axis) => 1 + before + (pads[half + axis] ?? 0)));
    },
  },
  Range: {
    inputs: [0, 1, 2],
    elements: ([[start = 0] = [], [end = 0] = [], [step = 1] = []]) => Math.max(0, Math.ceil((end - start) / step)),
  },
  Resize: {
    inputs: [2, 3],
    elements: ([scales = [], sizes = []], size) => (sizes.length > 0 ? whole(sizes) : scaled(size, scales)),
  },
  STFT: { inputs: [1, 3], least: 1, elements: () => 1 },
  SplitToSequence: { inputs: [1], least: 1, elements: () => 1 },
  Tile: timesFirst(1),
};

function scaled(size: number, scales: readonly number[]): number {
  return scales.reduce((product, scale) => product * scale, size);
}

/** The entry of a node's operator. */
export function makerOf({ op, domain }: GraphNode): Maker | undefined {
  return domain === "" ? makers[op] : undefined;
}

/** Whether a node makes as much as some of its inputs say. */
export function makesSizes(node: GraphNode): boolean {
  return makerOf(node) !== undefined;
}
