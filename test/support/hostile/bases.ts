/** @file Sound files that hostile ones are made of: small ones of this repository, the same on every machine. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { random } from "../../../src/foundation/random.js";
import { encodePng } from "../../../src/image/node.js";
import { createPicture } from "../../../src/image/picture/picture.js";
import { float32, type Tensor } from "../../../src/onnx/tensor.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** A file of the repository. */
export function repositoryFile(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(root, path)));
}

const cases = "test/fixtures/cases";

/** Small networks of both of PyTorch's exporters, of other tools and of our own. */
export function onnxBases(): Uint8Array[] {
  return [
    "models/mnist.onnx",
    "models/mnist.onnx",
    `${cases}/batch-of-eight/model.onnx`,
    `${cases}/custom-vision-zipmap/model.onnx`,
    `${cases}/no-batch-in-the-output/model.onnx`,
    `${cases}/no-sizes-at-all/nchw.onnx`,
    `${cases}/no-sizes-at-all/nhwc.onnx`,
    `${cases}/optimised-by-onnxruntime/model.onnx`,
    `${cases}/pad-maxpool/model.onnx`,
    `${cases}/recurrent/last-state.onnx`,
    `${cases}/scores-behind-a-softmax/clip.onnx`,
    `${cases}/training-mode/batchnorm.onnx`,
    `${cases}/uint8-nhwc/model.onnx`,
    `${cases}/which-output/embedding_first.onnx`,
  ].map(repositoryFile);
}

/** A disc on a slope, 40x32 RGB. */
export async function discPng(): Promise<Uint8Array> {
  const pixels = Uint8Array.from({ length: 40 * 32 * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % 40, Math.floor(i / 120)];
    return Math.hypot(x - 20, y - 16) < 9 ? 230 : 2 * x + 10 * (i % 3);
  });
  return new Uint8Array(await encodePng(createPicture(40, 32, 3, pixels)));
}

/** Noise as the input of a digit model. */
export function digitArray(): Tensor {
  const source = random("array");
  return float32(
    [1, 1, 28, 28],
    Float32Array.from({ length: 784 }, () => source.uniform()),
  );
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
