/** @file Small networks and images that make maps which cannot be read, and their diagnosis. */

import { expect } from "vitest";
import {
  type DiagnoseFullyOptions,
  type Diagnosis,
  diagnoseFully,
} from "../../../src/explain/diagnose/diagnose-fully.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { diagnosisOf } from "../../../src/explain/maps.js";
import type { ExplainerOptions } from "../../../src/explain/options.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph, Value } from "../../../src/onnx/graph.js";
import { float32, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";

export interface Case extends Omit<ExplainerOptions, "runtime"> {
  readonly graph: Graph;
  readonly image: Tensor;
  /** Default 0. */
  readonly class?: number;
  readonly full?: DiagnoseFullyOptions;
}

/** Explains and diagnoses; every suggestion is tried once more. */
export async function diagnosed({ graph, image, class: index = 0, full, ...options }: Case): Promise<Diagnosis> {
  const model = await openModel(graph, runtime);
  const explainer = await createExplainer(model, { ...options, runtime });
  const explanation = await explainer.explain(image, { classes: [index] });
  const diagnosis = await diagnoseFully(explainer, image, explanation, full);
  for (const { class: other, ...changed } of diagnosis.suggestions) {
    const method =
      full?.methods?.find(({ name }) => name === changed.method) ?? changed.method ?? options.method ?? "grad-cam";
    const trial = await createExplainer(model, { ...options, ...changed, method, runtime });
    const tried = await trial.explain(image, { classes: [other ?? index] });
    expect(["fine", "averaged"]).toContain(diagnosisOf(tried, 0).condition);
  }
  return diagnosis;
}

export const filled = (size: number, value: (i: number) => number) =>
  Float32Array.from({ length: size }, (_, i) => value(i));
export const constant = (op: Builder, dims: number[], values: Float32Array | number[]) =>
  op.constant(float32(dims, values));

/** What stands behind the features, up to the scores. */
export type Head = (op: Builder, features: Value) => Value;

/**
 * Two channels pass through a ReLU as they are (`stem`), and are averaged over 2x2 (`features`): the image decides the
 * activations, the head the weights.
 */
export function network(head: Head, size = 8): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 2, size, size]);
  const stem = op.layer("stem", "Relu", [op.Conv(x, constant(op, [2, 2, 1, 1], [1, 0, 0, 1]))]);
  op.output(head(op, op.layer("features", "AveragePool", [stem], { kernel_shape: [2, 2], strides: [2, 2] })), "y");
  return op.graph;
}

/** The mean of each channel, and a linear layer with the given rows. */
export const linear =
  (...rows: number[][]): Head =>
  (op, features) =>
    op.Gemm(op.Flatten(op.GlobalAveragePool(features)), constant(op, [rows.length, 2], rows.flat()), { transB: 1 });

/** One hidden layer of four units, biased, with the given activation. */
export const hidden =
  (bias: number, activate: (op: Builder, x: Value) => Value, scale = 1): Head =>
  (op, features) => {
    const weights = constant(
      op,
      [4, 2],
      filled(8, (i) => scale * (i + 1)),
    );
    const sum = op.Gemm(
      op.Flatten(op.GlobalAveragePool(features)),
      weights,
      constant(
        op,
        [4],
        filled(4, () => bias),
      ),
      {
        transB: 1,
      },
    );
    return op.Gemm(
      activate(op, sum),
      constant(
        op,
        [2, 4],
        filled(8, (i) => 1 + i),
      ),
      { transB: 1 },
    );
  };

/** Channels of size x size pixels by row and column. */
export function picture(first: (y: number, x: number) => number, second = first, size = 8): Tensor {
  const area = size * size;
  const at = (value: typeof first, i: number) => value(Math.floor(i / size), i % size);
  return float32(
    [1, 2, size, size],
    filled(2 * area, (i) => (i < area ? at(first, i) : at(second, i - area))),
  );
}

export const slope = picture((y, x) => 1 + y + x);
export const spot = (row: number, column: number, high: number, low: number) => (y: number, x: number) =>
  Math.floor(y / 2) === row && Math.floor(x / 2) === column ? high : low;
