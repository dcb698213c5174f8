/** @file The inputs of a network that take a text, and their values for one. */

import { FoveaError } from "../../foundation/error.js";
import { convertTensor } from "../../onnx/convert-tensor.js";
import { type Graph, runInputs, type Value, type ValueInfo } from "../../onnx/graph.js";
import { int64, type Tensor } from "../../onnx/tensor.js";
import { isWholeType } from "../input/whole-types.js";
import type { TextTokenizer } from "./tokenizer.js";

/** Inputs of whole numbers [texts, tokens]. */
export interface TextInputs {
  readonly ids: ValueInfo;
  /** Which tokens are of the text, and further ones: numbers of places, of segments. */
  readonly others: readonly ValueInfo[];
  /** How many texts the file takes at once. */
  readonly batch: number;
  /** How many tokens, where the file says it. */
  readonly length: number | undefined;
}

const isMask = ({ name }: ValueInfo) => /mask/i.test(name);
const isPlace = ({ name }: ValueInfo) => /position/i.test(name);
const isSegment = ({ name }: ValueInfo) => /type|segment/i.test(name);

/** The inputs for a text; undefined where there are none. */
export function textInputsOf(graph: Graph): TextInputs | undefined {
  const ofText = runInputs(graph).filter(({ type, dims }) => isWholeType(type) && (dims?.length ?? 2) === 2);
  const [ids] = ofText.filter((each) => !isMask(each) && !isPlace(each) && !isSegment(each));
  if (ids === undefined) return undefined;
  const [batch, length] = ids.dims ?? [];
  return {
    ids,
    others: ofText.filter((each) => each !== ids),
    batch: typeof batch === "number" ? batch : 1,
    length: typeof length === "number" ? length : undefined,
  };
}

/**
 * The values of a network's inputs for one text, as often as the file takes texts at once. Where no mask says which tokens are of
 * the text, it is filled up to the length that the network was trained with.
 */
export function feedsOf(text: string, inputs: TextInputs, tokenizer: TextTokenizer): Record<Value, Tensor> {
  const { ids, others, batch, length } = inputs;
  const longest = length ?? tokenizer.longest;
  const tokens = tokenizer.encode(text, longest);
  const masked = others.some(isMask);
  const size = length ?? (masked ? tokens.length : (longest ?? tokens.length));
  const row = (valueAt: (i: number) => number) => Array.from({ length: size }, (_, i) => valueAt(i));
  const valuesOf = (input: ValueInfo): readonly number[] => {
    if (isMask(input)) return row((i) => (i < tokens.length ? 1 : 0));
    if (isPlace(input)) return row((i) => i);
    if (isSegment(input)) return row(() => 0);
    return row((i) => tokens[i] ?? tokenizer.padding);
  };
  return Object.fromEntries([ids, ...others].map((input) => [input.name, inputTensor(input, batch, valuesOf(input))]));
}

function inputTensor({ name, type }: ValueInfo, batch: number, values: readonly number[]): Tensor {
  const rows = Array.from({ length: batch }, () => values).flat();
  const numbers = int64(rows, [batch, values.length]);
  const tensor = type === undefined || type === "string" ? numbers : convertTensor(numbers, type);
  if (tensor) return tensor;
  throw new FoveaError("bad-graph", `input "${name}": expected one that holds the numbers of tokens, got ${type}`);
}
