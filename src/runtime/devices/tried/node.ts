/**
 * @file A process that computes a few numbers on one device, and ends. Drivers write what they like on the standard error, and some bring
 * their process down: neither is for the process that asks.
 */

import { InferenceSession, listSupportedBackends, Tensor } from "onnxruntime-node";
import { answerOnce } from "../../../child/answer-once.js";
import { messageOf } from "../../../foundation/error.js";
import { Builder } from "../../../onnx/builder.js";
import { float32 } from "../../../onnx/tensor.js";
import { writeModel } from "../../../onnx/write.js";
import type { Provider, Tried } from "../device.js";

/** A convolution over nine numbers, whose sum any precision holds. */
function nineNumbers(): Uint8Array {
  const op = new Builder();
  const ones = op.constant(float32([1, 1, 3, 3], new Float32Array(9).fill(1)));
  op.output(op.Conv(op.input("x", "float32", [1, 1, 3, 3]), ones), "y");
  return writeModel(op.graph);
}

async function refusalOf(provider: Provider): Promise<string | undefined> {
  try {
    const session = await InferenceSession.create(nineNumbers(), { executionProviders: [provider] });
    const x = new Tensor("float32", Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), [1, 1, 3, 3]);
    const { y } = await session.run({ x });
    await session.release();
    const sum = y?.data[0];
    return sum === 45 ? undefined : `it computes wrongly: the sum of 1 to 9 is ${sum}`;
  } catch (error) {
    return messageOf(error);
  }
}

await answerOnce(async (provider: Provider): Promise<Tried> => {
  const offered = listSupportedBackends().map(({ name }) => name);
  return { offered, refusal: offered.includes(provider.name) ? await refusalOf(provider) : undefined };
});
