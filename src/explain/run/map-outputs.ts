/** @file The outputs of a graph that holds a method's map. */

import { findUnevenHead } from "../../model/layers/behind/linear-head.js";
import { unfoldedPlanes } from "../../model/layers/fold.js";
import { imageLayer, type Layer } from "../../model/layers/layer.js";
import { gridOf } from "../../model/layers/layout.js";
import { own } from "../../model/run/tensors.js";
import type { Builder } from "../../onnx/builder.js";
import { type Dim, typeOf, type Value } from "../../onnx/graph.js";
import { type CamInputs, type CamOutputs, type Included, isFine } from "../method.js";
import { firstComponent } from "../methods/parts/principal-component.js";
import { attributionOf } from "../methods/parts/weighted-sum.js";
import type { AppendedMethod } from "./appended-method.js";
import type { MapValues } from "./map-tensors.js";

/** Gives values names of our own, those that there are. */
export function namedOutputs(op: Builder, values: Readonly<Record<string, Value | undefined>>): Value[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [namedOutput(op, name, value)]));
}

function namedOutput(op: Builder, name: string, value: Value): Value {
  const output = op.named(own(name), value);
  const type = typeOf(op.graph, value);
  if (type) op.graph.types.set(output, type);
  return output;
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

/** The values that an explanation takes from a method, with the axes of the layer's places. */
export function mapOutputs(made: AppendedMethod, { include, eigenSmooth }: MapOutputOptions): MapValues {
  const { tail, weights, magnitude, completeness } = made;
  const exact = eigenSmooth ? undefined : exactWhereItDiffers(made);
  const evidence = unfoldedPlanes(
    tail,
    eigenSmooth ? smoothEvidence(tail, made.inputs, made) : made.evidence,
    mapLayer(made),
  );
  const exactMap = exact && unfoldedPlanes(tail, exact, mapLayer(made));
  declareSizes(made, [evidence, exactMap], [1, ...gridOf(mapLayer(made).layout, mapLayer(made).dims).sizes]);
  declareSizes(made, [weights], [gridOf(made.inputs.layer.layout, made.inputs.layer.dims).channels]);
  return {
    evidence,
    exact: exactMap,
    weights,
    magnitude: eigenSmooth ? undefined : magnitude,
    ...completeness,
    ...Object.fromEntries(include.map((name) => [name, includedValue(name, made)])),
  };
}

/** Says the sizes of values for each image, which lets small ones leave a run together. */
function declareSizes(
  { tail, inputs }: AppendedMethod,
  values: readonly (Value | undefined)[],
  sizes: readonly Dim[],
): void {
  const dims = [inputs.model.input.dims?.[0] ?? "", ...sizes];
  for (const value of values) if (value !== undefined) tail.graph.types.set(value, { type: "float32", dims });
}

/** Nothing where a global average follows the layer: there the average over places changes nothing. */
function exactWhereItDiffers({ exact, inputs: { model, layer } }: AppendedMethod): Value | undefined {
  return exact !== undefined && findUnevenHead(model, layer) ? exact : undefined;
}

function includedValue(name: Included, made: AppendedMethod): Value | undefined {
  const { tail, inputs, method } = made;
  if (name === "gradient" && !method.needsGradient) return undefined;
  const planes = name === "attribution" ? attributionOf(tail, inputs, made) : inputs[name];
  return planes && unfoldedPlanes(tail, planes, name === "attribution" ? mapLayer(made) : inputs.layer);
}

/** The layer whose places the map has: the image itself, where the map is that fine. */
function mapLayer({ method, inputs: { model, layer } }: AppendedMethod): Layer {
  return isFine(method) ? imageLayer(model) : layer;
}
