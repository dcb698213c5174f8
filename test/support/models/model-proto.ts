/** @file ONNX files made field by field, in forms that the package itself never writes. */

import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type GraphProtoSchema, ModelProtoSchema } from "../../../src/onnx/proto/onnx_pb.js";

/** The bytes of a model around a graph. */
export function modelBytes(
  graph: MessageInitShape<typeof GraphProtoSchema>,
  more: MessageInitShape<typeof ModelProtoSchema> = {},
): Uint8Array {
  const model = { irVersion: 9n, opsetImport: [{ domain: "", version: 18n }], ...more, graph };
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, model as MessageInitShape<typeof ModelProtoSchema>));
}

/** A float32 value of a graph's signature. */
export function floatValue(name: string, dims: readonly (number | string)[]) {
  const dim = dims.map((size) => ({
    value:
      typeof size === "number"
        ? { case: "dimValue" as const, value: BigInt(size) }
        : { case: "dimParam" as const, value: size },
  }));
  return { name, type: { value: { case: "tensorType" as const, value: { elemType: 1, shape: { dim } } } } };
}
