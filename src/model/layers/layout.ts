/** @file How the values of a network lie on the picture: planes, channels-last grids, or sequences of tokens. */

import { type Dim, dimsOf, type Graph, type GraphNode, int as intAttribute, type Value } from "../../onnx/graph.js";
import { descendants } from "../../onnx/prune.js";
import { type Axis, axisOf, gridAxis, gridIn, isPlace, isWhole, sizeOf } from "./axes.js";
import { type Axes, follow, pictureAxes } from "./follow.js";
import { batchOf, sizesOf } from "./sizes.js";

/** Tokens of a grid in reading order, after `skip` others (class token, registers); [N, T, D]. */
export interface TokenGrid {
  readonly height: number;
  readonly width: number;
  readonly skip: number;
}

/** [N, C, H, W], [N, H, W, C], or [N, T, D] with T tokens of a grid. */
export type Layout = "nchw" | "nhwc" | { readonly tokens: TokenGrid };

export interface GridOptions {
  /** Rows and columns of the token grid. Default: that of the network's own patches, else a square. */
  readonly grid?: { readonly height: number; readonly width: number } | undefined;
  /** How many tokens stand before the grid's. Default: as many as the network puts there, else what is left over. */
  readonly skipTokens?: number | undefined;
}

/** The layout of every value that has one. */
export function layoutsOf(graph: Graph, input: Value, options: GridOptions = {}): Map<Value, Layout> {
  const layouts = new Map<Value, Layout>();
  for (const [value, axes] of axesOf(graph, input, options)) {
    if (value === input) continue;
    const layout = axes.length === 4 ? planesOf(axes) : axes.length === 3 ? tokensOf(axes) : undefined;
    if (layout) layouts.set(value, layout);
  }
  return layouts;
}

/** Sizes of a value of the given layout. */
export function gridOf(layout: Layout, dims: readonly Dim[]): { height: Dim; width: Dim; channels: Dim } {
  const at = (i: number) => dims[i] as Dim;
  if (layout === "nchw") return { channels: at(1), height: at(2), width: at(3) };
  if (layout === "nhwc") return { channels: at(3), height: at(1), width: at(2) };
  return { channels: at(2), height: layout.tokens.height, width: layout.tokens.width };
}

/** Of what the axes of a value of the given layout are made. */
export function axesOfLayout(layout: Layout, sizes: readonly number[]): Axes {
  if (typeof layout === "string") return pictureAxes(sizes, layout === "nhwc");
  const { height, width, skip } = layout.tokens;
  const [batch, count, channels] = sizes as [number, number, number];
  return [axisOf("batch", batch), gridAxis(height, width, skip, count) as Axis, axisOf("other", channels)];
}

/** Of what the axes of everything are made that depends on the input. */
function axesOf(graph: Graph, input: Value, options: GridOptions): Map<Value, Axes> {
  const [dims, sizes] = [dimsOf(graph, input), sizesOf(graph, input)];
  if (dims === undefined || sizes === undefined) return new Map();
  const axes = dims.length === 4 ? pictureAxes(sizes, channelsLast(dims)) : sizes.map((size) => axisOf("lost", size));
  const seen = descendants(graph, [input]);
  const correct = (node: GraphNode, found: Axes) => readAsGrid(graph, node, found, seen, options) ?? found;
  return follow(graph, new Map([[input, axes]]), correct);
}

/** Whether pictures of these sizes are [N, H, W, C]. */
export function channelsLast(dims: readonly Dim[]): boolean {
  const colour = (dim: Dim | undefined) => dim === 1 || dim === 3;
  return colour(dims[3]) && !colour(dims[1]);
}

/** One picture per element of the batch: no windows, no heads. */
function isBatch(axis: Axis | undefined): boolean {
  return axis === undefined || axis.every(({ of }) => of === "batch");
}

/** Channels may tell neighbours apart, but not the places of a whole grid. */
function isChannels(axis: Axis | undefined): boolean {
  return axis !== undefined && gridIn(axis.filter(isPlace)) === undefined;
}

