/** @file Runs the network of texts once for each text, and puts the results together. */

import { FoveaError } from "../../foundation/error.js";
import { at, present } from "../../foundation/present.js";
import type { Graph, Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { float32, floats, sizeOf, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { feedsOf, type TextInputs } from "./text-inputs.js";
import type { TextTokenizer } from "./tokenizer.js";

/** A network that reads texts. */
export interface TextNetwork {
  readonly graph: Graph;
  readonly inputs: TextInputs;
  readonly tokenizer: TextTokenizer;
  readonly runtime: Runtime;
}

/**
 * Values of the network for all texts: those that differ by text lie one behind the other along the axis of the texts.
 * @throws FoveaError `bad-input` for a text that cannot be read, `bad-graph` for values without such an axis
 */
export async function runTexts(
  { graph, inputs, tokenizer, runtime }: TextNetwork,
  values: readonly Value[],
  texts: readonly string[],
): Promise<ReadonlyMap<Value, Tensor>> {
  const feeds = texts.map((text) => feedsOf(text, inputs, tokenizer));
  const part = prune(graph, values);
  const read = new Set(part.inputs.map(({ name }) => name));
  const session = await runtime.open(part, { repack: false });
  try {
    const runs: Record<Value, Tensor>[] = [];
    for (const each of feeds)
      runs.push(await session.run(Object.fromEntries(Object.entries(each).filter(([name]) => read.has(name)))));
    return new Map(
      values.map((value) => [
        value,
        joined(
          value,
          runs.map((run) => present(run[value], `result ${value}`)),
          inputs.batch,
        ),
      ]),
    );
  } finally {
    await session.close();
  }
}

/** @param batch how many times each result holds its text */
function joined(value: Value, results: readonly Tensor[], batch: number): Tensor {
  const first = at(results, 0);
  if (results.length > 1 && results.every((each) => isSame(each, first))) return first;
  const axis = first.dims.indexOf(batch);
  const alike = results.every(({ dims }) => dims.join() === first.dims.join());
  if (axis < 0 || first.type !== "float32" || !alike)
    throw new FoveaError(
      "bad-graph",
      `"${value}": expected numbers for each text, got ${first.type} [${first.dims.join(", ")}]`,
    );
  const [outer, inner] = [sizeOf(first.dims.slice(0, axis)), sizeOf(first.dims.slice(axis + 1))];
  const all = new Float32Array(outer * results.length * inner);
  for (const [t, result] of results.entries()) {
    const from = floats(result);
    for (let o = 0; o < outer; o++)
      all.set(from.subarray(o * batch * inner, o * batch * inner + inner), (o * results.length + t) * inner);
  }
  return float32(first.dims.with(axis, results.length), all);
}

function isSame(a: Tensor, b: Tensor): boolean {
  return a.type === b.type && a.dims.join() === b.dims.join() && a.data.every((element, i) => element === b.data[i]);
}
