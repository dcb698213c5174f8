/** @file Weights in files beside the model: read from its folder, and from nowhere else. */

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { compileExplanation } from "../../src/explain/compile.js";
import { loadModel } from "../../src/explain/node.js";
import { checkModel } from "../../src/explain/prove/check-model.js";
import { untouchedModel } from "../../src/model/node.js";
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
} from "../../src/onnx/proto/onnx_pb.js";
import { readModel } from "../../src/onnx/read/read.js";
import { floats } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { workFolder } from "../cli/fovea.js";
import { convNet, images } from "../explain/architectures/networks.js";
import { onnxComplaints } from "../support/models/onnx-checker.js";
import { runtime } from "../support/runtime.js";

const folder = workFolder();

/** `convNet` with all weights in another file. */
function splitModel(name: string, location: string, shift = 0): string {
  mkdirSync(join(folder, name));
  const proto = fromBinary(ModelProtoSchema, writeModel(convNet()));
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const tensor of proto.graph?.initializer ?? []) {
    const place = { location, offset: String(offset + shift), length: String(tensor.rawData.length) };
    tensor.externalData = Object.entries(place).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    );
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    parts.push(tensor.rawData);
    offset += tensor.rawData.length;
    tensor.rawData = new Uint8Array();
  }
  writeFileSync(join(folder, name, "model.onnx"), toBinary(ModelProtoSchema, proto));
  writeFileSync(join(folder, name, "model.onnx.data"), Buffer.concat(parts));
  return join(folder, name, "model.onnx");
}

describe("weights beside the model", () => {
  it("give the same maps as weights inside, and the same proofs", async () => {
    const path = splitModel("split", "model.onnx.data");
    const model = await loadModel(path, { runtime });
    const [outside, inside] = [
      await model.explainer(),
      await (await loadModel(writeModel(convNet()), { runtime })).explainer(),
    ];
    const [a, b] = [await outside.explain(images(2)), await inside.explain(images(2))];
    expect([...floats(a.evidence)]).toEqual([...floats(b.evidence)]);
    const check = await checkModel(model, { runtime, source: await untouchedModel(path) });
    expect(check.passed).toBe(true);
  });

  it("are inside the compiled file", async () => {
    const model = await loadModel(splitModel("compiled", "model.onnx.data"), { runtime });
    expect(onnxComplaints(writeModel(compileExplanation(model)))).toEqual([]);
  });

  it.each([
    ["../secret", /weights at "..\/secret": expected a file in the model's folder, got a path out of it$/],
    ["/etc/hostname", /weights at "\/etc\/hostname": expected .*, got a path out of it$/],
    ["", /weights at "": expected .*, got a path out of it$/],
    ["a/../../secret", /weights at .*: expected a file in the model's folder, got a path out of it$/],
    ["gone.data", /weights at "gone.data": expected a file in the model's folder, got none$/],
    ["linked", /weights at "linked": expected a file in the model's folder, got a link out of it$/],
  ])("are refused at %j", async (location, sentence) => {
    writeFileSync(join(folder, "secret"), new Uint8Array(10_000));
    const path = splitModel(`bad-${location.replaceAll(/\W/g, "_")}`, location);
    if (location === "linked") symlinkSync(join(folder, "secret"), join(path, "../linked"));
    await expect(loadModel(path, { runtime })).rejects.toThrow(sentence);
  });

  it("are refused where the file is too short, and where there is no folder", async () => {
    const path = splitModel("short", "model.onnx.data", 100);
    await expect(loadModel(path, { runtime })).rejects.toThrow(
      /expected bytes \d+ \+ \d+ of model.onnx.data, got a file of \d+ bytes$/,
    );
    expect(() => readModel(writeModel(convNet()))).not.toThrow();
  });
});
