/** @file Photos of one colour each, and a model that tells colours apart. */

import { encodePng } from "../../../src/image/node.js";
import type { Box } from "../../../src/image/picture/resize.js";
import { withModelCard } from "../../../src/model/card.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";

/** A picture of one colour, with a spot so that it is no plain one. */
export function coloured(rgb: readonly number[], [width, height] = [12, 10]): Promise<Uint8Array> {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) =>
    i < 12 ? 40 * (i % 3) : (rgb[i % 3] as number),
  );
  return encodePng({ width, height, channels: 3, pixels });
}

/** Scores: the mean of the red, of the green (and of the blue) channel, times 10. */
export function colourModel(classes: readonly string[] | undefined, count = classes?.length ?? 2): Uint8Array {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 8, 8]);
  const rows = Float32Array.from({ length: count * 3 }, (_, i) => (Math.floor(i / 3) === i % 3 ? 10 : 0));
  const pooled = op.Flatten(op.GlobalAveragePool(op.named("features", op.Relu(x))));
  op.output(op.Gemm(pooled, op.constant(float32([count, 3], rows), "rows"), { transB: 1 }), "y");
  const preprocessing = { width: 8, height: 8, channels: 3, scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  return writeModel(withModelCard(op.graph, { preprocessing, ...(classes ? { classes } : {}) }));
}

/** A dark picture with a box of one colour. */
export function patched(
  rgb: readonly number[],
  { x, y, width, height }: Box,
  [across, down]: readonly [number, number],
): Promise<Uint8Array> {
  const inside = (column: number, row: number) => column >= x && column < x + width && row >= y && row < y + height;
  const pixels = Uint8Array.from({ length: across * down * 3 }, (_, i) => {
    const place = Math.floor(i / 3);
    return inside(place % across, Math.floor(place / across)) ? (rgb[i % 3] as number) : 0;
  });
  return encodePng({ width: across, height: down, channels: 3, pixels });
}
