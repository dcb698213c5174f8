/** @file Says what a user should know about a layer that was chosen automatically: what was left out, or assumed. */

import { dimsOf, type GraphNode, readsOf, typeOf, type Value } from "../../../onnx/graph.js";
import { ancestors, descendants } from "../../../onnx/prune.js";
import type { Model } from "../../model.js";
import { followAxes } from "../follow.js";
import { describeLayout, type Layer } from "../layer.js";
import { axesOfLayout, type GridOptions, layoutsOf } from "../layout.js";
import { batchOf, sizesOf } from "../sizes.js";

/** The share of a network, in nodes, in which the last feature map is not expected. */
const early = 1 / 3;

/**
 * What a user should know about a layer that was chosen automatically, and how to choose another; undefined where nothing.
 * @param layers all feature maps, in order of computation
 * @param options those by which they were found
 */
export function doubtAbout(
  model: Model,
  chosen: Layer,
  layers: readonly Layer[],
  options: GridOptions,
): string | undefined {
  const isOpen = model.input.dims?.slice(1).some((dim) => typeof dim === "string");
  const size = isOpen ? "give the input's size with --size HxW, or " : "";
  const lateness = whatWasRejected(model, chosen, layers);
  if (lateness !== undefined)
    return `${lateness}: ${size}choose with --layer NAME, for tokens also --grid HxW and --skip-tokens K`;
  if (typeof chosen.layout === "string" || options.grid !== undefined) return undefined;
  if (layoutsOf(model.graph, model.input.name, { ...options, guess: false }).has(chosen.name)) return undefined;
  return (
    `layer ${chosen.name}: nothing tells how its tokens lie on the picture, so they are taken for ${chosen.layout.tokens.sizes.length === 1 ? "its whole length" : "a square"}, ` +
    `${describeLayout(chosen.layout)}: where that is wrong, ${size}say --grid HxW and --skip-tokens K`
  );
}

/**
 * Which later values were no choice and why; undefined for a layer behind the first third of the nodes on the way from the picture
 * to the scores, or without such values.
 */
function whatWasRejected(model: Model, chosen: Layer, layers: readonly Layer[]): string | undefined {
  const way = nodesOnTheWay(model);
  const at = way.findIndex(({ outputs }) => outputs.includes(chosen.name));
  if (at < 0 || at >= way.length * early) return undefined;
  const known = new Set(layers.map(({ name }) => name));
  const isFollowed = followedFrom(model, chosen);
  const later = way.slice(at + 1).map(({ outputs: [name = ""] }) => name);
  const rejected = later.flatMap((name) => {
    if (isFollowed(name)) return [];
    const why = known.has(name) ? "whose places do not reach the scores" : whyNoLayer(model, name);
    return why === undefined ? [] : [{ name, why }];
  });
  const last = rejected.at(-1);
  if (last === undefined) return undefined;
  const shape = dimsOf(model.graph, last.name)?.map((dim) => dim || "?");
  return (
    `layer ${chosen.name} lies in the first third of the network (node ${at + 1} of ${way.length}), so the map may show little of ` +
    `what the network decides by: ${rejected.length} later ${rejected.length === 1 ? "value was" : "values were"} not taken, the last ` +
    `${last.name}${shape ? ` [${shape.join(", ")}]` : ""}, ${last.why}`
  );
}

/**
 * A test of values around recurrent layers, behind a feature map: whether it is known what all of their axes hold, as of
 * columns that are read one by one, and of the states that come of it.
 */
function followedFrom({ graph }: Model, { name, layout }: Layer): (value: Value) => boolean {
  const layers = graph.nodes.filter(({ op }) => op === "LSTM" || op === "GRU" || op === "RNN");
  const read = ancestors(
    graph,
    layers.flatMap(({ inputs }) => inputs),
  );
  const states = descendants(
    graph,
    layers.flatMap(({ outputs }) => outputs),
  );
  const axes = followAxes(graph, new Map([[name, axesOfLayout(layout, sizesOf(graph, name) ?? [])]]));
  const isKnown = (value: Value) => axes.get(value)?.every((axis) => axis.every(({ of }) => of !== "lost")) ?? true;
  return (value) => (read.has(value) || states.has(value)) && isKnown(value);
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
