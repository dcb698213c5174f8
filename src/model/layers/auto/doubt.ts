/** @file Says what was left out where a layer is chosen automatically that lies early in the network. */

import { dimsOf, type GraphNode, readsOf, typeOf, type Value } from "../../../onnx/graph.js";
import { ancestors, descendants } from "../../../onnx/prune.js";
import type { Model } from "../../model.js";
import type { Layer } from "../layer.js";
import { batchOf } from "../sizes.js";

/** The share of a network, in nodes, in which the last feature map is not expected. */
const early = 1 / 3;

/**
 * Which later values were no choice and why, and how to choose one; undefined for a layer behind the first third of the nodes
 * on the way from the picture to the scores, or without such values.
 * @param layers all feature maps, in order of computation
 */
export function doubtAbout(model: Model, chosen: Layer, layers: readonly Layer[]): string | undefined {
  const way = nodesOnTheWay(model);
  const at = way.findIndex(({ outputs }) => outputs.includes(chosen.name));
  if (at < 0 || at >= way.length * early) return undefined;
  const known = new Set(layers.map(({ name }) => name));
  const later = way.slice(at + 1).map(({ outputs: [name = ""] }) => name);
  const rejected = later.flatMap((name) => {
    const why = known.has(name) ? "whose places do not reach the scores" : whyNoLayer(model, name);
    return why === undefined ? [] : [{ name, why }];
  });
  const last = rejected.at(-1);
  if (last === undefined) return undefined;
  const shape = dimsOf(model.graph, last.name)?.map((dim) => dim || "?");
  const isOpen = model.input.dims?.slice(1).some((dim) => typeof dim === "string");
  return (
    `layer ${chosen.name} lies in the first third of the network (node ${at + 1} of ${way.length}), so the map may show little of ` +
    `what the network decides by: ${rejected.length} later ${rejected.length === 1 ? "value was" : "values were"} not taken, the last ` +
    `${last.name}${shape ? ` [${shape.join(", ")}]` : ""}, ${last.why}: ${isOpen ? "give the input's size with --size HxW, or " : ""}` +
    "choose with --layer NAME, for tokens also --grid HxW and --skip-tokens K"
  );
}

/** Nodes that compute with real numbers between the picture and the scores. */
function nodesOnTheWay({ graph, input, scores }: Model): GraphNode[] {
  const [after, before] = [descendants(graph, [input.name]), ancestors(graph, [scores])];
  const isReal = (value: Value) => /^(float|u?int8)/.test(typeOf(graph, value)?.type ?? "");
  return graph.nodes.filter(
    ({ outputs: [output = ""], ...node }) =>
      before.has(output) && isReal(output) && readsOf({ ...node, outputs: [output] }).some((value) => after.has(value)),
  );
}

/** Why a value that may have places is no feature map; undefined for one without, such as scores or pooled features. */
function whyNoLayer({ graph }: Model, value: Value): string | undefined {
  const open = "whose sizes only a run tells";
  const dims = dimsOf(graph, value);
  if (dims === undefined) return open;
  const [first = "", ...others] = dims;
  const several = others.filter((dim) => dim !== 1);
  if (several.length < 2) return undefined;
  if (several.some((dim) => typeof dim === "string")) return open;
  if (first !== "" && first !== 1 && first !== batchOf(graph)) return "whose first axis is not the batch";
  return dims.length === 3
    ? "tokens whose grid is not recognised"
    : "whose axes are not recognised as rows and columns";
}
