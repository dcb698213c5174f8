/** @file A graph that was exported for one image, or a fixed number, rewritten to take any number. */

import { Builder } from "../builder.js";
import { copyGraph, dimsOf, type Graph, type GraphNode, int, type Value } from "../graph.js";
import { descendants } from "../prune.js";
import { int64, numbers } from "../tensor.js";

/**
 * The graph with a symbolic first size of `input`. Constants that say as many where they mean the batch are replaced: the targets
 * of reshapes, the sizes of a Resize, and tensors that are put beside every image's own. For so many images nothing changes; for
 * others it is a guess that has to be verified, because a file does not name the meaning of its numbers.
 * @param graph with the types of all values, for so many images
 * @param images how many. Default 1
 */
export function freeBatch(graph: Graph, input: Value, images = 1): Graph {
  const result = copyGraph(graph);
  result.inputs = graph.inputs.map((each) =>
    each.name === input && each.dims ? { ...each, dims: ["N", ...each.dims.slice(1)] } : each,
  );
  result.outputs = graph.outputs.map(({ name }) => ({ name }));
  result.types = new Map();
  result.nodes = [];
  const perImage = descendants(graph, [input]);
  const op = new Builder(result, "", new Builder(graph));
  for (const node of graph.nodes) {
    const rewrite = perImage.has(node.outputs[0] ?? "") ? rewrites[node.op] : undefined;
    result.nodes.push(rewrite?.(op.scope(node.name), node, { graph, perImage, images }) ?? node);
  }
  return result;
}

interface FixedGraph {
  readonly graph: Graph;
  /** Values that depend on the images. */
  readonly perImage: ReadonlySet<Value>;
  /** How many images the graph is for. */
  readonly images: number;
}

type Rewrite = (op: Builder, node: GraphNode, fixed: FixedGraph) => GraphNode | undefined;

const rewrites: Readonly<Record<string, Rewrite>> = { Reshape: reshape, Resize: resize, Concat: concat };

/** The first size takes up the rest; where another one already is, that of the data. */
function reshape(op: Builder, node: GraphNode, { graph, images }: FixedGraph): GraphNode | undefined {
  const [data = "", shape = ""] = node.inputs;
  const target = graph.initializers.get(shape);
  if (target === undefined || int(node, "allowzero", 0) === 1) return undefined;
  const [first = 0, ...rest] = numbers(target);
  if (first < 1 || first % images !== 0) return undefined;
  const hasFreeSize = rest.includes(-1);
  if (hasFreeSize && (first !== images || dimsOf(graph, data)?.[0] !== images)) return undefined;
  return { ...node, inputs: [data, op.constant(int64([hasFreeSize ? 0 : -1, ...rest]), "shape")] };
}

/** Only the other axes are resized. */
function resize(op: Builder, node: GraphNode, { graph, images }: FixedGraph): GraphNode | undefined {
  const [x = "", roi = "", scales = "", sizes = ""] = node.inputs;
  const target = graph.initializers.get(sizes);
  if (target === undefined || node.attributes.axes || roi !== "" || numbers(target)[0] !== images) return undefined;
  const rest = numbers(target).slice(1);
  const axes = { type: "ints", value: rest.map((_, i) => i + 1) } as const;
  const inputs = [x, "", scales, op.constant(int64(rest), "sizes")];
  return { ...node, inputs, attributes: { ...node.attributes, axes } };
}

/** Repeats a value that is the same for every image (a class token) for each. */
function concat(op: Builder, node: GraphNode, { graph, perImage, images }: FixedGraph): GraphNode | undefined {
  const like = node.inputs.find((value) => perImage.has(value));
  if (like === undefined || int(node, "axis", 0) === 0 || node.inputs.every((value) => perImage.has(value)))
    return undefined;
  const inputs = node.inputs.map((value) => {
    const dims = dimsOf(graph, value);
    if (perImage.has(value) || dims?.[0] !== images) return value;
    const ones = op.ints(dims.slice(1).map(() => 1));
    const one = images === 1 ? value : op.Slice(value, op.ints([0]), op.ints([1]), op.ints([0]));
    return op.Expand(one, op.Concat(op.Shape(like, { start: 0, end: 1 }), ones, { axis: 0 }));
  });
  return { ...node, inputs };
}
