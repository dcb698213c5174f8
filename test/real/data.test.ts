/** @file MNIST as it was published, and files that NumPy wrote. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadMnist, loadPublished, publishedSets } from "../../src/data/idx/mnist.js";
import { readNpy, writeNpy } from "../../src/data/npy.js";
import { numbers } from "../../src/onnx/tensor.js";
import { startMirror } from "../data/idx/mirror.js";

const data = process.env.FOVEA_DATA ?? "";
const units = join(data, "..", "goldens", "_units");
const has = (folder: string) => data !== "" && existsSync(folder);

describe.skipIf(!has(join(data, "mnist")))("MNIST itself (needs FOVEA_DATA with mnist/)", () => {
  it("is read from its folder", async () => {
    const { source, train, test } = await loadMnist("mnist", { directory: data });
    expect(source).toBe("MNIST, 60,000 training and 10,000 test images");
    expect(train).toMatchObject({ count: 60000, channels: 1, height: 28, width: 28 });
    expect(test).toMatchObject({ count: 10000, channels: 1, height: 28, width: 28 });
    expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...test.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    const mean = (pixels: Uint8Array) => pixels.reduce((sum, value) => sum + value, 0) / pixels.length / 255;
    // The mean that PyTorch's MNIST example normalises with.
    expect(mean(train.pixels)).toBeCloseTo(0.1307, 4);
  });

  it("is downloaded with its published checksums and sizes", async () => {
    const files = publishedSets.mnist.files.map(({ name }) => [name, readFileSync(join(data, "mnist", name))] as const);
    const cache = mkdtempSync(join(tmpdir(), "fovea-mnist-"));
    const empty = mkdtempSync(join(tmpdir(), "fovea-empty-"));
    const mirror = await startMirror(Object.fromEntries(files));
    try {
      let last = { done: 0, total: 0 };
      const onProgress = (progress: typeof last) => {
        last = progress;
      };
      const { train } = await loadPublished(publishedSets.mnist, {
        directory: empty,
        cache,
        mirrors: [mirror.url],
        loopback: true,
        onProgress,
      });
      expect(train.count).toBe(60000);
      expect(last).toMatchObject({ done: 11594722, total: 11594722 });
    } finally {
      await mirror.close();
      for (const folder of [cache, empty]) rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe.skipIf(!has(units))("files that NumPy wrote (needs goldens/_units beside FOVEA_DATA)", () => {
  // Sums and values as NumPy 2.4.6 gives them.
  const cases: [string, string, number[], number, number][] = [
    ["lut_viridis_rgb_u8", "uint8", [256, 3], 84586, 37],
    ["overlay_mask", "float32", [20, 32], 308.3693316770077, 0.18802845],
    ["resize_2x5_to_61x47.torch_bilinear", "float32", [61, 47], 1089.875569358468, 0.36511013],
    ["deprocess_in", "float32", [16, 12, 3], 35.37993192055728, -0.4669659],
  ];
  it.each(cases)("%s is read with its type, sizes and values", (name, type, dims, sum, last) => {
    const tensor = readNpy(readFileSync(join(units, `${name}.npy`)), name);
    expect([tensor.type, tensor.dims]).toEqual([type, dims]);
    const values = numbers(tensor);
    expect(values.reduce((total, value) => total + value, 0)).toBeCloseTo(sum, 6);
    expect(values.at(-1)).toBeCloseTo(last, 6);
  });

  it("are written again byte for byte", () => {
    const names = readdirSync(units).filter((name) => name.endsWith(".npy"));
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) {
      const bytes = readFileSync(join(units, name));
      expect(Buffer.compare(writeNpy(readNpy(bytes, name)), bytes), name).toBe(0);
    }
  });
});
