/** @file A backbone with a pyramid: feature maps of falling size, to which what the coarser ones know is added (Lin et al., CVPR 2017). */

import { present } from "../../foundation/present.js";
import type { Value } from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";
import type { Layers } from "../network/layers.js";

/** A feature map with its number of channels. */
export interface FeatureMap {
  readonly value: Value;
  readonly channels: number;
}

/** Convolution (3x3) - batch normalisation - ReLU. */
export function appendConv(
  layers: Layers,
  { value, channels }: FeatureMap,
  name: string,
  outputs: number,
  stride: 1 | 2 = 1,
): FeatureMap {
  const conv = layers.conv(value, `${name}.conv`, {
    inputs: channels,
    outputs,
    kernel: 3,
    stride,
    pad: 1,
    bias: false,
  });
  return { value: layers.relu(layers.batchNorm(conv, `${name}.norm`, outputs), `${name}.relu`), channels: outputs };
}

/** The backbone's stages: each begins with half the size. */
const stages = [[12], [20, 20], [40, 40], [48, 48], [48, 48]] as const;

/** Maps at strides 2, 4, 8, 16 and 32 of the images. */
export function appendBackbone(layers: Layers, images: Value, channels: number): FeatureMap[] {
  const maps: FeatureMap[] = [];
  let map: FeatureMap = { value: images, channels };
  for (const [s, widths] of stages.entries()) {
    for (const [b, width] of widths.entries())
      map = appendConv(layers, map, `backbone.${s + 1}.${b + 1}`, width, b === 0 ? 2 : 1);
    maps.push(map);
  }
  return maps;
}

/**
 * The pyramid on some of the backbone's maps, finest first. Each of its maps knows what the coarser ones know.
 * @param widths channels of each map of the pyramid
 */
export function appendPyramid(layers: Layers, maps: readonly FeatureMap[], widths: readonly number[]): FeatureMap[] {
  const pyramid: FeatureMap[] = [];
  let coarser: FeatureMap | undefined;
  for (const [i, map] of [...maps.entries()].reverse()) {
    const name = `neck.${i + 1}`;
    const outputs = present(widths[i], `width of ${name}`);
    const beside = layers.conv(map.value, `${name}.lateral`, { inputs: map.channels, outputs, kernel: 1 });
    if (coarser === undefined) coarser = { value: layers.relu(beside, `${name}.relu`), channels: outputs };
    else
      coarser = appendConv(
        layers,
        appendSum(layers, { value: beside, channels: outputs }, coarser, name),
        name,
        outputs,
      );
    pyramid.unshift(coarser);
  }
  return pyramid;
}

/** A map plus a coarser one at twice its size. */
function appendSum(layers: Layers, map: FeatureMap, { value, channels }: FeatureMap, name: string): FeatureMap {
  const { op } = layers;
  const fitted =
    channels === map.channels
      ? value
      : layers.conv(value, `${name}.fit`, { inputs: channels, outputs: map.channels, kernel: 1 });
  return { ...map, value: op.layer(`${name}.add`, "Add", [map.value, appendTwice(layers, fitted, `${name}.up`)]) };
}

/** Each place of a map as four. */
function appendTwice({ op }: Layers, value: Value, name: string): Value {
  const scales = op.constant(float32([4], [1, 1, 2, 2]), "scales");
  return op.layer(name, "Resize", [value, undefined, scales], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
}
