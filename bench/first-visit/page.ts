/** @file A page that computes one answer with onnxruntime, as the studio loads it: a packed file, unpacked and compiled in the page. */

import * as ort from "onnxruntime-web/wasm";
import { unpacked } from "../../web/src/engine/runtime-binary.js";

const bytesOf = async (name: string) => new Uint8Array(await (await fetch(name)).arrayBuffer());

/** @param name of onnxruntime's build @returns milliseconds from navigation until each step is done */
async function visit(name: string): Promise<Record<string, number>> {
  const folder = new URL("ort/", location.href).href;
  const packed = await bytesOf(`${folder}${name}.wasm.br`);
  const fetched = performance.now();
  const module = await unpacked(packed, folder);
  const ready = performance.now();
  ort.env.wasm.wasmPaths = folder;
  ort.env.wasm.wasmBinary = module.buffer;
  const session = await ort.InferenceSession.create(await bytesOf("digits.onnx"), { executionProviders: ["wasm"] });
  const opened = performance.now();
  const [input = ""] = session.inputNames;
  await session.run({ [input]: new ort.Tensor("float32", new Float32Array(28 * 28), [1, 1, 28, 28]) });
  return { fetched, unpacked: ready, opened, computed: performance.now() };
}

Object.assign(globalThis, { visit });
