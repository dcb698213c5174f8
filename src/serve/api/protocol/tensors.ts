/** @file The inputs of a model as the protocols carry them, and checks of their sizes. */

import { count } from "../../../foundation/words.js";
import type { EngineImage, ModelFacts } from "../engine/messages.js";
import { badRequest } from "../refusal.js";

/** The input that takes image files in the place of the model's own input. */
export function imageInput({ input }: ModelFacts): string {
  return input.name === "image" ? "image_file" : "image";
}

/** The same in words, for errors. */
export function inputsInWords(facts: ModelFacts): string {
  const { name, dims } = facts.input;
  const own = `${name} (FP32 [${dims.join(", ")}])`;
  return facts.takesImages ? `${own} or ${imageInput(facts)} (BYTES)` : own;
}

/** @throws Refusal 400 for sizes that are not the input's; the first, the number of images, is free */
export function checkSizes({ input: { dims } }: ModelFacts, sizes: readonly number[], where: string): void {
  const fits =
    sizes.length === dims.length &&
    dims.every((dim, i) => ((sizes[i] ?? 0) > 0 && (i === 0 || dim < 0)) || dim === sizes[i]);
  if (!fits) throw badRequest(where, `[${[-1, ...dims.slice(1)].join(", ")}]`, `[${sizes.join(", ")}]`);
}

/** @throws Refusal 400 */
export function checkCount(images: number, most: number, where: string): void {
  if (images < 1 || images > most) throw badRequest(where, `1 to ${count(most)} images`, count(images));
}

/** Each image of a tensor [N, ...]. */
export function rowsIn(values: Float32Array, [images = 0, ...sizes]: readonly number[]): EngineImage[] {
  const size = values.length / images;
  return Array.from({ length: images }, (_, i) => {
    const row = values.subarray(i * size, (i + 1) * size);
    const bytes = new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
    return { tensor: { type: "float32", dims: [1, ...sizes], bytes } };
  });
}