function planesOf([batch, ...others]: Axes): "nchw" | "nhwc" | undefined {
  if (!isBatch(batch)) return undefined;
  const lies = (row: number, column: number, channels: number) =>
    isWhole(others[row] as Axis, "row") && isWhole(others[column] as Axis, "column") && isChannels(others[channels]);
  if (lies(1, 2, 0)) return "nchw";
  return lies(0, 1, 2) ? "nhwc" : undefined;
}

function tokensOf([batch, tokens = [], channels]: Axes): { readonly tokens: TokenGrid } | undefined {
  const found = isBatch(batch) && isChannels(channels) ? gridIn(tokens) : undefined;
  return found && { tokens: { height: found.height, width: found.width, skip: found.before } };
}

/**
 * What is normalised over its channels, or is given learned positions, has a grid: the one that the user says or, where
 * nothing tells how the value was made of the picture, a square.
 */
function readAsGrid(
  graph: Graph,
  node: GraphNode,
  axes: Axes,
  seen: ReadonlySet<Value>,
  options: GridOptions,
): Axes | undefined {
  const dims = dimsOf(graph, node.outputs[0] as Value) ?? [];
  const [batch = [], ...others] = axes;
  const free = isBatch(batch) || (isLost(batch) && (dims[0] === "" || dims[0] === batchOf(graph)));
  if (!free || !(isNormalization(node) || addsPositions(graph, node, dims, seen))) return undefined;
  const channels = axisOf("other", sizeOf(others.at(-1) as Axis));
  const [, rows, columns] = dims;
  if (dims.length === 4 && rows === columns && typeof rows === "number" && others.slice(0, 2).every(isLost)) {
    return [axisOf("batch", sizeOf(batch)), axisOf("row", rows), axisOf("column", rows), channels];
  }
  const tokens = dims.length === 3 ? tokenAxis(axes, options) : undefined;
  return tokens && [axisOf("batch", sizeOf(batch)), tokens, channels];
}

/** Undefined where the axis is to stay what it is; lost where it cannot be what the user says. */
function tokenAxis(axes: Axes, { grid, skipTokens }: GridOptions): Axis | undefined {
  const count = sizeOf(axes[1] as Axis);
  const known = tokensOf(axes)?.tokens;
  const elsewhere = axes.slice(1).flat().some(isPlace) && isChannels(axes[2]);
  const said = grid !== undefined || skipTokens !== undefined;
  if (Number.isNaN(count) || sizeOf(axes[2] as Axis) === 1 || (!said && elsewhere)) return undefined;
  const chosen = grid ?? known ?? square(count, skipTokens);
  if (chosen === undefined) return undefined;
  const skip = skipTokens ?? count - chosen.height * chosen.width;
  return gridAxis(chosen.height, chosen.width, skip, count) ?? axisOf("lost", count);
}

function square(count: number, skipTokens: number | undefined): { height: number; width: number } | undefined {
  const skips = skipTokens === undefined ? [1, 0, 5, 2, 3, 4, 6, 7, 8] : [skipTokens];
  const side = skips.map((skip) => Math.sqrt(count - skip)).find((root) => Number.isInteger(root) && root > 1);
  return side === undefined ? undefined : { height: side, width: side };
}

function isLost(axis: Axis): boolean {
  return axis.every(({ of }) => of === "lost");
}

function isNormalization(node: GraphNode): boolean {
  return node.op === "LayerNormalization" && [-1, 2, 3].includes(intAttribute(node, "axis", -1));
}

/** Adds a learned number for every token and channel. */
function addsPositions(graph: Graph, node: GraphNode, dims: readonly Dim[], seen: ReadonlySet<Value>): boolean {
  if (node.op !== "Add" || dims.length !== 3) return false;
  return node.inputs.some((value) => {
    const weight = seen.has(value) ? undefined : dimsOf(graph, value)?.slice(-2);
    return weight?.length === 2 && weight[0] === dims[1] && weight[1] === dims[2];
  });
}
