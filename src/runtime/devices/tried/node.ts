/**
 * @file A process that computes a few numbers on one device, and ends. Drivers write what they like on the standard error, and some bring
 * their process down: neither is for the process that asks.
 */

import { listSupportedBackends } from "onnxruntime-node";
import { answerOnce } from "../../../child/answer-once.js";
import { messageOf } from "../../../foundation/error.js";
import { Builder } from "../../../onnx/builder.js";
import { float32, floats } from "../../../onnx/tensor.js";
import { openPlan, planSession } from "../../plan/node.js";
import type { Tried } from "../ask-device.js";
import type { Provider } from "../device.js";

/** A convolution over nine numbers, whose sum any precision holds. */
async function refusalOf(provider: Provider): Promise<string | undefined> {
  const op = new Builder();
  const ones = op.constant(float32([1, 1, 3, 3], new Float32Array(9).fill(1)));
  op.output(op.Conv(op.input("x", "float32", [1, 1, 3, 3]), ones), "y");
  try {
    const session = await openPlan({ ...planSession(op.graph, {}), provider });
    const { y } = await session.run({ x: float32([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]) });
    await session.close();
    const sum = y && floats(y)[0];
    return sum === 45 ? undefined : `it computes wrongly: the sum of 1 to 9 is ${sum}`;
  } catch (error) {
    return messageOf(error instanceof Error && error.cause ? error.cause : error);
  }
}

await answerOnce(async (provider: Provider): Promise<Tried> => {
  const offered = listSupportedBackends().map(({ name }) => name);
  return { offered, refusal: offered.includes(provider.name) ? await refusalOf(provider) : undefined };
});
