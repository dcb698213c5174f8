/** @file A case of the gradient tests, and the graphs that it stands for. */

import { type AttributeLike, Builder } from "../../../src/onnx/builder.js";
import { type Dim, emptyGraph, type Graph, type Value } from "../../../src/onnx/graph.js";
import { Tensor } from "../../../src/onnx/tensor.js";
import { inferTypes } from "../../../src/runtime/infer-types.js";
import { runtime } from "../runtime.js";
import { type RandomTensorOptions, randomTensor } from "./random-tensor.js";
import type { Feeds } from "./run.js";

/** Sizes of a random float32 run-time input, a constant, or nothing for an omitted input. */
export type CaseInput = readonly number[] | Tensor | undefined;

export interface GradientCase extends RandomTensorOptions {
  /** The operator's inputs in order. The gradient is checked for every random one. */
  readonly inputs: Readonly<Record<string, CaseInput>>;
  readonly attributes?: Readonly<Record<string, AttributeLike>>;
  /** Options of single inputs. */
  readonly of?: Readonly<Record<string, RandomTensorOptions>>;
  /** Inputs whose sizes are known in every mode, as those of weights are. Default: none. */
  readonly known?: readonly string[];
  /** Random inputs that the gradient is not asked for. Default: none. */
  readonly without?: readonly string[];
  /** Modes in which the operator is refused, for want of a size. Default: none. */
  readonly refused?: readonly Mode[];
  /** Number of the node's outputs; the first is differentiated. Default 1. */
  readonly outputs?: number;
  /** Opset of the graph. Default 18. */
  readonly opset?: number;
  /** The newest opset that has this form of the operator. Default: every one. */
  readonly newest?: number;
  /** Largest permitted relative error. Default 2e-4, four times the worst that float32 shows here. */
  readonly tolerance?: number;
  /** The operator draws random numbers: every run needs a session of its own. Default false. */
  readonly fresh?: boolean;
  /** Builds the value to differentiate where one node of the operator is not enough. */
  readonly build?: (op: Builder, inputs: readonly (Value | undefined)[]) => Value;
}

/**
 * What is known of the sizes: all, all but the batch, only ranks, or nothing at all.
 */
export const modes = ["static", "batch", "ranks", "nothing"] as const;
export type Mode = (typeof modes)[number];

export interface GradientProblem {
  readonly graph: Graph;
  readonly of: Value;
  readonly wrt: readonly Value[];
  readonly feeds: Feeds;
}

/** The graph of a case. */
export async function gradientProblem(op: string, theCase: GradientCase, mode: Mode): Promise<GradientProblem> {
  const { inputs, attributes = {}, known = [], without = [], outputs = 1, opset = 18, build } = theCase;
  const builder = new Builder(emptyGraph(op));
  builder.graph.opsets.set("", opset);
  const feeds: Record<Value, Tensor> = {};
  const batch = Object.values(inputs).find((input): input is readonly number[] => Array.isArray(input)) ?? [];
  const values = Object.entries(inputs).map(([name, input]) => {
    if (input === undefined) return undefined;
    if (input instanceof Tensor) return builder.constant(input, name);
    const dims = input as readonly number[];
    feeds[name] = randomTensor(dims, `${op}/${name}/${dims}`, { ...theCase, ...theCase.of?.[name] });
    if (known.includes(name)) return builder.input(name, "float32", dims);
    builder.input(name, "float32", declared(name, dims, batch, mode));
    return mode === "nothing" ? builder.Identity(name) : name;
  });
  const of = build?.(builder, values) ?? (builder.node(op, values, attributes, outputs)[0] as Value);
  builder.output(of);
  const graph = mode === "nothing" ? builder.graph : await inferTypes(builder.graph, runtime);
  return { graph, of, wrt: Object.keys(feeds).filter((name) => !without.includes(name)), feeds };
}

function declared(name: string, dims: readonly number[], batch: readonly number[], mode: Mode): readonly Dim[] {
  if (mode === "static") return dims;
  if (mode === "batch") {
    const batched = dims.length === batch.length && dims[0] === batch[0] && dims[0] !== 1 && dims.length > 0;
    return batched ? ["N", ...dims.slice(1)] : dims;
  }
  return dims.map((_, axis) => `${name}${axis}`);
}

/** A title: the sizes and attributes. */
export function caseTitle({ inputs, attributes = {}, interval }: GradientCase): string {
  const sizes = Object.entries(inputs).flatMap(([name, input]) => {
    if (input === undefined) return [];
    return [`${name}${input instanceof Tensor ? `=[${input.data}]` : `[${input}]`}`];
  });
  const settings = Object.entries(attributes).map(([name, value]) => {
    const shown = typeof value === "object" && "value" in value ? value.value : value;
    return `${name}=${Array.isArray(shown) ? `[${shown}]` : shown}`;
  });
  return [...sizes, ...settings, ...(interval ? [`in [${interval}]`] : [])].join(" ");
}
