/** @file Operators of other domains put into a model, with attributes and weights that may be absurd: onnxruntime's own, and classical learners. Seeded. */

import { create } from "@bufbuild/protobuf";
import type { Random } from "../../../src/foundation/random.js";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  type ModelProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
} from "../../../src/onnx/proto/onnx_pb.js";
import { pick } from "./mutate.js";
import { int, ints, text } from "./mutate-attributes.js";

/** What an operator takes besides the value: the number of its weights, and its attributes. */
interface Operator {
  readonly weights: number;
  readonly ints?: readonly string[];
  readonly lists?: readonly string[];
  readonly floats?: readonly string[];
  readonly texts?: readonly string[];
}

const heads = ["num_heads", "kv_num_heads", "rotary_embedding_dim", "local_window_size"];

const microsoft: Readonly<Record<string, Operator>> = {
  GatherBlockQuantized: { weights: 3, ints: ["block_size", "gather_axis", "quantize_axis", "bits"] },
  MatMulNBits: { weights: 3, ints: ["K", "N", "bits", "block_size", "accuracy_level"] },
  MatMulBnb4: { weights: 2, ints: ["K", "N", "block_size", "quant_type"] },
  QuantizeLinear: { weights: 2, ints: ["axis", "block_size"] },
  DequantizeLinear: { weights: 2, ints: ["axis", "block_size"] },
  FusedMatMul: { weights: 1, ints: ["transA", "transB", "transBatchA"] },
  FusedConv: {
    weights: 1,
    ints: ["group"],
    lists: ["kernel_shape", "strides", "dilations", "pads"],
    texts: ["activation"],
  },
  FusedGemm: { weights: 2, ints: ["transA", "transB"], texts: ["activation"] },
  NhwcMaxPool: { weights: 0, lists: ["kernel_shape", "strides", "pads"] },
  QLinearConv: { weights: 7, ints: ["group", "channels_last"], lists: ["kernel_shape", "strides"] },
  Attention: { weights: 2, ints: heads },
  MultiHeadAttention: { weights: 2, ints: heads },
  GroupQueryAttention: { weights: 6, ints: heads },
  RotaryEmbedding: { weights: 3, ints: ["interleaved", "num_heads", "rotary_embedding_dim"] },
  SkipLayerNormalization: { weights: 2 },
  BiasGelu: { weights: 1 },
  CropAndResize: { weights: 3, texts: ["mode"] },
  NGramRepeatBlock: { weights: 1, ints: ["ngram_size"] },
  ExpandDims: { weights: 1 },
  CDist: { weights: 1, texts: ["metric"] },
  Rfft: { weights: 0, ints: ["normalized", "onesided", "signal_ndim"] },
  Inverse: { weights: 0 },
  MurmurHash3: { weights: 0, ints: ["seed", "positive"] },
  MaxpoolWithMask: { weights: 1, lists: ["kernel_shape", "strides", "pads"] },
  ConvTransposeWithDynamicPads: { weights: 2, ints: ["group"], lists: ["kernel_shape", "strides", "output_padding"] },
  GroupNorm: { weights: 2, ints: ["groups", "activation", "channels_last"] },
  MoE: { weights: 3, ints: ["k"] },
  Pad: { weights: 1, texts: ["mode"] },
  Unique: { weights: 0 },
  WordConvEmbedding: { weights: 3, ints: ["embedding_size", "conv_window_size", "char_embedding_size"] },
};

const tree = {
  lists: [
    "nodes_treeids",
    "nodes_nodeids",
    "nodes_featureids",
    "nodes_truenodeids",
    "nodes_falsenodeids",
    "class_ids",
    "class_nodeids",
    "class_treeids",
    "target_ids",
    "target_nodeids",
    "target_treeids",
    "classlabels_int64s",
  ],
  floats: ["nodes_values", "class_weights", "target_weights", "base_values"],
  ints: ["n_targets"],
  texts: ["post_transform"],
};

