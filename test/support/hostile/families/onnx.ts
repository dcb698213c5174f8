/** @file Hostile ONNX models: damage to bytes, to fields, and to how they are put together; weights in files beside them. */

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Random } from "../../../../src/foundation/random.js";
import {
  type GraphProto,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
} from "../../../../src/onnx/proto/onnx_pb.js";
import { discPng, onnxBases } from "../bases.js";
import type { CaseContent, Family } from "../hostile-case.js";
import { join, mutateBytes, pick } from "../mutate.js";
import { hostileContrib } from "../mutate-contrib.js";
import { controlDamages } from "../mutate-control.js";
import { type ModelDamage, modelDamages, mutateModel } from "../mutate-model.js";
import { structureDamages } from "../mutate-structure.js";
import { modelCommand } from "../options.js";

/** A family of models, each one of the small networks with something done to it. */
function modelFamily(
  name: string,
  weight: number,
  damage: (model: Uint8Array, source: Random) => Pick<CaseContent, "what" | "files">,
): Family {
  return {
    name,
    weight,
    async prepare() {
      const [picture, bases] = [await discPng(), onnxBases()];
      return (source) => {
        const { what, files } = damage(pick(bases, source), source);
        return { what, files: { "input/x.png": picture, ...files }, args: modelCommand("model.onnx", source) };
      };
    },
  };
}

const damaged =
  (damages: Readonly<Record<string, ModelDamage>>) =>
  (model: Uint8Array, source: Random): Pick<CaseContent, "what" | "files"> => {
    const { bytes, what } = mutateModel(model, source, damages);
    return { what, files: { "model/model.onnx": bytes } };
  };

export const onnxBytes = modelFamily("onnx-bytes", 5, (model, source) => {
  const { bytes, what } = mutateBytes(model, source);
  return { what, files: { "model/model.onnx": bytes } };
});

export const onnxFields = modelFamily("onnx-fields", 12, damaged(modelDamages));

export const onnxStructure = modelFamily("onnx-structure", 14, damaged(structureDamages));

export const onnxControl = modelFamily("onnx-control", 8, damaged(controlDamages));

export const onnxContrib = modelFamily("onnx-contrib", 4, damaged({ operator: hostileContrib }));

/** All weights in a sound file beside the model, of which one entry or the file itself is then damaged. */
export const onnxExternal = modelFamily("onnx-external", 3, (bytes, source) => {
  const model = fromBinary(ModelProtoSchema, bytes);
  const { initializer } = model.graph as GraphProto;
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const tensor of initializer) {
    if (tensor.rawData.length === 0) continue;
    const place = { location: "w.bin", offset: String(offset), length: String(tensor.rawData.length) };
    offset += tensor.rawData.length;
    pieces.push(tensor.rawData);
    tensor.externalData = Object.entries(place).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    );
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    tensor.rawData = new Uint8Array();
  }
  const weights = join(...pieces);
  const outside = initializer.filter(({ externalData }) => externalData.length > 0);
  const entry = pick(pick(outside, source)?.externalData ?? [], source);
  const damage = source.below(4);
  const file = damage === 0 ? mutateBytes(weights, source).bytes : damage === 1 ? new Uint8Array() : weights;
  if (damage > 1 && entry) {
    const number = Number(entry.value);
    entry.value = pick(
      [
        `${-number}`,
        `${number + 1}`,
        `${number * 1000}`,
        `${number - 1}`,
        "linked",
        "pipe",
        "",
        "sparse.data",
        "../w.bin",
      ],
      source,
    );
  }
  const what = damage > 1 ? `${entry?.key} is ${entry?.value}` : "another file of weights";
  return { what, files: { "model/model.onnx": toBinary(ModelProtoSchema, model), "model/w.bin": file } };
});
