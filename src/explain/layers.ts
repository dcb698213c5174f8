/** @file Which values of a network can be explained, and the choice among them. */

import { FoveaError, unknownName } from "../error.js";
import { ancestors, type Dim, descendants, dimsOf, producers, typeOf, type Value } from "../onnx/index.js";
import type { Model } from "./model.js";

/** A spatial feature map on the way from the image to the scores. */
export interface Layer {
  readonly name: Value;
  /** Name of the node that makes it. */
  readonly node: string;
  readonly op: string;
  /** [N, C, H, W]. */
  readonly dims: readonly Dim[];
}

/** All feature maps [N, C, H, W] larger than 1x1 between image and scores, in order of computation. */
export function explainableLayers(model: Model): Layer[] {
  const { graph, input, scores } = model;
  const [after, before] = [descendants(graph, [input.name]), ancestors(graph, [scores])];
  return graph.nodes.flatMap((node) => {
    const name = node.outputs[0] as Value;
    const dims = dimsOf(graph, name);
    if (!after.has(name) || !before.has(name) || typeOf(graph, name)?.type !== "float32") return [];
    if (dims?.length !== 4 || (dims[2] === 1 && dims[3] === 1)) return [];
    return [{ name, node: node.name, op: node.op, dims }];
  });
}

/**
 * Finds a layer. `auto` is the last feature map before the scores; -1 the last one, -2 the last one of the next larger
 * size, and so on; otherwise the name of a value or node, or a unique part of one.
 * @throws FoveaError `unknown-name`, or `bad-graph` where there is no feature map, or the value is no feature map
 */
export function chooseLayer(model: Model, wanted: string | number): Layer {
  const layers = explainableLayers(model);
  const last = layers[layers.length - 1];
  if (last === undefined) {
    throw new FoveaError(
      "bad-graph",
      "layer auto: expected a feature map [N, C, H, W] before the scores, the network has none",
    );
  }
  if (wanted === "auto") return last;
  if (typeof wanted === "number" || /^-\d+$/.test(wanted)) return stage(layers, Number(wanted));
  const named = layers.filter(({ name, node }) => name === wanted || node === wanted);
  const found = named.length > 0 ? named : layers.filter(({ name }) => name.includes(wanted));
  if (found.length === 1) return found[0] as Layer;
  if (found.length > 1) {
    const some = found.slice(0, 5).map(({ name }) => name);
    throw new FoveaError(
      "unknown-name",
      `layer "${wanted}": expected a unique name, got ${found.length} that contain it: ${some.join(", ")}`,
    );
  }
  throw notALayer(model, wanted, layers);
}

/** The last layer of each spatial size, counted from the end. */
function stage(layers: readonly Layer[], index: number): Layer {
  const size = (layer: Layer) => layer.dims.slice(2).join("x");
  const stages = layers.filter((layer, i) => i === layers.length - 1 || size(layer) !== size(layers[i + 1] as Layer));
  const chosen = stages.at(index);
  if (index < 0 && chosen) return chosen;
  throw new FoveaError("unknown-name", `layer ${index}: expected -1 to -${stages.length} for this network`);
}

function notALayer(model: Model, wanted: string, layers: readonly Layer[]): FoveaError {
  const dims = dimsOf(model.graph, wanted);
  const exists = producers(model.graph).has(wanted) || dims !== undefined;
  if (!exists)
    return unknownName(
      "layer",
      wanted,
      layers.map(({ name }) => name),
    );
  const shape = dims ? `[${dims.join(", ")}]` : "of unknown shape";
  return new FoveaError(
    "bad-graph",
    `layer "${wanted}": expected a feature map [N, C, H, W] on the way to the scores, got one ${shape}`,
  );
}