const learners: Readonly<Record<string, Operator>> = {
  ArrayFeatureExtractor: { weights: 1 },
  Binarizer: { weights: 0, floats: ["threshold"] },
  FeatureVectorizer: { weights: 0, lists: ["inputdimensions"] },
  Imputer: { weights: 0, floats: ["imputed_value_floats"] },
  LabelEncoder: { weights: 0, floats: ["keys_floats", "values_floats"], lists: ["keys_int64s"] },
  LinearClassifier: {
    weights: 0,
    floats: ["coefficients", "intercepts"],
    lists: ["classlabels_ints"],
    texts: ["post_transform"],
  },
  LinearRegressor: { weights: 0, floats: ["coefficients", "intercepts"], ints: ["targets"] },
  Normalizer: { weights: 0, texts: ["norm"] },
  OneHotEncoder: { weights: 0, lists: ["cats_int64s"], ints: ["zeros"] },
  Scaler: { weights: 0, floats: ["offset", "scale"] },
  SVMClassifier: {
    weights: 0,
    floats: ["coefficients", "kernel_params", "rho", "support_vectors", "prob_a", "prob_b"],
    lists: ["classlabels_ints", "vectors_per_class"],
    texts: ["kernel_type"],
  },
  SVMRegressor: {
    weights: 0,
    floats: ["coefficients", "kernel_params", "rho", "support_vectors"],
    ints: ["n_supports", "one_class"],
    texts: ["kernel_type"],
  },
  TreeEnsembleClassifier: { weights: 0, ...tree },
  TreeEnsembleRegressor: { weights: 0, ...tree },
  ZipMap: { weights: 0, lists: ["classlabels_int64s"] },
};

const absurd = [0, 1, 2, 3, 16, -1, 1000, 2 ** 31, 2 ** 62];
const words = [
  "",
  "NONE",
  "SOFTMAX",
  "LINEAR",
  "RBF",
  "MAX",
  "L1",
  "reflect",
  "constant",
  "Relu",
  "euclidean",
  "x".repeat(1000),
];

function attributes(
  { ints: single = [], lists = [], floats = [], texts = [] }: Operator,
  source: Random,
): AttributeProto[] {
  const value = () => pick(absurd, source);
  const length = pick([0, 1, 2, 3, 10], source);
  const number = () => pick([0, 1, -1, 0.5, Number.NaN, 1e38], source);
  const all = [
    ...single.map((name) => int(name, value())),
    ...lists.map((name) =>
      ints(name, Array.from({ length: source.below(4) ? length : pick([0, 1, 7], source) }, value)),
    ),
    ...floats.map((name) =>
      Object.assign(create(AttributeProtoSchema, { name, type: AttributeType.FLOATS }), {
        floats: Array.from({ length }, number),
      }),
    ),
    ...texts.map((name) => text(name, pick(words, source))),
  ];
  return all.filter(() => source.below(8) > 0);
}

/** Puts one such operator behind a node of the model; half of the time its result is flattened back into the model's own value. */
export function hostileContrib(model: ModelProto, source: Random): string | undefined {
  const { node: nodes, initializer } = model.graph as GraphProto;
  const target = pick(nodes, source);
  const x = target?.output[0];
  if (!target || !x) return undefined;
  const isLearner = source.below(3) === 0;
  const domain = isLearner ? "ai.onnx.ml" : "com.microsoft";
  const [opType, operator] = pick(Object.entries(isLearner ? learners : microsoft), source);
  const weights = Array.from({ length: operator.weights }, (_, i) => {
    const name = `contrib/weight${i}`;
    const dims = pick([[1], [4], [2, 2], [1, 1, 3, 3], [0], []], source);
    const size = dims.reduce((product, dim) => product * dim, 1);
    const dataType = pick([1, 1, 2, 3, 6, 7], source);
    const bytes = { 1: 4, 2: 1, 3: 1, 6: 4, 7: 8 }[dataType] ?? 4;
    const rawData = Uint8Array.from({ length: size * bytes }, () => source.below(256));
    initializer.push(create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType, rawData }));
    return name;
  });
  const inputs = source.below(6) ? [x, ...weights] : [...weights, x];
  const added = create(NodeProtoSchema, {
    name: "contrib",
    opType,
    domain,
    input: inputs,
    output: ["contrib/y"],
    attribute: attributes(operator, source),
  });
  const scalar = create(NodeProtoSchema, {
    opType: "ReduceMax",
    input: ["contrib/y"],
    output: ["contrib/max"],
    attribute: [int("keepdims", 0)],
  });
  const sum = create(NodeProtoSchema, { opType: "Add", input: [x, "contrib/max"], output: ["contrib/sum"] });
  const isAdded = source.below(2) === 1;
  const made = isAdded ? "contrib/sum" : "contrib/y";
  for (const reader of nodes) reader.input = reader.input.map((input) => (input === x ? made : input));
  nodes.splice(nodes.indexOf(target) + 1, 0, added, ...(isAdded ? [scalar, sum] : []));
  model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain, version: isLearner ? 3n : 1n }));
  return `${opType} behind ${target.opType} "${target.name}"`;
}
