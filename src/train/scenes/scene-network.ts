/** @file Networks that learn where things are in a scene: the form of the table's entries. */

import type { DrawnScene, DrawnScenes, DrawScenesOptions } from "../../data/scenes/draw-scenes.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { Layers } from "../network/layers.js";
import type { NetworkShape } from "../network/networks.js";
import type { Objective } from "../trainable.js";

/** A network that is trained from scratch on scenes. */
export interface SceneNetwork {
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  /** Draws what it learns from, and is tested on. */
  readonly scenes: (options: DrawScenesOptions) => DrawnScenes;
  /** The classes that it tells apart, of the scenes' own. */
  readonly classesOf: (classes: readonly string[]) => readonly string[];
  /** From the images [N, C, H, W] in 0..1 to what the objective compares with its targets. */
  readonly build: (layers: Layers, images: Value, shape: NetworkShape) => Value;
  /** Appends what makes an ordinary network of it, with its outputs. */
  readonly finish: (op: Builder, raw: Value, shape: NetworkShape) => void;
  readonly objective: (shape: NetworkShape) => Objective;
  /** The targets of one scene by the names of the objective's inputs, each without the batch. */
  readonly targets: (scene: DrawnScene, shape: NetworkShape) => Readonly<Record<string, Target>>;
}

/** What one scene is to be taken for. */
export interface Target {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}
