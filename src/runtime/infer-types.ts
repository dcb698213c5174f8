/** @file Types and shapes of all inner values, as the runtime itself infers them. */

import { FoveaError } from "../foundation/error.js";
import { Builder } from "../onnx/builder.js";
import {
  copyGraph,
  type Dim,
  type Graph,
  readsOf,
  runInputs,
  type Value,
  type ValueInfo,
  type ValueType,
} from "../onnx/graph.js";
import type { Runtime } from "./session.js";

/**
 * The graph with `types` filled in for every node's output: each is listed as an output without a type, and the
 * session's metadata has its inferred type. Sizes that depend on run-time inputs stay symbolic or unknown.
 * @throws FoveaError `bad-graph` when the runtime refuses the graph
 */
export async function inferTypes(graph: Graph, runtime: Runtime): Promise<Graph> {
  const used = { ...graph, initializers: usedConstants(graph) };
  // An operator may ask for a weight's numbers, which a graph that only declares its weights does not have.
  return (
    (await unlessRefused(() => inferTypesIn(withoutWeights(used), graph, runtime))) ??
    inferTypesIn(copyGraph(used), graph, runtime)
  );
}

/** `work`, or undefined where the runtime refuses a graph. */
export async function unlessRefused<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FoveaError) return undefined;
    throw error;
  }
}

/** @param probe a copy of the graph */
async function inferTypesIn(probe: Graph, graph: Graph, runtime: Runtime): Promise<Graph> {
  probe.types = new Map();
  const values = graph.nodes.flatMap((node) => node.outputs).filter((name) => name !== "");
  const infos = (await inferred(probe, values, runtime)).filter(({ type }) => type !== undefined);
  const result = copyGraph(graph);
  result.types = new Map(infos.map(({ name, type, dims }) => [name, { type, dims } as ValueType]));
  const scalars = plainScalars(result);
  const unranked = infos.filter(({ name, dims }) => dims?.length === 0 && !scalars.has(name)).map(({ name }) => name);
  for (const name of await withoutRank(probe, unranked, runtime)) {
    result.types.set(name, { ...(result.types.get(name) as ValueType), dims: undefined });
  }
  result.outputs = graph.outputs.map(({ name, ...declared }) => ({ name, ...(result.types.get(name) ?? declared) }));
  return result;
}

/**
 * Fills in the sizes that `inferTypes` left open in a graph of one input of which the batch alone may be free: exporters compute
 * the shapes of transformers at run time, and only for known sizes does the runtime compute them in advance. For a free batch,
 * what batches of two and three have in common is no question of the batch; the rest is the batch `N` itself, or as many times
 * it: `4*N`. A graph of which the runtime refuses such batches stays as it is.
 */
export async function settleSizes(graph: Graph, runtime: Runtime): Promise<Graph> {
  return (await trySettlingSizes(graph, runtime)) ?? graph;
}

/** `settleSizes`, or undefined where the runtime refuses batches of two or three. */
export async function trySettlingSizes(graph: Graph, runtime: Runtime): Promise<Graph | undefined> {
  const [input, ...others] = runInputs(graph);
  const [batch, ...sizes] = input?.dims ?? [];
  const open = graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => isOpen(graph.types.get(name), batch));
  const fixable = batch !== undefined && sizes.length > 0 && sizes.every((dim) => typeof dim === "number");
  if (input === undefined || others.length > 0 || !fixable || open.length === 0) return graph;
  const forBatch = (count: number) => sizesForBatch(graph, input, count, open, runtime);
  if (typeof batch === "number") return withDims(graph, open, await forBatch(batch));
  const [two, three] = await Promise.all([forBatch(2), forBatch(3)]);
  if (two === undefined || three === undefined) return undefined;
  const name = batch || "N";
  const common = two.map((dims, i) => dims?.map((dim, axis) => sizeOf(dim, three[i]?.[axis], name)));
  const result = withDims(graph, open, common);
  if (result === graph && name === batch) return graph;
  return {
    ...result,
    inputs: result.inputs.map((each) => (each === input ? { ...input, dims: [name, ...sizes] } : each)),
  };
}

/** Whether the sizes of a value of numbers are not all known, but for the batch. */
function isOpen(type: ValueType | undefined, batch: Dim | undefined): boolean {
  if (type === undefined) return false;
  return type.dims === undefined || type.dims.some((dim) => typeof dim === "string" && (dim === "" || dim !== batch));
}

