/** @file Finds the model among the arguments of a command that takes pictures: a model file is told by its first bytes. */

import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { recogniseFile } from "../../files/kinds/file-kind.js";
import { startOfFile } from "../../files/kinds/start-of-file.js";
import { FoveaError } from "../../foundation/error.js";
import { list } from "../../foundation/words.js";
import { isHubName } from "../../hub/name.js";
import { mayBeOnHub } from "./model-file.js";

export interface ModelAndInputs {
  /** Undefined for the embedded digit model. */
  readonly model: string | undefined;
  readonly inputs: readonly string[];
}

/**
 * Divides the arguments into the model and its inputs.
 * @param given the model of `--model`
 * @param command for advice, e.g. `fovea explain`
 * @throws FoveaError `bad-input` for more than one model, or a model without inputs
 */
export function modelAmong(args: readonly string[], given: string | undefined, command: string): ModelAndInputs {
  const models = [...new Set(args.filter(isModel))];
  const [first = "", ...rest] = args;
  // With the digit model in its place nobody would know what went wrong.
  if (models.length + (given?.length ?? 0) === 0 && rest.length > 0 && mayBeOnHub(first))
    return { model: first, inputs: rest };
  const inputs = args.filter((argument) => !models.includes(argument));
  const [model] = models;
  if (model === undefined) return { model: given, inputs };
  if (models.length > 1) {
    throw new FoveaError(
      "bad-input",
      `${list(models)}: expected one model, got ${models.length}: run the command for one after the other`,
    );
  }
  if (given !== undefined) {
    throw new FoveaError(
      "bad-input",
      `${model}: expected pictures beside --model ${given}, got a second model: leave one of them out`,
    );
  }
  if (inputs.length === 0) {
    throw new FoveaError("bad-input", `${model}: expected a picture beside the model: ${command} ${model} photo.jpg`);
  }
  return { model, inputs };
}

/** Endings of models that are not there, or hold something else: what is wrong with them is told when they are opened. */
const endings =
  /\.(onnx|keras|h5|hdf5|pt|pth|pt2|safetensors|gguf|pb|tflite|ort|engine|trt|mlmodel|mlpackage|caffemodel|pdmodel)$/i;

function isModel(path: string): boolean {
  if (isHubName(path)) return true;
  if (existsSync(join(path, "saved_model.pb"))) return true;
  const head = startOfFile(path);
  const holds = head && recogniseFile(head, path)?.holds;
  switch (holds) {
    case "onnx":
    case "hdf5":
    case "zip":
    case "foreign":
      return true;
    case "picture":
    case "array":
      return false;
  }
  return endings.test(path) || (head !== undefined && isModelJson(path, head));
}

/** The description of a TensorFlow.js model. */
function isModelJson(path: string, head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head);
  return (
    basename(path) === "model.json" ||
    /^\s*\{[\s\S]*"(modelTopology|weightsManifest)"|^\s*\{\s*"format":\s*"(layers|graph)-model"/.test(text)
  );
}
