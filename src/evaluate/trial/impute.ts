/** @file Noisy linear imputation: imputes removed pixels from their neighbours, as a graph. */

import { at } from "../../foundation/present.js";
import { Builder } from "../../onnx/builder.js";
import { emptyGraph, type Graph, type Value } from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";
import type { Size } from "./trial.js";

/** Weights of a pixel's neighbours (Rong et al. 2022, section 4.2). */
const neighbours = [1 / 12, 1 / 6, 1 / 12, 1 / 6, 0, 1 / 6, 1 / 12, 1 / 6, 1 / 12];
/** By how much a removed pixel may differ from the mean of its neighbours, the range from black to white being 1. */
const tolerance = 1e-4;
const mostSteps = 50;
/** The side of the smallest level of the pyramid. */
const coarsest = 4;

/**
 * Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022: every removed pixel is the
 * weighted mean of its eight neighbours (those beyond the edge left out), and noise is added to it. That is a sparse linear
 * system, here solved by conjugate gradients at one size after the other, each beginning with the solution at half its size.
 *
 * Inputs: `image` [1, C, H, W] or [1, H, W, C]; `keep` [n, 1, H, W] or [n, H, W, 1], 1 for pixels that are known and 0 for
 * removed ones; `noise` like `image`, standard normal; `unit` and `deviation`, by channel: the range of pixels, and the
 * noise's standard deviation, in the input's units. Output: `result`, n images.
 */
export function imputeGraph({ height, width }: Size, last: boolean): Graph {
  const op = new Builder(emptyGraph("impute"));
  const input = (name: string) => {
    const value = op.input(name, "float32", ["", "", "", ""]);
    return last ? op.Transpose(value, { perm: [0, 3, 1, 2] }) : value;
  };
  const [image, keep, noise] = [input("image"), input("keep"), input("noise")];
  const [unit, deviation] = [input("unit"), input("deviation")];
  const size: Size = { height, width };
  // Of all images and channels one plane each, in units of the range of pixels.
  const all = op.Concat(op.Shape(keep, { end: 1 }), op.Shape(image, { start: 1 }), { axis: 0 });
  const planes = (value: Value) => op.Reshape(op.Expand(value, all), op.ints([-1, 1, height, width]));
  const mask = planes(keep);
  const pixels = op.Mul(planes(op.Div(image, unit)), mask);
  const solved = appendSolution(op, { given: pixels, known: mask }, size);
  const imputed = op.Add(op.Mul(op.Reshape(solved, all), unit), op.Mul(noise, deviation));
  const result = op.Where(op.Greater(keep, op.scalar(0.5)), image, imputed);
  op.output(last ? op.Transpose(result, { perm: [0, 2, 3, 1] }) : result, "result");
  return op.graph;
}

/** Pictures with holes. */
interface Incomplete {
  /** [planes, 1, H, W], zero where nothing is known. */
  readonly given: Value;
  /** 1 where something is known, else 0. */
  readonly known: Value;
}

/** Fills the holes. */
function appendSolution(op: Builder, picture: Incomplete, size: Size): Value {
  const guess = Math.max(size.height, size.width) > coarsest ? appendCoarse(op, picture, size) : op.scalar(0);
  return appendDescent(op, picture, guess, size);
}

/** Fills the same picture at half the size. A pixel is known there if one of its four is. */
function appendCoarse(op: Builder, { given, known }: Incomplete, { height, width }: Size): Value {
  const half = { height: Math.ceil(height / 2), width: Math.ceil(width / 2) };
  const pads = op.ints([0, 0, 0, 0, 0, 0, 2 * half.height - height, 2 * half.width - width]);
  const halved = (value: Value) => op.AveragePool(op.Pad(value, pads), { kernel_shape: [2, 2], strides: [2, 2] });
  const [sum, count] = [halved(given), halved(known)];
  const holds = op.Cast(op.Greater(count, op.scalar(0)), { to: 1 });
  const mean = op.Div(sum, op.Max(count, op.scalar(1e-30)));
  const solved = appendSolution(op, { given: mean, known: holds }, half);
  const doubled = op.Resize(solved, undefined, op.constant(float32([4], [1, 1, 2, 2]), "doubled"), undefined, {
    mode: "linear",
  });
  return op.Slice(doubled, op.ints([0, 0]), op.ints([height, width]), op.ints([2, 3]));
}

/** Solves, for the unknown pixels x: (sum of weights) x = weighted sum of neighbours. The matrix is symmetric and positive definite. */
function appendDescent(op: Builder, { given, known }: Incomplete, guess: Value, size: Size): Value {
  const kernel = op.constant(float32([1, 1, 3, 3], neighbours), "neighbours");
  const around = (at: Builder, value: Value) => at.Conv(value, kernel, { pads: [1, 1, 1, 1] });
  const ones = float32([1, 1, size.height, size.width], new Float32Array(size.height * size.width).fill(1));
  const weights = around(op, op.constant(ones, "ones"));
  const removed = op.Sub(op.scalar(1), known);
  const start = op.Mul(removed, guess);
  const residual = op.Mul(removed, op.Sub(around(op, op.Add(given, start)), op.Mul(weights, start)));

  const body = new Builder(emptyGraph("one step"), op.fresh("step"));
  const [step, before] = [body.fresh("i"), body.fresh("before")];
  body.input(step, "int64", []);
  body.input(before, "bool", []);
  const state = (name: string) => body.input(body.fresh(name), "float32", ["", 1, "", ""]);
  const [x, r, p] = [state("x"), state("r"), state("p")];
  const product = (a: Value, b: Value) => body.ReduceSum(body.Mul(a, b), body.ints([1, 2, 3]), { keepdims: 1 });
  const ratio = (a: Value, b: Value) => body.Div(a, body.Max(b, body.scalar(1e-30)));
  const moved = body.Mul(removed, body.Sub(body.Mul(weights, p), around(body, p)));
  const squares = product(r, r);
  const length = ratio(squares, product(p, moved));
  const next = body.Sub(r, body.Mul(length, moved));
  const towards = body.Add(next, body.Mul(ratio(product(next, next), squares), p));
  const float = (name: Value) => ({ name, type: "float32", dims: ["", 1, "", ""] }) as const;
  body.graph.outputs = [
    { name: body.Greater(largest(body, next), body.scalar(tolerance)), type: "bool", dims: [] },
    ...[body.Add(x, body.Mul(length, p)), next, towards].map(float),
  ];
  const attributes = { body: { type: "graph", value: body.graph } } as const;
  const begin = op.Greater(largest(op, residual), op.scalar(tolerance));
  const solved = at(op.node("Loop", [op.int(mostSteps), begin, start, residual, residual], attributes, 3), 0);
  return op.Add(given, solved);
}

function largest(op: Builder, value: Value): Value {
  return op.ReduceMax(op.Abs(value), undefined, { keepdims: 0 });
}
