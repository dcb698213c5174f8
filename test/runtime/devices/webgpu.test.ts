/**
 * @file WebGPU on Node by SwiftShader, the Vulkan driver in software that comes with the browser of these tests: the maps are the
 * processor's within 2e-3, in the process and in child processes, and what cannot compute leaves the work to the processor.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../../src/data/digits/digits.js";
import { readNpy } from "../../../src/data/npy.js";
import { embeddedModelPath } from "../../../src/explain/node.js";
import { relativeDifference } from "../../../src/explain/prove/proof.js";
import { encodePng } from "../../../src/image/node.js";
import type * as isolated from "../../../src/model/platform/isolated-platform.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { start, workFolder } from "../../cli/fovea.js";
import { root } from "../../house/imports.js";
import { browserPath, hasBrowser } from "../../support/browser/browser.js";
import { deadly } from "../../support/models/deadly.js";

/** As it is built: a child process runs files of JavaScript. */
const { createIsolatedPlatform }: typeof isolated = await import(
  join(root, "dist/model/platform/isolated-platform.js")
);

const software =
  "webgpu: SwiftShader Device (Subzero) is a software adapter, which computes on the processor, only slower\n";
const folder = workFolder();
const digit = drawDigits({ seed: 5, train: 1, test: 1 }).test;
const picture = { width: 28, height: 28, channels: 1, pixels: digit.pixels } as const;

/** The driver lies where the browser is unpacked to, and so does what loads it, which not every system has. */
const card = { VK_DRIVER_FILES: join(tmpdir(), "vk_swiftshader_icd.json"), LD_LIBRARY_PATH: tmpdir() };
const noCard = { VK_DRIVER_FILES: join(folder, "nothing.json") };

beforeAll(async () => {
  writeFileSync(join(folder, "digit.png"), await encodePng(picture));
  if (hasBrowser) await browserPath();
}, 60_000);

/** Runs the command line in a process of its own, which knows this driver alone. */
const fovea = (args: readonly string[], driver: Record<string, string>) => start(folder, args, driver).done;

async function mapBy(args: readonly string[], driver: Record<string, string>) {
  const name = `${args.join("")}.npy`.replaceAll("/", "");
  const { err, code } = await fovea(["explain", "digit.png", "--class", "3", "--raw", "--out", name, ...args], driver);
  expect(code, err).toBe(0);
  const map: Tensor = readNpy(readFileSync(join(folder, name)), name);
  return { map: [...floats(map)], err };
}

describe.skipIf(!hasBrowser)("--device webgpu", { timeout: 120_000 }, () => {
  it.each([["grad-cam"], ["layer-cam"], ["gradient"], ["integrated-gradients", "--samples", "4"], ["ablation-cam"]])(
    "gives the processor's map of %s, and says that it is software",
    async (...method) => {
      const args = ["--method", ...method];
      const [expected, actual] = [await mapBy(args, card), await mapBy([...args, "--device", "webgpu"], card)];
      expect(expected.err).toBe("");
      expect(actual.err).toBe(software);
      expect(Math.max(...expected.map)).toBeGreaterThan(0);
      expect(relativeDifference(actual.map, expected.map)).toBeLessThanOrEqual(2e-3);
      // Of the same bits it would be the processor's own.
      expect(actual.map).not.toEqual(expected.map);
    },
  );

  it("computes in child processes, too, and by FOVEA_DEVICE", async () => {
    const expected = await mapBy([], card);
    const actual = await mapBy(["--isolate"], { ...card, FOVEA_DEVICE: "webgpu" });
    expect(actual.err).toBe(software);
    expect(relativeDifference(actual.map, expected.map)).toBeLessThanOrEqual(2e-3);
    expect(actual.map).not.toEqual(expected.map);
  });

  it("is not taken by auto, which says so, and computes on the processor to the bit", async () => {
    const [expected, actual] = [await mapBy([], card), await mapBy(["--device", "auto"], card)];
    expect(actual.err).toBe(
      "auto: no graphics card to compute on was found (webgpu: SwiftShader Device (Subzero) is a software adapter); the processor computes\n",
    );
    expect(actual.map).toEqual(expected.map);
  });

  it("is compared with the processor by check and bench where it is named, and left out of all", async () => {
    const checked = await fovea(["check", embeddedModelPath, "--device", "webgpu", "--json"], card);
    const { devices, passed } = JSON.parse(checked.out);
    expect([checked.code, passed]).toEqual([0, true]);
    expect(devices).toMatchObject([{ device: "webgpu", maps: { passed: true, tolerance: 2e-3 } }]);
    expect(devices[0].maps.error).toBeGreaterThan(0);
    expect((await fovea(["check", embeddedModelPath], card)).out).not.toContain("webgpu");
    const bench = ["bench", embeddedModelPath, "--batch", "1", "--pairs", "3", "--device"];
    const both = await fovea([...bench, "cpu,webgpu"], card);
    expect(both.out).toMatch(/^cpu .* 1\.00x\nwebgpu .* 0\.\d\dx$/m);
    const all = await fovea([...bench, "all"], card);
    expect(all.err).toContain("webgpu: SwiftShader Device (Subzero) is a software adapter; not measured");
    expect(all.code).toBe(0);
  });

  it("names the device in the versions of a platform", async () => {
    const told: string[] = [];
    Object.assign(process.env, card);
    const platform = createIsolatedPlatform({ threads: 1, device: "webgpu", onDevice: (said) => told.push(said) });
    const session = await platform.runtime.open(deadly("divide"));
    const results = await session.run({ x: float32([1], [2]) });
    expect(Object.keys(results)).toHaveLength(1);
    await session.close();
    await platform.close();
    for (const name of Object.keys(card)) delete process.env[name];
    expect(told).toEqual([software.trim()]);
    expect(platform.versions[1]).toEqual({
      name: "onnxruntime-node",
      version: expect.stringMatching(/^\d+\.\d+\.\d+ \(webgpu in software\)$/),
    });
  });
});

describe("a device that is missing", { timeout: 60_000 }, () => {
  it.each([
    [
      "cuda",
      /^cuda: onnxruntime's files for it are not installed \(npm rebuild .*\); the processor computes instead\n$/,
    ],
    ["cuda:1", /^cuda:1: .*; the processor computes instead\n$/],
    ["webgpu", /^webgpu: no graphics adapter was found .*; the processor computes instead\n$/],
    ["coreml", /^coreml: onnxruntime has no CoreML on this system; the processor computes instead\n$/],
    ["dml", /^dml: onnxruntime has no DirectML on this system; the processor computes instead\n$/],
  ])("%s is told in one sentence, and the map is the processor's", async (device, sentence) => {
    const [expected, actual] = [await mapBy([], noCard), await mapBy(["--device", device], noCard)];
    expect(actual.err).toMatch(sentence);
    expect(actual.map).toEqual(expected.map);
  });

  it("that check and bench were told to compare ends them with exit code 1", async () => {
    for (const command of [["check"], ["bench", "--batch", "1", "--pairs", "3"]]) {
      const { code, err } = await fovea([...command, embeddedModelPath, "--device", "cuda"], noCard);
      expect(err).toMatch(/^cuda: .*; not (compared|measured)\n/);
      expect(code).toBe(1);
    }
  });
});
