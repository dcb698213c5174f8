/** @file The inference request of the Open Inference Protocol, with the binary tensor extension. */

import { shortened } from "../../../foundation/error.js";
import { list } from "../../../foundation/words.js";
import type { EngineImage, ModelFacts } from "../engine/messages.js";
import { badRequest } from "../refusal.js";
import type { Body } from "./body.js";
import { flagOr, kindOf, listAt, objectAt, parametersAt, textAt } from "./fields.js";
import { base64At, elementsIn, floatsIn, numbersAt } from "./numbers.js";
import { type OutputName, outputNames } from "./outputs.js";
import { checkCount, checkSizes, imageInput, inputsInWords, rowsIn } from "./tensors.js";

export interface RequestedOutput {
  readonly name: OutputName;
  /** As bytes behind the JSON. */
  readonly binary: boolean;
}

export interface InferRequest {
  readonly id: string | undefined;
  readonly images: readonly EngineImage[];
  readonly outputs: readonly RequestedOutput[];
}

/** @throws Refusal 400 for anything that is not as the protocol or the model says */
export function readInfer(facts: ModelFacts, { json, binary }: Body, maxInstances: number): InferRequest {
  const { id, inputs, outputs, parameters } = objectAt(json, "the body");
  const { binary_data_output: allBinary } = parametersAt(parameters, "parameters");
  const isBinary = flagOr(allBinary, false, "parameters.binary_data_output");
  const [input, ...others] = listAt(inputs, "inputs");
  if (input === undefined || others.length > 0)
    throw badRequest("inputs", `one input, ${inputsInWords(facts)}`, String(others.length + (input ? 1 : 0)));
  return {
    id: id === undefined ? undefined : textAt(id, "id"),
    images: imagesOf(facts, readInput(input, binary), maxInstances),
    outputs: requestedOutputs(outputs, isBinary),
  };
}

/** An input with its data, in JSON or as bytes. */
interface Input {
  readonly name: string;
  readonly datatype: string;
  readonly sizes: readonly number[];
  readonly data: unknown;
  readonly bytes: Buffer | undefined;
}

function readInput(value: unknown, binary: Buffer): Input {
  const { name, shape, datatype, parameters, data } = objectAt(value, "inputs[0]");
  const { binary_data_size: size } = parametersAt(parameters, "inputs[0].parameters");
  if (size === undefined && binary.length > 0)
    throw badRequest("the body", "nothing behind its JSON", `${binary.length} bytes that no input has`);
  if (size !== undefined && size !== binary.length)
    throw badRequest("inputs[0].parameters.binary_data_size", `${binary.length}, what follows the JSON`, kindOf(size));
  if (size !== undefined && data !== undefined)
    throw badRequest("inputs[0].data", "none beside binary_data_size", kindOf(data));
  return {
    name: textAt(name, "inputs[0].name"),
    datatype: textAt(datatype, "inputs[0].datatype"),
    sizes: listAt(shape, "inputs[0].shape").map(sizeAt),
    data,
    bytes: size === undefined ? undefined : binary,
  };
}

function sizeAt(value: unknown, i: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw badRequest(`inputs[0].shape[${i}]`, "a whole number from 0 on", kindOf(value));
}

function imagesOf(facts: ModelFacts, input: Input, maxInstances: number): readonly EngineImage[] {
  const { name, datatype } = input;
  const isImage = facts.takesImages && name === imageInput(facts);
  if (!isImage && name !== facts.input.name) throw badRequest("inputs[0].name", inputsInWords(facts), shortened(name));
  const expected = isImage ? "BYTES" : "FP32";
  if (datatype !== expected) throw badRequest("inputs[0].datatype", expected, shortened(datatype));
  return isImage ? filesOf(input, maxInstances) : tensorsOf(facts, input, maxInstances);
}

function tensorsOf(facts: ModelFacts, { sizes, data, bytes }: Input, maxInstances: number): readonly EngineImage[] {
  checkSizes(facts, sizes, "inputs[0].shape");
  checkCount(sizes[0] ?? 0, maxInstances, "inputs[0].shape[0]");
  if (bytes === undefined) return rowsIn(numbersAt(data, sizes, "inputs[0].data"), sizes);
  const expected = 4 * sizes.reduce((product, size) => product * size, 1);
  if (bytes.length !== expected)
    throw badRequest("inputs[0].parameters.binary_data_size", String(expected), String(bytes.length));
  return rowsIn(floatsIn(bytes), sizes);
}

function filesOf({ sizes, data, bytes }: Input, maxInstances: number): readonly EngineImage[] {
  const [images = 0, one = 1, ...more] = sizes;
  if (sizes.length === 0 || one !== 1 || more.length > 0)
    throw badRequest("inputs[0].shape", "[N] or [N, 1]", `[${sizes.join(", ")}]`);
  checkCount(images, maxInstances, "inputs[0].shape[0]");
  const elements = bytes ? elementsIn(bytes, "inputs[0]") : listAt(data, "inputs[0].data").flat();
  if (elements.length !== images)
    throw badRequest(bytes ? "inputs[0]" : "inputs[0].data", `${images} images`, String(elements.length));
  return elements.map((each, i) => ({
    file: Buffer.isBuffer(each) ? each : base64At(each, `inputs[0].data[${i}]`),
  }));
}

function requestedOutputs(value: unknown, allBinary: boolean): RequestedOutput[] {
  if (value === undefined) return outputNames.map((name) => ({ name, binary: allBinary }));
  const outputs = listAt(value, "outputs").map((each, i) => {
    const fields = objectAt(each, `outputs[${i}]`);
    const name = outputNames.find((known) => known === fields.name);
    if (name === undefined) throw badRequest(`outputs[${i}].name`, list(outputNames), shortened(fields.name));
    const { binary_data: binary } = parametersAt(fields.parameters, `outputs[${i}].parameters`);
    return { name, binary: flagOr(binary, allBinary, `outputs[${i}].parameters.binary_data`) };
  });
  const doubled = outputs.find(({ name }, i) => outputs.findIndex((other) => other.name === name) !== i);
  if (doubled) throw badRequest("outputs", "each output once", `${doubled.name} twice`);
  return outputs.length > 0 ? outputs : requestedOutputs(undefined, allBinary);
}
