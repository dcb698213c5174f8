/** @file The runtime of pages in a real browser: what a graphics card cannot run, or loses, goes on on the processor; a crash is told. */

import { describe, expect, it } from "vitest";
import { writeModel } from "../../src/onnx/write.js";
import { hasBrowser } from "../support/browser/browser.js";
import { tabWithImports } from "../support/browser/import-map.js";
import { deadly } from "../support/models/deadly.js";
import { everything } from "../support/share.js";

const ort = "/node_modules/onnxruntime-web/dist";
/** Where an import map finds further packages. */
const imports = {
  "onnxruntime-web/wasm": `${ort}/ort.wasm.bundle.min.mjs`,
  "onnxruntime-web/webgpu": `${ort}/ort.webgpu.bundle.min.mjs`,
};

/** Opens a graph of one operator on WebGPU in the page, as `session`, with what was told as `told`. */
const begin = (operator: string) => `(async () => {
  const { createWebRuntime } = await import("/dist/runtime/web.js");
  const { Builder, float32, floats } = await import("/dist/doors/onnx.js");
  globalThis.told = [];
  const runtime = await createWebRuntime({ provider: "webgpu", files: "${ort}/", onFallback: (reason) => told.push(reason) });
  const op = new Builder();
  const x = op.input("x", "float32", [1, 1, 4, 4]);
  ${operator}
  globalThis.session = await runtime.open(op.graph);
  const values = Float32Array.from({ length: 16 }, (_, i) => (i * 7) % 16 - 4);
  globalThis.run = async () => [...floats((await session.run({ x: float32([1, 1, 4, 4], values) })).y)];
  return run();
})()`;

describe.skipIf(!hasBrowser)("a session on a graphics card", { timeout: 60_000 }, () => {
  const page = tabWithImports(imports, { webgpu: true });

  const told = () => page.tab.evaluate("told") as Promise<string[]>;

  it.runIf(everything)("takes the zeros of a Pad into the maximum of a pool", async () => {
    const pool = `const padded = op.Pad(op.Sub(x, op.scalar(100)), op.ints([0, 0, 1, 1, 0, 0, 1, 1]));
      op.output(op.node("MaxPool", [padded], { kernel_shape: [3, 3], strides: [3, 3] })[0], "y");`;
    expect(await page.tab.evaluate(begin(pool))).toEqual([0, 0, 0, 0]);
    expect(await told()).toEqual([]);
  });

  it("goes on on the processor with an operator that cards do not have", async () => {
    const pool = `const [pooled, where] = op.node("MaxPool", [x], { kernel_shape: [2, 2], strides: [2, 2] }, 2);
      op.output(op.Add(pooled, op.Cast(where, { to: 1 })), "y");`;
    const first = await page.tab.evaluate(begin(pool));
    // The largest of each four, and where it was.
    expect(first).toEqual([8 + 4, 10 + 2, 11 + 9, 9 + 11]);
    expect((await told()).length).toBe(1);
    expect(await page.tab.evaluate("run()")).toEqual(first);
    expect((await told()).length).toBe(1);
  });

  it("goes on on the processor when the card is lost", async () => {
    const first = await page.tab.evaluate(begin('op.output(op.Relu(x), "y");'));
    expect(first).toEqual(Array.from({ length: 16 }, (_, i) => Math.max(0, ((i * 7) % 16) - 4)));
    expect(await told()).toEqual([]);
    await page.tab.evaluate(
      'import("onnxruntime-web/webgpu").then(async ({ env }) => (await env.webgpu.device).destroy())',
    );
    expect(await page.tab.evaluate("run()")).toEqual(first);
    expect((await told()).length).toBe(1);
    expect(await page.tab.evaluate("run()")).toEqual(first);
  });
});

describe.skipIf(!hasBrowser)("a session of WebAssembly", { timeout: 60_000 }, () => {
  const page = tabWithImports(imports);

  it("that crashes is an error of code crashed, and whoever made the runtime is told", async () => {
    const model = Buffer.from(writeModel(deadly("divide"))).toString("base64");
    const outcome = await page.tab.evaluate(`(async () => {
      const { createWebRuntime } = await import("/dist/runtime/web.js");
      const { float32, floats } = await import("/dist/doors/onnx.js");
      const told = [];
      const runtime = await createWebRuntime({ provider: "wasm", files: "${ort}/", onCrash: (reason) => told.push(reason) });
      const session = await runtime.open(Uint8Array.from(atob("${model}"), (letter) => letter.charCodeAt(0)));
      const run = async (x) => floats((await session.run({ x: float32([1], [x]) })).y)[0];
      const harmless = await run(2);
      return { harmless, untold: told.length, ...(await run(-1).catch(({ code, message }) => ({ code, message }))), told };
    })()`);
    const message = expect.stringMatching(/^onnxruntime crashed \(.+\) while running the model: /);
    expect(outcome).toEqual({ harmless: -(2 ** 62), untold: 0, code: "crashed", message, told: [message] });
  });
});
