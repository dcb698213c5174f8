/** @file The networks for scenes by name, as the training loop takes them. */

import type { Examples } from "../../data/dataset.js";
import type { DrawnScene, DrawnScenes } from "../../data/scenes/draw-scenes.js";
import { itemNamed } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { planar } from "../../image/input/input.js";
import { Builder } from "../../onnx/builder.js";
import { float32, sizeOf, Tensor } from "../../onnx/tensor.js";
import { withWeights } from "../network/layers.js";
import { buildNetwork, type NetworkShape } from "../network/networks.js";
import type { TrainingData } from "../train.js";
import type { Trainable } from "../trainable.js";
import { detect } from "./detect.js";
import type { SceneNetwork } from "./scene-network.js";
import { segment } from "./segment.js";
import { texts } from "./texts.js";

/** The networks that can be trained on scenes. */
export const sceneNetworks: readonly SceneNetwork[] = [detect, segment, texts];

/** @throws FoveaError `unknown-name` */
export function sceneNetworkNamed(name: string): SceneNetwork {
  return itemNamed("network for scenes", name, sceneNetworks);
}

/** A network to train from scratch on scenes, whose pixels it takes as 0..1. */
export function sceneTrainable(network: SceneNetwork, shape: NetworkShape, seed: number): Trainable {
  const { classes, channels, height, width } = shape;
  return {
    classes,
    head: "softmax",
    example: { type: "uint8", dims: [channels, height, width] },
    prepare: (_op, pixels) => pixels,
    build: () => buildNetwork(network, shape, seed, true),
    objective: network.objective(shape),
    export(learned) {
      const { graph, logits } = buildNetwork(network, shape, seed, false);
      network.finish(new Builder(graph), logits, shape);
      return withWeights(graph, learned);
    },
  };
}

/** Scenes as examples with their targets. A step's scenes are drawn once for both. */
export function sceneExamples(
  scenes: DrawnScenes,
  network: SceneNetwork,
  shape: NetworkShape,
): Pick<TrainingData, "targets"> & { readonly train: Examples } {
  const dims = [shape.channels, shape.height, shape.width];
  let drawn = new Map<number, Promise<DrawnScene>>();
  const scenesAt = (indices: ArrayLike<number>) => {
    drawn = new Map(Array.from(indices, (index) => [index, drawn.get(index) ?? scenes.read(index)]));
    return Promise.all(drawn.values());
  };
  const train: Examples = {
    count: scenes.count,
    type: "uint8",
    dims,
    labels: new Uint8Array(scenes.count),
    read: async (indices) => stackPictures(await scenesAt(indices), dims),
  };
  const targets = async (indices: ArrayLike<number>) => {
    const each = (await scenesAt(indices)).map((scene) => network.targets(scene, shape));
    return Object.fromEntries(
      Object.entries(at(each, 0)).map(([name, { dims: sizes, values }]) => {
        const stacked = new Float32Array(each.length * values.length);
        for (const [i, own] of each.entries()) stacked.set(own[name]?.values ?? [], i * values.length);
        return [name, float32([each.length, ...sizes], stacked)];
      }),
    );
  };
  return { train, targets };
}

/** Pictures as [N, C, H, W]. */
function stackPictures(scenes: readonly DrawnScene[], dims: readonly number[]): Tensor {
  const batch = new Uint8Array(scenes.length * sizeOf(dims));
  for (const [n, { picture }] of scenes.entries()) batch.set(planar(picture), n * sizeOf(dims));
  return new Tensor("uint8", [scenes.length, ...dims], batch);
}
