/** @file Attributes of nodes, made by type, and the operators whose attributes and integers may be odd. */

import { create } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
} from "../../../src/onnx/proto/onnx_pb.js";

export const ints = (name: string, values: readonly number[]) =>
  Object.assign(create(AttributeProtoSchema), { name, type: AttributeType.INTS, ints: values.map(BigInt) });
export const int = (name: string, value: number) =>
  Object.assign(create(AttributeProtoSchema), { name, type: AttributeType.INT, i: BigInt(value) });
export const text = (name: string, value: string) =>
  Object.assign(create(AttributeProtoSchema), { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
export const graph = (name: string, g: GraphProto) =>
  Object.assign(create(AttributeProtoSchema), { name, type: AttributeType.GRAPH, g });

/** Operators on one value with attributes that may be absurd. */
export const odd: Readonly<Record<string, readonly string[]>> = {
  ArgMax: ["axis"],
  Concat: ["axis"],
  Flatten: ["axis"],
  GlobalLpPool: ["p"],
  Hardmax: ["axis"],
  LRN: ["size"],
  LogSoftmax: ["axis"],
  LpNormalization: ["axis", "p"],
  MeanVarianceNormalization: ["axes"],
  Multinomial: ["sample_size", "dtype"],
  NonZero: [],
  RandomNormalLike: ["dtype"],
  ReduceMean: ["keepdims", "axes"],
  ReduceL1: ["noop_with_empty_axes"],
  Shape: ["start", "end"],
  Softmax: ["axis"],
  SplitToSequence: ["axis", "keepdims"],
  Split: ["axis", "num_outputs"],
  Transpose: ["perm"],
  Trilu: ["upper"],
  Unique: ["axis", "sorted"],
  Upsample: ["scales"],
  Cast: ["to", "saturate"],
  Bernoulli: ["dtype"],
  QuickGelu: ["alpha"],
};
/** Operators with two inputs, the second of integers. */
export const indexed: readonly string[] = [
  ...[
    "CenterCropPad",
    "Compress",
    "CumSum",
    "Unsqueeze",
    "Squeeze",
    "Expand",
    "Tile",
    "Reshape",
    "ReduceSum",
    "ReduceMax",
  ],
  ...[
    "Gather",
    "GatherElements",
    "GatherND",
    "OneHot",
    "ReverseSequence",
    "Split",
    "TopK",
    "Trilu",
    "DFT",
    "AffineGrid",
  ],
  ...[
    "MaxRoiPool",
    "SequenceAt",
    "BitShift",
    "Pow",
    "Dropout",
    "Einsum",
    "ImageDecoder",
    "HannWindow",
    "Pad",
    "Upsample",
  ],
];
