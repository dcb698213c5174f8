/** @file The runtime of pages, as far as it can be tried without one. */

import { expect, it } from "vitest";
import { createWebRuntime } from "../../src/runtime/web.js";

it("createWebRuntime refuses WebGPU in onnxruntime's worker", async () => {
  await expect(createWebRuntime({ provider: "webgpu", worker: true, threads: 1 })).rejects.toThrow(
    "worker: expected WebAssembly, got WebGPU",
  );
});
