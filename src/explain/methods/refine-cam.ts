/** @file RefineCAM. */

import { stagesBefore } from "../../model/layers/choose-layer.js";
import { activationPlanes, foldToPlanes } from "../../model/layers/fold.js";
import type { Layer } from "../../model/layers/layer.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { CamInputs, GradientMethod } from "../method.js";
import { sumOf } from "./parts/weighted-sum.js";

/** The explained layer and the next larger ones. */
const most = 3;

/** Keeps a map without any evidence from being divided by zero. */
const tiny = 1e-30;

/**
 * Domeniconi, Stramiglio, Lombardi and Salti, "How to Evaluate and Refine your CAM", arXiv:2605.14641 (2026): the maps of several layers,
 * each stretched to reach from 0 to 1 and enlarged linearly with half-pixel centres, are multiplied with one another. A deep layer says
 * where evidence is, earlier ones draw it finer. The paper refines Grad-CAM++, Layer-CAM and Score-CAM; here it is Layer-CAM, which alone
 * of the three is exact place by place, as it should be in early layers. Layers are the explained one and the last feature maps of the
 * two next larger sizes before it, where there are such; of a network with one size of feature maps the map is Layer-CAM's.
 * The map has the image's size, from 0 to 1; it is zero where any of the layers shows nothing.
 */
export const refineCam: GradientMethod = {
  name: "refine-cam",
  title: "RefineCAM",
  paper: "Domeniconi et al., arXiv 2026",
  needsGradient: true,
  fine: true,
  family: "cam",
  build(op, inputs) {
    const layers = [inputs.layer, ...stagesBefore(inputs.model, inputs.layer)].slice(0, most);
    const gradients = inputs.gradientsOf(layers.map(({ name }) => name));
    const maps = layers.map((layer, i) => mapOfLayer(op, inputs, layer, gradients[i] ?? layer.name));
    return { evidence: maps.reduce((product, map) => op.Mul(product, map)) };
  },
};

/** ReLU of Layer-CAM from 0 to 1, at the image's size. */
function mapOfLayer(op: Builder, inputs: CamInputs, layer: Layer, layerGradient: Value): Value {
  const gradient = foldToPlanes(op, layerGradient, layer.layout);
  const map = op.Relu(sumOf(op, op.Mul(op.Relu(gradient), activationPlanes(op, layer))).evidence);
  const extreme = (which: "ReduceMin" | "ReduceMax") => op[which](map, op.ints([2, 3]), { keepdims: 1 });
  const least = extreme("ReduceMin");
  const range = op.Max(op.Sub(extreme("ReduceMax"), least), op.scalar(tiny));
  return inputs.atImage(op.Div(op.Sub(map, least), range), layer);
}
