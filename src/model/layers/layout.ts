/** @file Finds how the values of a network lie on its input: planes, channels-last grids, or sequences of tokens. */

import { type Dim, dimsOf, type Graph, type GraphNode, int as intAttribute, type Value } from "../../onnx/graph.js";
import { descendants } from "../../onnx/prune.js";
import { type AxisOrder, channelsIn, placesIn } from "../input/axis-order.js";
import { inputAxes } from "../input/image-axes.js";
import { type Axis, axisOf, gridAxis, gridIn, isExact, isLine, isPlace, lines, sizeOf, sizeProduct } from "./axes.js";
import { type Axes, followAxes, kindsOf, orderedAxes } from "./follow.js";
import { batchOf, sizeAt, sizesOf } from "./sizes.js";

/** Tokens of a grid in reading order, after `skip` others (class token, registers); [N, T, D]. */
export interface TokenGrid {
  /** Rows and columns; of a signal its length, of a volume or clip also the slices or frames, which come first. */
  readonly sizes: readonly number[];
  readonly skip: number;
}

/** An order of axes, such as [N, C, H, W], or [N, T, D] with T tokens of a grid. */
export type Layout = AxisOrder | { readonly tokens: TokenGrid };

/** The user's grid of tokens. */
export interface GridChoice {
  /** Slices or frames. Default 1. */
  readonly depth?: number;
  readonly height: number;
  readonly width: number;
}

export interface GridOptions {
  /** The token grid. Default: the grid of the network's patches, else a square of a picture, and all tokens of a signal. */
  readonly grid?: GridChoice | undefined;
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
  const places = placeCount(dimsOf(graph, input));
  for (const [value, axes] of axesOf(graph, input, options)) {
    if (value === input) continue;
    const layout = orderOf(axes, places) ?? tokensOf(axes, places);
    if (layout) layouts.set(value, layout);
  }
  return layouts;
}

/** The number of axes of places that an input of these sizes has. */
function placeCount(dims: readonly Dim[] = []): number {
  return dims.length === 3 || dims.length === 5 ? dims.length - 2 : 2;
}

/** Sizes of a value of the given layout: those of places with the outermost axis first. */
export function gridOf(layout: Layout, dims: readonly Dim[]): { channels: Dim; sizes: readonly Dim[] } {
  return typeof layout === "string"
    ? { channels: channelsIn(layout, dims), sizes: placesIn(layout, dims) }
    : { channels: dims[2] ?? "", sizes: layout.tokens.sizes };
}

/** The axes of a value of a layout. */
export function axesOfLayout(layout: Layout, sizes: readonly number[]): Axes {
  if (typeof layout === "string") return orderedAxes(sizes, layout);
  const count = sizeAt(sizes, 1);
  const tokens = gridAxis(layout.tokens.sizes, layout.tokens.skip, count) ?? axisOf("lost", count);
  return [axisOf("batch", sizeAt(sizes, 0)), tokens, axisOf("other", sizeAt(sizes, 2))];
}

