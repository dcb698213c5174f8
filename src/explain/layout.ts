/** @file How the values of a network lie on the picture: planes, channels-last grids, or sequences of tokens. */

import {
  constantsOf,
  type Dim,
  dimsOf,
  type Graph,
  type GraphNode,
  intAttribute,
  intsAttribute,
  type Value,
} from "../onnx/index.js";

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
  /** How many tokens stand before the grid's. Default: what is left over. */
  readonly skipTokens?: number | undefined;
}

/** Operators that take and make planes. */
const planar = new Set([
  ...["Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LpPool", "LRN"],
  ...["BatchNormalization", "InstanceNormalization", "GroupNormalization", "DepthToSpace", "SpaceToDepth"],
]);
/** Operators behind which axes mean something else. */
const breaking = new Set([
  "Reshape",
  "Transpose",
  "Flatten",
  "Squeeze",
  "Unsqueeze",
  "Gather",
  "MatMul",
  "Gemm",
  "Einsum",
]);
const mostSkipped = 16;

/** The layout of every value that has one, in one walk along the graph. */
export function layoutsOf(graph: Graph, input: Value, options: GridOptions = {}): Map<Value, Layout> {
  const layouts = new Map<Value, Layout>();
  const weights = constantsOf(graph);
  const first = dimsOf(graph, input);
  if (first?.length === 4) layouts.set(input, channelsLast(first) ? "nhwc" : "nchw");
  const planes = new Set(graph.nodes.flatMap(({ op, inputs }) => (planar.has(op) ? [inputs[0] as Value] : [])));
  const grids: { height: number; width: number }[] = [];
  for (const node of graph.nodes) {
    const output = node.outputs[0] as Value;
    const dims = dimsOf(graph, output);
    const layout =
      dims?.length === 4
        ? planeLayout(node, dims, layouts, planes, weights)
        : dims?.length === 3
          ? tokenLayout(graph, node, dims, layouts, grids, weights, options)
          : undefined;
    if (layout === undefined) continue;
    layouts.set(output, layout);
    const { height, width } = gridOf(layout, dims as readonly Dim[]);
    if (typeof layout === "string" && typeof height === "number" && typeof width === "number" && height * width > 1)
      grids.unshift({ height, width });
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

function channelsLast(dims: readonly Dim[]): boolean {
  const colour = (dim: Dim | undefined) => dim === 1 || dim === 3;
  return colour(dims[3]) && !colour(dims[1]);
}

function planeLayout(
  node: GraphNode,
  dims: readonly Dim[],
  layouts: ReadonlyMap<Value, Layout>,
  planes: ReadonlySet<Value>,
  weights: ReadonlySet<Value>,
): Layout | undefined {
  const [x = "", y = ""] = node.inputs;
  const from = layouts.get(x);
  if (planar.has(node.op) || planes.has(node.outputs[0] as Value)) return "nchw";
  if (node.op === "Transpose") {
    const perm = intsAttribute(node, "perm")?.join();
    if (from === "nchw" && perm === "0,2,3,1") return "nhwc";
    return from === "nhwc" && perm === "0,3,1,2" ? "nchw" : undefined;
  }
  if (node.op === "MatMul") return from === "nhwc" && weights.has(y) ? "nhwc" : undefined;
  if (breaking.has(node.op)) return undefined;
  const known = node.inputs.map((value) => layouts.get(value)).find((layout) => typeof layout === "string");
  // A normalisation over the last axis of a square grid: Swin's patch merging, whose reshapes hide where it comes from.
  return known ?? (isNormalization(node) && dims[1] === dims[2] && dims[1] !== "" ? "nhwc" : undefined);
}

function tokenLayout(
  graph: Graph,
  node: GraphNode,
  dims: readonly Dim[],
  layouts: ReadonlyMap<Value, Layout>,
  grids: readonly { height: number; width: number }[],
  weights: ReadonlySet<Value>,
  options: GridOptions,
): Layout | undefined {
  const tokens = tokensOf(dims, grids, options);
  if (tokens === undefined) return undefined;
  const isTokens = (value: Value) => typeof layouts.get(value) === "object";
  const follows =
    node.op === "MatMul"
      ? isTokens(node.inputs[0] as Value) && weights.has(node.inputs[1] as Value)
      : !breaking.has(node.op) && node.inputs.some(isTokens);
  return follows || isNormalization(node) || addsPositions(graph, node, dims, weights) ? { tokens } : undefined;
}

function isNormalization(node: GraphNode): boolean {
  return node.op === "LayerNormalization" && [-1, 2, 3].includes(intAttribute(node, "axis", -1));
}

/** Adds a learned number for every token and channel. */
function addsPositions(graph: Graph, node: GraphNode, dims: readonly Dim[], weights: ReadonlySet<Value>): boolean {
  if (node.op !== "Add") return false;
  return node.inputs.some((value) => {
    const weight = weights.has(value) ? dimsOf(graph, value)?.slice(-2) : undefined;
    return weight?.length === 2 && weight[0] === dims[1] && weight[1] === dims[2];
  });
}

/** Reads a number of tokens as a grid and others before it. */
function tokensOf(
  dims: readonly Dim[],
  grids: readonly { height: number; width: number }[],
  { grid, skipTokens }: GridOptions,
): TokenGrid | undefined {
  const [, count, channels] = dims;
  if (typeof count !== "number" || channels === 1) return undefined;
  const skipped = ({ height, width }: { height: number; width: number }) => skipTokens ?? count - height * width;
  const fits = (each: { height: number; width: number }) =>
    skipped(each) >= 0 && skipped(each) + each.height * each.width <= count;
  if (grid) return fits(grid) ? { ...grid, skip: skipped(grid) } : undefined;
  const known = grids.find((each) => fits(each) && skipped(each) <= mostSkipped);
  if (known) return { ...known, skip: skipped(known) };
  const skips = skipTokens === undefined ? [1, 0, 5, 2, 3, 4, 6, 7, 8] : [skipTokens];
  const skip = skips.find((each) => Number.isInteger(Math.sqrt(count - each)) && count - each > 1);
  if (skip === undefined) return undefined;
  const side = Math.sqrt(count - skip);
  return { height: side, width: side, skip };
}
