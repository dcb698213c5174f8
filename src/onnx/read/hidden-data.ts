/** @file Data of a file that the runtime would find or make by itself: in other files, and of sparse tensors. */

import { FoveaError } from "../../foundation/error.js";
import {
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type SparseTensorProto,
  type TensorProto,
  TensorProto_DataLocation,
} from "../proto/onnx_pb.js";
import type { Budget } from "./spend.js";

/**
 * Refuses data in other files for tensors that are handed to the runtime as they are: it would read them itself, from
 * wherever they say. Those that are decoded here (weights, and tensors of attributes) are left to `ReadExternal`. Sparse
 * tensors, which the runtime makes dense ones of, are counted with their zeros.
 * @throws FoveaError `bad-file`, `bad-graph` for sparse tensors above the budget
 */
export function refuseHiddenData(model: ModelProto, where: string, budget: Budget): void {
  const isExternal = (tensor: TensorProto) => tensor.dataLocation === TensorProto_DataLocation.EXTERNAL;
  const node = ({ attribute }: NodeProto) => {
    for (const { t, tensors, sparseTensor, sparseTensors, g, graphs } of attribute) {
      const sparse = [...(sparseTensor ? [sparseTensor] : []), ...sparseTensors];
      for (const each of sparse) budget.spend("sparse", denseSize(each));
      const opaque = [...tensors, ...sparse.flatMap(tensorsOf), ...(t?.dataType === texts ? [t] : [])];
      const tensor = opaque.find(isExternal);
      if (tensor) throw refusal(where, tensor.name);
      for (const inner of g ? [g, ...graphs] : graphs) graph(inner);
    }
  };
  const graph = ({ node: nodes, sparseInitializer }: GraphProto) => {
    const tensor = sparseInitializer.flatMap(tensorsOf).find(isExternal);
    if (tensor) throw refusal(where, tensor.name);
    for (const each of sparseInitializer) budget.spend("sparse", denseSize(each));
    nodes.forEach(node);
  };
  const training = model.trainingInfo.flatMap(({ initialization, algorithm }) => [initialization, algorithm]);
  for (const each of [model.graph, ...training]) if (each) graph(each);
  for (const { node: nodes } of model.functions) nodes.forEach(node);
}

/** TensorProto.DataType.STRING. */
const texts = 8;

function tensorsOf({ values, indices }: { values?: TensorProto; indices?: TensorProto }): TensorProto[] {
  return [values, indices].filter((tensor) => tensor !== undefined);
}

/** Elements, zeros included. */
function denseSize({ dims }: SparseTensorProto): number {
  return dims.reduce((product, dim) => product * Math.max(1, Number(dim)), 1);
}

function refusal(where: string, name: string): FoveaError {
  return new FoveaError(
    "bad-file",
    `${where}: tensor "${name}": its data lies in another file: expected that of dense weights only`,
  );
}
