/** @file An image of a request as a model's input. */

import type { LoadedModel } from "../../../explain/loaded-model.js";
import type { Picture } from "../../../image/picture/picture.js";
import type { Box } from "../../../image/picture/resize.js";
import type { Tensor } from "../../../onnx/tensor.js";
import { tensorsFrom } from "../../../runtime/isolated/plain-tensor.js";
import type { EngineImage } from "./messages.js";

export interface EngineInput {
  readonly input: Tensor;
  /** Undefined for a tensor. */
  readonly picture?: Picture;
  readonly box?: Box;
}

/** @throws FoveaError as `LoadedModel.readImage` does */
export async function readEngineImage(model: LoadedModel, image: EngineImage): Promise<EngineInput> {
  if ("file" in image) return model.readImage(image.file);
  const { input } = tensorsFrom({ input: image.tensor });
  if (input === undefined) throw new Error("internal: an image without numbers");
  return { input };
}
