/** @file Finds how the values of a network lie on the picture: planes, channels-last grids, or sequences of tokens. */

import { type Dim, dimsOf, type Graph, type GraphNode, int as intAttribute, type Value } from "../../onnx/graph.js";
import { descendants } from "../../onnx/prune.js";
import { channelsLast } from "../input/image-axes.js";
import { type Axis, axisOf, gridAxis, gridIn, isExact, isPlace, sizeOf } from "./axes.js";
import { type Axes, followAxes, pictureAxes } from "./follow.js";
import { batchOf, sizeAt, sizesOf } from "./sizes.js";

/** Tokens of a grid in reading order, after `skip` others (class token, registers); [N, T, D]. */
export interface TokenGrid {
  readonly height: number;
  readonly width: number;
  readonly skip: number;
}

/** [N, C, H, W], [N, H, W, C], or [N, T, D] with T tokens of a grid. */
export type Layout = "nchw" | "nhwc" | { readonly tokens: TokenGrid };

export interface GridOptions {
  /** Rows and columns of the token grid. Default: the grid of the network's patches, else a square. */
  readonly grid?: { readonly height: number; readonly width: number } | undefined;
  /** Number of tokens before the grid. Default: as many as the network puts there, else all that the grid leaves over. */
  readonly skipTokens?: number | undefined;
}

interface ReadOptions extends GridOptions {
  /** Whether tokens of which nothing tells how they lie on the picture are taken for a square. Default true. */
  readonly guess?: boolean;
}

/** The layout of every value that has one. */
export function layoutsOf(graph: Graph, input: Value, options: ReadOptions = {}): Map<Value, Layout> {
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
  const at = (i: number) => dims[i] ?? "";
  if (layout === "nchw") return { channels: at(1), height: at(2), width: at(3) };
  if (layout === "nhwc") return { channels: at(3), height: at(1), width: at(2) };
  return { channels: at(2), height: layout.tokens.height, width: layout.tokens.width };
}

/** The axes of a value of a layout. */
export function axesOfLayout(layout: Layout, sizes: readonly number[]): Axes {
  if (typeof layout === "string") return pictureAxes(sizes, layout === "nhwc");
  const { height, width, skip } = layout.tokens;
  const count = sizeAt(sizes, 1);
  const tokens = gridAxis(height, width, skip, count) ?? axisOf("lost", count);
  return [axisOf("batch", sizeAt(sizes, 0)), tokens, axisOf("other", sizeAt(sizes, 2))];
}

/** The axes of all values that depend on the input. */
function axesOf(graph: Graph, input: Value, options: ReadOptions): Map<Value, Axes> {
  const [dims, sizes] = [dimsOf(graph, input), sizesOf(graph, input)];
  if (dims === undefined || sizes === undefined) return new Map();
  const axes =
    dims.length === 4
      ? pictureAxes(sizes, channelsLast(graph, input, dims))
      : sizes.map((size) => axisOf("lost", size));
  const perImage = descendants(graph, [input]);
  const correct = (node: GraphNode, each: Axes) => readAsGrid(graph, node, each, perImage, options) ?? each;
  return followAxes(graph, new Map([[input, axes]]), correct);
}

/** Whether an axis tells images apart, and nothing else: no windows, no heads. */
function isBatch(axis: Axis | undefined): boolean {
  return axis === undefined || axis.every(({ of }) => of === "batch");
}

/** Whether an axis holds channels: these may tell neighbours apart, but not the places of a whole grid. */
function isChannels(axis: Axis | undefined): boolean {
  return axis !== undefined && gridIn(axis.filter(isPlace)) === undefined;
}

function planesOf([batch, ...others]: Axes): "nchw" | "nhwc" | undefined {
  if (!isBatch(batch)) return undefined;
  const [a = [], b = [], c = []] = others;
  if (isChannels(a) && isExact(b, "row") && isExact(c, "column")) return "nchw";
  return isExact(a, "row") && isExact(b, "column") && isChannels(c) ? "nhwc" : undefined;
}

function tokensOf([batch, tokens = [], channels]: Axes): { readonly tokens: TokenGrid } | undefined {
  const grid = isBatch(batch) && isChannels(channels) ? gridIn(tokens) : undefined;
  if (grid === undefined || !Number.isInteger(grid.height * grid.width + grid.before)) return undefined;
  return { tokens: { height: grid.height, width: grid.width, skip: grid.before } };
}

/**
 * The axes of a value with a grid, where a node normalises it over its channels or adds learned positions, or the value has the
 * number of tokens that the user says: the user's grid or, where nothing tells how the value depends on the picture, a square.
 */
function readAsGrid(
  graph: Graph,
  node: GraphNode,
  axes: Axes,
  perImage: ReadonlySet<Value>,
  options: ReadOptions,
): Axes | undefined {
  const dims = dimsOf(graph, node.outputs[0] ?? "") ?? [];
  const [batch = [], ...others] = axes;
  const free = isBatch(batch) || (isLost(batch) && (dims[0] === "" || dims[0] === batchOf(graph)));
  const isGrid = isNormalization(node) || addsPositions(graph, node, dims, perImage) || hasUsersGrid(dims, options);
  if (!free || !isGrid) return undefined;
  const channels = axisOf("other", sizeOf(others.at(-1) ?? []));
  const [, rows, columns] = dims;
  if (dims.length === 4 && rows === columns && typeof rows === "number" && others.slice(0, 2).every(isLost)) {
    return [axisOf("batch", sizeOf(batch)), axisOf("row", rows), axisOf("column", rows), channels];
  }
  const tokens = dims.length === 3 ? tokenAxis(axes, options) : undefined;
  return tokens && [axisOf("batch", sizeOf(batch)), tokens, channels];
}

/** The axis of tokens; undefined to keep the axis, lost where the user's grid does not fit. */
function tokenAxis(axes: Axes, { grid, skipTokens, guess = true }: ReadOptions): Axis | undefined {
  const [, tokens = [], channels = []] = axes;
  const count = sizeOf(tokens);
  const hasPlaces = [...tokens, ...channels].some(isPlace) && isChannels(channels);
  const isUsers = grid !== undefined || skipTokens !== undefined;
  if (Number.isNaN(count) || sizeOf(channels) === 1 || (!isUsers && hasPlaces)) return undefined;
  const { height, width } = grid ?? tokensOf(axes)?.tokens ?? (guess ? square(count, skipTokens) : undefined) ?? {};
  if (height === undefined || width === undefined) return undefined;
  return gridAxis(height, width, skipTokens ?? count - height * width, count) ?? axisOf("lost", count);
}

/** More tokens than any network puts before those of the picture. */
const mostSkipped = 16;

/** Whether the sizes of a value are those of tokens of the user's grid. */
function hasUsersGrid(dims: readonly Dim[], { grid, skipTokens }: GridOptions): boolean {
  const [, count] = dims;
  if (dims.length !== 3 || grid === undefined || typeof count !== "number") return false;
  const others = count - grid.height * grid.width;
  return skipTokens === undefined ? others >= 0 && others <= mostSkipped : others === skipTokens;
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

/** Whether a node adds a learned number for every token and channel. */
function addsPositions(graph: Graph, node: GraphNode, dims: readonly Dim[], perImage: ReadonlySet<Value>): boolean {
  if (node.op !== "Add" || dims.length !== 3) return false;
  return node.inputs.some((value) => {
    const weight = perImage.has(value) ? undefined : dimsOf(graph, value)?.slice(-2);
    return weight?.length === 2 && weight[0] === dims[1] && weight[1] === dims[2];
  });
}
