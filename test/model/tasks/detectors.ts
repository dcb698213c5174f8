/** @file Detectors in the layouts of real exports, with PyTorch's boxes and maps: see test/reference/detectors.py. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadModel } from "../../../src/explain/node.js";
import { float32, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";

const folder = fileURLToPath(new URL("../../fixtures/detectors/", import.meta.url));

export interface GoldenBox {
  /** Left, top, right, bottom. */
  readonly box: readonly number[];
  readonly score: number;
  readonly class: number;
  readonly row: number;
  /** The value that the level's head reads, and the map there; missing where the network chooses rows itself. */
  readonly layer?: string;
  readonly map?: readonly number[];
  /** Of instance segmentation: the mask over the whole input, zero outside the box, a quarter of its size on each side. */
  readonly mask?: readonly number[];
}

interface Goldens {
  readonly size: number;
  readonly confidence: number;
  readonly overlap: number;
  readonly nets: Readonly<Record<string, { readonly boxes: readonly GoldenBox[] }>>;
}

export const goldens: Goldens = JSON.parse(readFileSync(`${folder}goldens.json`, "utf8"));

/** Which boxes PyTorch's are. */
export const limits = { confidence: goldens.confidence, overlap: goldens.overlap };

export const pathOf = (name: string) => `${folder}${name}.onnx`;

export const openDetector = (name: string) => loadModel(pathOf(name), { runtime });

/** The image that its boxes were found in. */
export function imageOf(name: string): Tensor {
  const bytes = new Uint8Array(readFileSync(`${folder}${name}.f32`));
  return float32([1, 3, goldens.size, goldens.size], new Float32Array(bytes.buffer));
}
