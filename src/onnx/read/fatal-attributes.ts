/** @file Attributes that onnxruntime divides by, or makes room for, without a look at them: a wrong one takes the process down. */

import { FoveaError, shortened } from "../../foundation/error.js";
import { type Attribute, type Graph, type GraphNode, operatorName, type Value } from "../graph.js";
import { numbers, type Tensor } from "../tensor.js";
import { largestSize } from "./budget.js";
import { refuseDeepTrees } from "./trees.js";

/** A row of the table: attributes of one meaning. */
interface Bounds {
  readonly attributes: readonly string[];
  /** The operators that have it, without their domain: onnxruntime repeats those of ONNX in domains of its own. Default: all that have an attribute of this name. */
  readonly operators?: readonly string[];
  /** Operators to which 0 says that the attribute is not used. */
  readonly zeroFor?: readonly string[];
  readonly least: number;
  /** Default: what 32 bits hold, to which kernels cut the number down. */
  readonly most?: (node: GraphNode) => number;
}

const quantizers = ["QuantizeLinear", "DequantizeLinear", "QMoE", "MoE"];

const table: readonly Bounds[] = [
  { attributes: ["group", "groups", "num_groups", "offset_group"], least: 1 },
  {
    attributes: ["num_heads", "q_num_heads", "kv_num_heads", "hidden_size", "v_hidden_size", "head_size"],
    zeroFor: ["RotaryEmbedding", "GemmaRotaryEmbedding"],
    least: 1,
  },
  { attributes: ["rotary_embedding_dim"], least: 0 },
  { attributes: ["block_size", "sparse_block_size", "bits", "expert_weight_bits"], zeroFor: quantizers, least: 1 },
  { attributes: ["blocksize"], least: 1, most: () => 2 ** 15 },
  { attributes: ["K", "N"], operators: ["MatMulNBits", "MatMulBnb4", "MatMulFpQ4"], least: 1 },
  { attributes: ["k"], operators: ["MoE", "QMoE"], least: 1 },
  { attributes: ["kernel_shape", "strides", "dilations", "pooled_shape"], least: 1 },
  { attributes: ["pads", "output_padding"], least: -largestSize },
  { attributes: ["output_height", "output_width"], least: 1 },
  { attributes: ["sampling_ratio"], least: 0, most: () => 2 ** 10 },
  { attributes: ["size"], operators: ["LRN", "UnfoldTensor"], least: 1 },
  { attributes: ["step"], operators: ["UnfoldTensor"], least: 1 },
  { attributes: ["p"], operators: ["LpPool", "GlobalLpPool"], least: 1 },
  { attributes: ["window"], operators: ["LongformerAttention"], least: 1 },
  { attributes: ["ngram_size"], least: 1 },
  { attributes: ["sample_size"], least: 1 },
  { attributes: ["embedding_size", "conv_window_size", "char_embedding_size"], least: 1 },
  { attributes: ["num_scan_inputs"], least: 1, most: ({ inputs }) => inputs.length },
  { attributes: ["num_outputs"], operators: ["Split"], least: 1, most: ({ outputs }) => outputs.length },
  { attributes: ["shape"], operators: ["RandomNormal", "RandomUniform"], least: 0 },
];

/** Finds a constant by its name. */
type Constants = (name: Value) => Tensor | undefined;

/** The rows of an attribute. */
const rowsOf = new Map<string, Bounds[]>();
for (const row of table) for (const name of row.attributes) rowsOf.set(name, [...(rowsOf.get(name) ?? []), row]);

/**
 * Refuses attributes and constants of the operators of any domain that would end the process, in subgraphs too.
 * @param outer constants of the graphs around
 * @throws FoveaError `bad-graph`
 */
export function refuseFatalAttributes(graph: Graph, where: string, outer: Constants = () => undefined): void {
  const constant = (name: Value) => graph.initializers.get(name) ?? outer(name);
  for (const node of graph.nodes) {
    for (const [name, attribute] of Object.entries(node.attributes)) {
      if (attribute.type !== "graph") check(node, name, attribute, where);
      else refuseFatalAttributes(attribute.value, where, constant);
    }
    refuseDeepTrees(node, where);
    refuseFatalInputs(node, constant, where);
  }
}

function check(node: GraphNode, name: string, { type, value }: Attribute, where: string): void {
  for (const row of rowsOf.get(name) ?? []) {
    if (row.operators && !row.operators.includes(node.op)) continue;
    const values: readonly unknown[] = type === "ints" || type === "floats" ? value : [value];
    const least = row.zeroFor?.includes(node.op) ? 0 : row.least;
    const most = row.most?.(node) ?? largestSize;
    const wrong = values.find((each) => typeof each !== "number" || !(each >= least && each <= most));
    if (wrong === undefined) continue;
    throw refusal(node, where, `expected ${name} from ${least} to ${most}, got ${shortened(wrong)}`);
  }
}

/** Where operators that slide a kernel over an image take it from. */
const kernels: Readonly<Record<string, number>> = {
  Conv: 1,
  ConvInteger: 1,
  ConvTranspose: 1,
  DeformConv: 1,
  FusedConv: 1,
  NhwcFusedConv: 1,
  QLinearConv: 3,
};

/** Pixels of the side of a region. */
const largestRegion = 2 ** 15;

function refuseFatalInputs(node: GraphNode, constant: Constants, where: string): void {
  const kernel = constant(node.inputs[kernels[node.op] ?? -1] ?? "");
  if (kernel?.dims.includes(0)) {
    throw refusal(node, where, `expected a kernel with elements, got one of sizes [${kernel.dims}]`);
  }
  const parts = node.op === "SplitToSequence" ? constant(node.inputs[1] ?? "") : undefined;
  if (parts?.size === 1 && numbers(parts)[0] === 0) throw refusal(node, where, "expected parts of at least 1, got 0");
  const regions = node.op === "RoiAlign" ? constant(node.inputs[1] ?? "") : undefined;
  if (regions && numbers(regions).some((side) => !(Math.abs(side) <= largestRegion))) {
    throw refusal(node, where, `expected regions within ${largestRegion} pixels`);
  }
}

function refusal(node: GraphNode, where: string, what: string): FoveaError {
  return new FoveaError("bad-graph", `${where}: node "${node.name}" (${operatorName(node)}): ${what}`);
}
