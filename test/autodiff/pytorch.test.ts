/**
 * @file Gradients of recurrent layers, grid samples and aligned regions against those of PyTorch 2.13's autograd
 * (test/reference/make_gradients.py made them).
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.js";
import { Builder } from "../../src/onnx/builder.js";
import { prune } from "../../src/onnx/prune.js";
import { readModel } from "../../src/onnx/read/read.js";
import { float32, int64, type Tensor } from "../../src/onnx/tensor.js";
import { inferTypes } from "../../src/runtime/infer-types.js";
import { relativeDifference } from "../support/goldens/goldens.js";
import { runFresh } from "../support/models/run.js";
import { runtime } from "../support/runtime.js";

interface Stored {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

interface Case {
  readonly inputs: readonly Stored[];
  readonly output: Stored;
  readonly weights: Stored;
  readonly gradients: Readonly<Record<string, Stored>>;
}

const folder = join(import.meta.dirname, "../fixtures/gradients");
const names = readdirSync(folder).flatMap((name) => (name.endsWith(".onnx") ? [name.slice(0, -5)] : []));
const tensor = ({ dims, values }: Stored) => float32(dims, values);

it("there are cases of every kind", () => {
  for (const kind of ["lstm", "gru", "rnn", "sample", "align"]) {
    expect(names.filter((name) => name.startsWith(kind)).length).toBeGreaterThan(1);
  }
});

describe.each(names)("%s", (name) => {
  it("has PyTorch's output and gradients", async () => {
    const theCase: Case = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
    const graph = await inferTypes(readModel(readFileSync(join(folder, `${name}.onnx`))), runtime);
    const feeds = Object.fromEntries(
      theCase.inputs.map((input, i): [string, Tensor] => {
        const isWhole = graph.inputs[i]?.type === "int64";
        return [`input${i}`, isWhole ? int64(input.values, input.dims) : tensor(input)];
      }),
    );
    const seed = new Builder(graph).constant(tensor(theCase.weights));
    const wrt = Object.keys(theCase.gradients);
    const { graph: whole, gradients } = differentiate(graph, { of: "output", wrt, seed });
    const values = wrt.map((input) => gradients.get(input) as string);
    const results = await runFresh(prune(whole, ["output", ...values]), feeds);
    expect(relativeDifference(results.output as Tensor, tensor(theCase.output))).toBeLessThan(1e-5);
    for (const [i, stored] of Object.values(theCase.gradients).entries()) {
      const result = results[values[i] as string] as Tensor;
      expect(result.dims).toEqual(stored.dims);
      expect(relativeDifference(result, tensor(stored))).toBeLessThan(1e-5);
    }
  });
});
