/** @file What a model may hold at most, in one place: several times what networks have, and little enough to be read within seconds. */

interface Limit {
  readonly most: number;
  /** What is counted, in the plural. */
  readonly what: string;
}

/** Limits of a file as it is written down, before anything of it is decoded. */
export const fileLimits = {
  /** In the graph, its subgraphs and the functions, constants included; exports of large vision models have 20,000. */
  writtenNodes: { most: 100_000, what: "nodes" },
  /** Weights and other constants. */
  tensors: { most: 100_000, what: "tensors" },
  /** Protobuf messages, texts and fields that ONNX does not have: each becomes an object. */
  parts: { most: 2 ** 21, what: "entries" },
  /** Bytes of the names of nodes, values, operators and attributes. */
  names: { most: 2 ** 25, what: "bytes of names" },
  /** Bytes of all other texts: documentation, metadata, labels. */
  texts: { most: 2 ** 27, what: "bytes of texts" },
  /** Numbers that are written as a list of whole numbers of 64 bits: sizes, attributes, indices. */
  wholeNumbers: { most: 2 ** 24, what: "listed whole numbers" },
  /** Numbers of other types that are written as a list, in the place of a tensor's raw bytes. */
  numbers: { most: 2 ** 27, what: "listed numbers" },
  /** Bytes that are kept of a file whose weights stay where they are. */
  kept: { most: 2 ** 28, what: "bytes besides its weights" },
  /** Elements of sparse tensors, zeros included: the runtime makes dense ones of them. */
  sparse: { most: 2 ** 26, what: "elements of sparse tensors" },
  /** Bytes of weights in other files, as the model declares them. */
  outside: { most: 2 ** 35, what: "bytes of weights in other files" },
} as const satisfies Record<string, Limit>;

/** What a budget counts. */
export type Counted = keyof typeof fileLimits;

/** Bytes of a single name. */
export const longestName = 2 ** 14;
/** Messages within messages, as protobuf's own readers have it: some thirty subgraphs in one another. */
export const deepest = 100;
/** Inputs or outputs of a graph. Before IR version 4 every weight is an input as well. */
export const mostInputs = 20_000;
export const mostOutputs = 5000;
/** Axes of a tensor. */
export const mostAxes = 64;
/** The size of a tensor along an axis: what 32 bits hold, as the runtime's kernels count. */
export const largestSize = 2 ** 31 - 1;
/** Elements of one constant; the largest tables of embeddings have half of them. */
export const largestConstant = 2 ** 30;

/**
 * Of a network, constants aside; those of its subgraphs are counted with its own. onnxruntime takes time by the square of each:
 * one of these sizes is opened within seconds.
 */
export const mostNodes = 20_000;
export const mostConstants = 30_000;
export const mostSubgraphs = 5000;
/** Nodes that read one value; constants aside. */
export const mostReaders = 8000;
/** Subgraphs with loops, sizes that are computed, or divisions: the runtime tells the types in each by itself. */
export const mostInner = 500;
/** Steps that the loops of a model may take, nested ones multiplied. */
export const mostSteps = 10_000;