/** The graph with these sizes of some of its values, as far as they are known. */
function withDims(
  graph: Graph,
  values: readonly Value[],
  dims: readonly (readonly Dim[] | undefined)[] | undefined,
): Graph {
  const found = values.flatMap((name, i): [Value, ValueType][] => {
    const [type, sizes] = [graph.types.get(name), dims?.[i]];
    // No sizes: a scalar, or of unknown rank.
    const isNews = sizes && sizes.join() !== type?.dims?.join() && (sizes.length > 0 || type?.dims !== undefined);
    return type && isNews ? [[name, { ...type, dims: sizes }]] : [];
  });
  if (found.length === 0) return graph;
  const result = copyGraph(graph);
  for (const [name, type] of found) result.types.set(name, type);
  result.outputs = graph.outputs.map((output) => ({ ...output, ...result.types.get(output.name) }));
  return result;
}

function sizeOf(two: Dim, three: Dim | undefined, batch: string): Dim {
  if (typeof two !== "number" || typeof three !== "number") return "";
  if (two === three) return two;
  if (two * 3 !== three * 2) return "";
  return two === 2 ? batch : `${two / 2}*${batch}`;
}

/** Undefined where the runtime refuses a batch of this size. */
async function sizesForBatch(
  graph: Graph,
  input: ValueInfo,
  count: number,
  values: readonly Value[],
  runtime: Runtime,
): Promise<(readonly Dim[] | undefined)[] | undefined> {
  const probe = withoutWeights(graph);
  probe.types = new Map();
  probe.inputs = probe.inputs.map((each) =>
    each.name === input.name ? { ...each, dims: [count, ...(input.dims ?? []).slice(1)] } : each,
  );
  const infos = await unlessRefused(() => inferred(probe, values, runtime, true));
  return infos?.map(({ dims }) => dims);
}

/** Whether the runtime opens the graph with all of its own rewritings, which in rare graphs fail. */
export async function opensOptimized(graph: Graph, runtime: Runtime): Promise<boolean> {
  const outputs = graph.outputs.map(({ name }) => name);
  return (await unlessRefused(() => inferred(withoutWeights(graph), outputs, runtime, true))) !== undefined;
}

/** A copy that declares its weights without holding them: shapes don't depend on their numbers, and opening is cheaper. */
function withoutWeights(graph: Graph): Graph {
  const result = copyGraph(graph);
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  for (const [name, { type, dims, size }] of graph.initializers) {
    if (size <= 64 || !type.includes("float")) continue;
    result.initializers.delete(name);
    if (!inputs.has(name)) result.inputs.push({ name, type, dims });
  }
  return result;
}

/** Operators whose results have the sizes that their inputs have together. */
const elementwise: ReadonlySet<string> = new Set(
  "Abs Add And Cast Ceil Div Equal Exp Floor Greater GreaterOrEqual Identity Less LessOrEqual Log Max Min Mod Mul Neg Not Or Pow Reciprocal Relu Round Sigmoid Sign Sqrt Sub Tanh Where".split(
    " ",
  ),
);

/** Values that are scalars by the operators that make them: of scalars, or one element of a list. */
function plainScalars({ nodes, initializers, types }: Graph): Set<Value> {
  const scalars = new Set<Value>();
  const isScalar = (value: Value) => scalars.has(value) || initializers.get(value)?.dims.length === 0;
  for (const { op, domain, inputs, outputs } of nodes) {
    const [x = "", index = ""] = inputs;
    const picked = op === "Gather" && types.get(x)?.dims?.length === 1 && isScalar(index);
    if (domain === "" && (picked || (elementwise.has(op) && inputs.every(isScalar)))) scalars.add(outputs[0] ?? "");
  }
  return scalars;
}

/** Those of `values` that are no scalars: an unknown rank, too, reads as no sizes, but a scalar unsqueezed has one. */
async function withoutRank(graph: Graph, values: readonly Value[], runtime: Runtime): Promise<Value[]> {
  if (values.length === 0) return [];
  const op = new Builder(copyGraph(graph));
  const unsqueezed = values.map((value) => op.Unsqueeze(value, op.ints([0])));
  const infos = await inferred(op.graph, unsqueezed, runtime);
  return values.filter((_, i) => infos[i]?.dims?.length !== 1);
}

async function inferred(
  graph: Graph,
  values: readonly Value[],
  runtime: Runtime,
  optimize = false,
): Promise<readonly ValueInfo[]> {
  const session = await runtime.open(
    { ...graph, outputs: values.map((name) => ({ name })) },
    { optimize, processor: true },
  );
  await session.close();
  return session.outputs;
}

/** Without those that nothing reads, for which the runtime takes time by their square. */
function usedConstants({ nodes, outputs, initializers }: Graph): Graph["initializers"] {
  const used = new Set([...nodes.flatMap(readsOf), ...outputs.map(({ name }) => name)]);
  return new Map([...initializers].filter(([name]) => used.has(name)));
}
