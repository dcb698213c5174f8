/** @file Rule of GridSample. */

import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import type { Value } from "../../../onnx/graph.js";
import type { Backward, Rule, RuleTable } from "../../rule.js";
import { sized, typed } from "../../typed.js";
import { axisTaps, readSampling, type AxisTap as Tap } from "./taps.js";

/**
 * y is a weighted sum of some elements of x for each place of the grid. Backwards these elements get the gradient by their
 * weights; the grid gets what the weights' own slopes make of the elements.
 */
const gridSample: Rule = {
  gradients: (backward) => {
    const { op, node, inputs, gradients, dims } = backward;
    const [[x = "", grid = ""], [g = ""]] = [inputs, gradients];
    const rank = dims(grid)?.length ?? dims(x)?.length;
    if (rank === undefined) {
      throw new FoveaError("bad-graph", `node "${node.name}" (GridSample): expected a known rank, got none`);
    }
    const read = readTaps(backward, rank - 2);
    const { places, taps } = read;
    const flatten = (value: Value) => op.Reshape(value, op.ints([0, 0, -1]));
    const [values, arrived] = [flatten(x), flatten(g)];
    const channels = op.Concat(op.ints([1]), op.Shape(x, { start: 1, end: 2 }), op.ints([1]), { axis: 0 });
    const indexOf = ({ index }: Tap) => op.Expand(op.Unsqueeze(index, op.ints([1])), channels);
    const share = ({ weight }: Tap) => op.Mul(arrived, op.Unsqueeze(weight, op.ints([1])));
    const zeros = op.Expand(op.scalar(0), op.Shape(values));
    const scattered = op.ScatterElements(
      zeros,
      op.Concat(...taps.map(indexOf), { axis: 2 }),
      op.Concat(...taps.map(share), { axis: 2 }),
      { axis: 2, reduction: "add" },
    );
    const worth = taps.map((tap) => {
      const products = op.Mul(arrived, op.GatherElements(values, indexOf(tap), { axis: 2 }));
      return sized(op, places, op.ReduceSum(products, op.ints([1]), { keepdims: 0 }));
    });
    return [op.Reshape(scattered, op.Shape(x)), gridGradient(backward, read, worth)];
  },
};

/** Every combination of the axes' taps. The grid's coordinates name the last axis first. */
function readTaps(backward: Backward, spatialRank: number) {
  const { op, inputs } = backward;
  const [x, grid] = inputs;
  const sampling = readSampling(backward);
  const places = [op.fresh("batch"), op.fresh("places")];
  const axes = Array.from({ length: spatialRank }, (_, axis) => {
    const along = op.Gather(grid, op.int(spatialRank - 1 - axis), { axis: spatialRank + 1 });
    const coordinate = sized(op, places, op.Reshape(along, op.ints([0, -1])));
    const size = op.Squeeze(op.Shape(x, { start: axis + 2, end: axis + 3 }), op.ints([0]));
    return { coordinate, size, taps: axisTaps(op, coordinate, size, places, sampling) };
  });
  const [first, ...rest] = axes;
  const taps = rest.reduce<readonly Tap[]>(
    (outer, { size, taps: inner }) =>
      outer.flatMap((a) =>
        inner.map((b) => ({
          index: op.Add(op.Mul(a.index, size), b.index),
          weight: sized(op, places, op.Mul(a.weight, b.weight)),
        })),
      ),
    first?.taps ?? [],
  );
  return { places, coordinates: axes.map(({ coordinate }) => coordinate), taps };
}

/** @param worth what a place's y gains in all channels by an element that it reads, [N, places] for each tap */
function gridGradient(
  { op, inputs: [, grid], gradientsOf }: Backward,
  { places, coordinates, taps }: ReturnType<typeof readTaps>,
  worth: readonly Value[],
): Value {
  const gain = typed(op, places, () =>
    taps.map(({ weight }, i) => op.Mul(weight, at(worth, i))).reduce((sum, each) => op.Add(sum, each)),
  );
  const slopes = gradientsOf(gain, [...coordinates, ...worth]).slice(0, coordinates.length);
  const columns = slopes.map((each) => op.Unsqueeze(each, op.ints([2]))).reverse();
  return op.Reshape(op.Concat(...columns, { axis: 2 }), op.Shape(grid));
}

export const sampling: RuleTable = { GridSample: gridSample };
