/** @file The outputs of a graph that holds a method's map. */

import { findUnevenHead } from "../../model/layers/linear-head.js";
import { own } from "../../model/run/tensors.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { CamInputs, CamOutputs } from "../method.js";
import { firstComponent } from "../methods/parts/principal-component.js";
import { attributionOf } from "../methods/parts/weighted-sum.js";
import type { Included } from "../options.js";
import type { AppendedMethod } from "./appended-method.js";
import type { MapValues } from "./map-tensors.js";

/** Gives values names of our own, those that there are. */
export function namedOutputs(op: Builder, values: Readonly<Record<string, Value | undefined>>): Value[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [op.named(own(name), value)]));
}

export interface MapOutputOptions {
  readonly include: readonly Included[];
  readonly eigenSmooth: boolean;
}

/** The first principal component of the terms of the sum; a method without a sum keeps its map. */
export function smoothEvidence(op: Builder, inputs: Pick<CamInputs, "activation">, outputs: CamOutputs): Value {
  const attribution = attributionOf(op, inputs, outputs);
  return attribution === undefined ? outputs.evidence : firstComponent(op, attribution);
}

/** The values that an explanation takes from a method. */
export function mapOutputs(made: AppendedMethod, { include, eigenSmooth }: MapOutputOptions): MapValues {
  const { tail, weights, magnitude, completeness } = made;
  const evidence = eigenSmooth ? smoothEvidence(tail, made.inputs, made) : made.evidence;
  return {
    evidence,
    map: tail.Relu(evidence),
    exact: eigenSmooth ? undefined : exactWhereItDiffers(made),
    weights,
    magnitude: eigenSmooth ? undefined : magnitude,
    ...completeness,
    ...Object.fromEntries(include.map((name) => [name, includedValue(name, made)])),
  };
}

/** Nothing where a global average follows the layer: there the average over places changes nothing. */
function exactWhereItDiffers({ exact, inputs: { model, layer } }: AppendedMethod): Value | undefined {
  return exact !== undefined && findUnevenHead(model, layer) ? exact : undefined;
}

function includedValue(name: Included, { tail, inputs, method, ...made }: AppendedMethod): Value | undefined {
  if (name === "attribution") return attributionOf(tail, inputs, made);
  return name === "gradient" && !method.needsGradient ? undefined : inputs[name];
}
