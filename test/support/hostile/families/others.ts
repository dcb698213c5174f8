/** @file Hostile checkpoints of trainings, and options that ask for the impossible. */

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { readIdx } from "../../../../src/data/idx/idx.js";
import type { Random } from "../../../../src/foundation/random.js";
import { type GraphProto, ModelProtoSchema } from "../../../../src/onnx/proto/onnx_pb.js";
import { encodeCheckpoint } from "../../../../src/train/checkpoint.js";
import { trainingSettings } from "../../../../src/train/network/recipes.js";
import { type Checkpoint, trainNetwork } from "../../../../src/train/train.js";
import { runtime } from "../../runtime.js";
import { discPng, repositoryFile } from "../bases.js";
import type { CaseContent, Family } from "../hostile-case.js";
import { type Mutated, mutateBytes, pick } from "../mutate.js";
import { mutateJson } from "../mutate-json.js";
import { modelDamages, mutateModel } from "../mutate-model.js";
import { absurdOptions } from "../options.js";
import { mnistFiles } from "./arrays.js";

const epochs = 2;
const training = ["train", "mnist", "--net", "compact", "--epochs", `${epochs}`, "--batch", "16", "--validation", "0"];

/** The state after the first of two epochs. */
async function soundCheckpoint(files: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  const named = (part: string) => {
    const name = `data/mnist/${part}-ubyte`;
    return { name, bytes: files[name] as Uint8Array };
  };
  const images = await readIdx(named("train-images-idx3"), named("train-labels-idx1"));
  const settings = trainingSettings("compact", { epochs, batchSize: 16 });
  let first: Uint8Array | undefined;
  const onEpoch = (checkpoint: Checkpoint) => {
    // The same bytes however long it took.
    const history = checkpoint.history.map((epoch) => ({ ...epoch, seconds: 1 }));
    first ??= encodeCheckpoint({ ...checkpoint, history });
  };
  await trainNetwork(images, undefined, 10, settings, { runtime, onEpoch });
  return first as Uint8Array;
}

/** Damage to its bytes, to its tensors, or to the settings and history in its metadata. */
function mutateCheckpoint(bytes: Uint8Array, source: Random): Mutated {
  const kind = source.below(8);
  if (kind < 2) return mutateBytes(bytes, source);
  if (kind < 4) return mutateModel(bytes, source, tensorDamages, tensorDamages);
  const model = fromBinary(ModelProtoSchema, bytes);
  const entry = model.metadataProps.find(({ key }) => key === "fovea.checkpoint");
  if (entry === undefined) return { bytes, what: "as it is" };
  const { text, what } = mutateJson(entry.value, source);
  entry.value = text;
  if (source.below(8) === 0) (model.graph as GraphProto).initializer = [];
  return { bytes: toBinary(ModelProtoSchema, model), what };
}

const tensorDamages = Object.fromEntries(
  Object.entries(modelDamages).filter(([name]) => /weight|opset|IR version/.test(name)),
);

export const checkpoints: Family = {
  name: "checkpoints",
  weight: 3,
  async prepare() {
    const files = mnistFiles();
    const checkpoint = await soundCheckpoint(files);
    return (source): CaseContent => {
      const { bytes, what } = mutateCheckpoint(checkpoint, source);
      const how = pick([["--resume"], ["--resume"], ["--resume", "--json"], ["--restart"], []], source);
      const more = source.below(6)
        ? []
        : pick(
            [
              ["--seed", "2"],
              ["--rate", "1"],
              ["--head", "sigmoid"],
            ],
            source,
          );
      const args = [...training, "--out", "@out/m.onnx", ...how, ...more];
      return { what, files: { ...files, "out/m.onnx.checkpoint": bytes }, args };
    };
  },
};

export const impossibleOptions: Family = {
  name: "options",
  weight: 4,
  async prepare() {
    const [picture, model] = [await discPng(), repositoryFile("models/mnist.onnx")];
    return (source): CaseContent => {
      const files = { "input/x.png": picture, "model/model.onnx": model };
      const args = ["explain", "@input/x.png", "--model", "@model/model.onnx", ...absurdOptions(source)];
      return { what: args.slice(4).join(" ").slice(0, 200), files, args };
    };
  },
};
