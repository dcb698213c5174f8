/**
 * @file The fields that answers of the Open Inference Protocol must have, and their types: our own table of what the protocol's
 * published description says (open_inference_rest.yaml and inference_rest.md of kserve/open-inference-protocol).
 */

import { expect } from "vitest";

type Kind = "text" | "flag" | "texts" | "sizes" | "tensors" | "outputs";

const answers: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  "/v2": { name: "text", version: "text", extensions: "texts" },
  "/v2/health/live": { live: "flag" },
  "/v2/health/ready": { ready: "flag" },
  model: { name: "text", versions: "texts", platform: "text", inputs: "tensors", outputs: "tensors" },
  tensor: { name: "text", datatype: "text", shape: "sizes" },
  inference: { model_name: "text", outputs: "outputs" },
  error: { error: "text" },
};

const datatypes = [
  ...["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64"],
  ...["FP16", "FP32", "FP64", "BYTES"],
];

const checks: Readonly<Record<Kind, (value: unknown) => void>> = {
  text: (value) => expect(value).toBeTypeOf("string"),
  flag: (value) => expect(value).toBeTypeOf("boolean"),
  texts: (value) => each(value, checks.text),
  sizes: (value) => each(value, (size) => expect(Number.isSafeInteger(size)).toBe(true)),
  tensors: (value) => each(value, (tensor) => required("tensor", tensor)),
  outputs: (value) => each(value, checkOutput),
};

/** Checks an answer by its name in the table. */
export function required(name: string, answer: unknown): void {
  const fields = answers[name];
  if (fields === undefined) throw new Error(`no answer is called ${name}`);
  expect(answer).toBeTypeOf("object");
  for (const [field, kind] of Object.entries(fields)) {
    expect(answer, name).toHaveProperty(field);
    checks[kind](Object(answer)[field]);
  }
  if (name === "tensor") expect(datatypes).toContain(Object(answer).datatype);
}

/** As many elements as its shape says, all of its type. */
function checkOutput(output: unknown): void {
  required("tensor", output);
  const { shape, datatype, data } = Object(output);
  const flat: unknown[] = data.flat(Number.POSITIVE_INFINITY);
  expect(flat).toHaveLength(shape.reduce((product: number, size: number) => product * size, 1));
  for (const value of flat) expect(value).toBeTypeOf(datatype === "BYTES" ? "string" : "number");
}

function each(value: unknown, check: (element: unknown) => void): void {
  expect(Array.isArray(value)).toBe(true);
  for (const element of Object(value)) check(element);
}