/** The axes of all values that depend on the input. */
function axesOf(graph: Graph, input: Value, options: ReadOptions): Map<Value, Axes> {
  const [dims, sizes] = [dimsOf(graph, input), sizesOf(graph, input)];
  if (dims === undefined || sizes === undefined) return new Map();
  const { layout } = inputAxes({ graph, input: { name: input, type: undefined, dims } }) ?? {};
  const axes = layout ? orderedAxes(sizes, layout) : sizes.map((size) => axisOf("lost", size));
  const reading = { graph, places: placeCount(dims), perImage: descendants(graph, [input]), options };
  const correct = (node: GraphNode, each: Axes) => readAsGrid(reading, node, each) ?? each;
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

/** The orders that layers may have, by the number of their axes; three axes with channels last are tokens. */
const orders: Readonly<Record<number, readonly AxisOrder[]>> = {
  3: ["ncl"],
  4: ["nchw", "nhwc"],
  5: ["ncdhw", "ndhwc", "ndchw"],
};

/** @param places the number of axes that the input's places have; layers of another number are pictures or tokens */
function orderOf(axes: Axes, places: number): AxisOrder | undefined {
  const [batch] = axes;
  if (!isBatch(batch) || (axes.length !== 4 && axes.length !== places + 2)) return undefined;
  return orders[axes.length]?.find((order) =>
    kindsOf(order).every((of, i) => {
      const axis = axes[i] ?? [];
      return i === 0 || (isLine(of) ? isExact(axis, of) : isChannels(axis));
    }),
  );
}

function tokensOf(axes: Axes, places: number): { readonly tokens: TokenGrid } | undefined {
  const [batch, tokens = [], channels] = axes;
  const grid = axes.length === 3 && isBatch(batch) && isChannels(channels) ? gridIn(tokens) : undefined;
  if (grid === undefined || !Number.isInteger(sizeProduct(grid.sizes) + grid.before)) return undefined;
  const outermost = grid.sizes.findIndex((size, i) => size > 1 || i >= lines.length - places);
  return { tokens: { sizes: grid.sizes.slice(outermost), skip: grid.before } };
}

/** What is the same for all nodes where values are read as grids. */
interface Reading {
  readonly graph: Graph;
  /** The number of axes that the input's places have. */
  readonly places: number;
  readonly perImage: ReadonlySet<Value>;
  readonly options: ReadOptions;
}

/**
 * The axes of a value with a grid, where a node normalises it over its channels or adds learned positions, or the value has the
 * number of tokens that the user says: the user's grid or, where nothing tells how the value depends on the input, a square of a
 * picture and the whole length of a signal.
 */
function readAsGrid(reading: Reading, node: GraphNode, axes: Axes): Axes | undefined {
  const { graph, perImage, options } = reading;
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
  const tokens = dims.length === 3 ? tokenAxis(axes, reading) : undefined;
  return tokens && [axisOf("batch", sizeOf(batch)), tokens, channels];
}

/** The axis of tokens; undefined to keep the axis, lost where the user's grid does not fit. */
function tokenAxis(axes: Axes, { places, options }: Reading): Axis | undefined {
  const { grid, skipTokens, guess = true } = options;
  const [, tokens = [], channels = []] = axes;
  const count = sizeOf(tokens);
  const hasPlaces = [...tokens, ...channels].some(isPlace) && isChannels(channels);
  const isUsers = grid !== undefined || skipTokens !== undefined;
  if (Number.isNaN(count) || sizeOf(channels) === 1 || (!isUsers && hasPlaces)) return undefined;
  const sizes = grid ? sizesOfGrid(grid) : (tokensOf(axes, places)?.tokens.sizes ?? guessed());
  if (sizes === undefined) return undefined;
  return gridAxis(sizes, skipTokens ?? count - sizeProduct(sizes), count) ?? axisOf("lost", count);

  function guessed(): readonly number[] | undefined {
    if (!guess || places > 2) return undefined;
    return places === 1 ? [count - (skipTokens ?? 0)] : square(count, skipTokens);
  }
}

function sizesOfGrid({ depth = 1, height, width }: GridChoice): readonly number[] {
  return [depth, height, width];
}

/** More tokens than any network puts before those of the picture. */
const mostSkipped = 16;

/** Whether the sizes of a value are those of tokens of the user's grid. */
function hasUsersGrid(dims: readonly Dim[], { grid, skipTokens }: GridOptions): boolean {
  const [, count] = dims;
  if (dims.length !== 3 || grid === undefined || typeof count !== "number") return false;
  const others = count - sizeProduct(sizesOfGrid(grid));
  return skipTokens === undefined ? others >= 0 && others <= mostSkipped : others === skipTokens;
}

function square(count: number, skipTokens: number | undefined): readonly number[] | undefined {
  const skips = skipTokens === undefined ? [1, 0, 5, 2, 3, 4, 6, 7, 8] : [skipTokens];
  const side = skips.map((skip) => Math.sqrt(count - skip)).find((root) => Number.isInteger(root) && root > 1);
  return side === undefined ? undefined : [side, side];
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
