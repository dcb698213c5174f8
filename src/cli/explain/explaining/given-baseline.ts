/** @file Where methods start from that go from baselines to the image: a name, or the images of a folder, a pattern or a file. */

import { findInputs } from "../../../data/find-inputs.js";
import { FoveaError, namedError } from "../../../foundation/error.js";
import { type Baseline, baselineNames } from "../../../model/input/baseline-names.js";
import { joined } from "../../../model/run/batches.js";
import type { Tensor } from "../../../onnx/tensor.js";
import type { NamedModel } from "../../inputs/models.js";
import { readInput } from "../../inputs/read-input.js";

/** All of them lie in memory, and completeness asks for the score of each. */
const mostImages = 256;

/**
 * The baseline that an option says. @param given a name, or images or arrays as `findInputs` takes them
 * @throws FoveaError `bad-input`, and what reading an image throws
 */
export async function givenBaseline({ model }: NamedModel, given: string | undefined): Promise<Baseline | undefined> {
  const name = baselineNames.find((each) => each === given);
  if (given === undefined || name !== undefined) return name;
  const { inputs } = await findInputs([given]);
  if (inputs.length > mostImages)
    throw wrongBaseline(given, `at most ${mostImages} images, got ${inputs.length}: give a folder of fewer`);
  const read: Tensor[] = [];
  for (const input of inputs) {
    if (input.error) throw wrongBaseline(given, `${expected}, got neither (${input.error.message})`);
    const tensor = await readInput(model, input).then(
      (result) => result.input,
      (error: unknown) => {
        throw error instanceof FoveaError ? namedBaseline(given, input.path, error) : error;
      },
    );
    const first = read[0] ?? tensor;
    if (tensor.dims.slice(1).join() !== first.dims.slice(1).join())
      throw wrongBaseline(given, `inputs of one size, got [${first.dims.join(", ")}] and [${tensor.dims.join(", ")}]`);
    read.push(tensor);
  }
  return joined(read);
}

const expected = `one of ${baselineNames.join(", ")}, or images`;

function namedBaseline(given: string, path: string, error: FoveaError): FoveaError {
  return error.code === "not-found"
    ? wrongBaseline(given, `${expected}, got neither`)
    : namedError(`--baseline ${given}: ${path}`, error);
}

function wrongBaseline(given: string, what: string): FoveaError {
  return new FoveaError("bad-input", `--baseline ${given}: expected ${what}`);
}
