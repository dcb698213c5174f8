/** @file The outputs of a graph that holds a method's map. */

import type { Builder, Value } from "../onnx/index.js";
import type { AppendedMethod } from "./append-method.js";
import { own } from "./classifier.js";
import type { Included } from "./explainer.js";
import type { CamMethod } from "./method.js";
import { attributionOf } from "./weighted-sum.js";

type Outputs = Readonly<Record<string, Value | undefined>>;

/** Gives values names of our own, those that there are. */
export function namedOutputs(op: Builder, values: Outputs): Value[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [op.named(own(name), value)]));
}

/** What an explanation takes from a method. */
export function mapOutputs(made: AppendedMethod, method: CamMethod, include: readonly Included[]): Outputs {
  const { tail, evidence, weights, completeness } = made;
  return {
    evidence,
    map: tail.Relu(evidence),
    weights,
    ...completeness,
    ...Object.fromEntries(include.map((name) => [name, included(name, made, method)])),
  };
}

function included(name: Included, { tail, inputs, ...made }: AppendedMethod, method: CamMethod): Value | undefined {
  if (name === "attribution") return attributionOf(tail, inputs, made);
  return name === "gradient" && !method.needsGradient ? undefined : inputs[name];
}
