/** @file What a report observes of images: that it can be broken off. */

import { expect, it } from "vitest";
import { loadModel } from "../../../../src/explain/node.js";
import { createPicture } from "../../../../src/image/picture/picture.js";
import { float32 } from "../../../../src/onnx/tensor.js";
import { observeImages } from "../../../../src/report/collect/observe/observe.js";
import { runtime } from "../../../support/runtime.js";

it("stops between two runs of a method of many, with what the signal was aborted with", async () => {
  const stop = new AbortController();
  const reason = new Error("enough");
  const images = {
    count: 3,
    labels: [0, 1, 2],
    nameOf: () => undefined,
    boxesOf: () => undefined,
    mirrored: false,
    async read() {
      setTimeout(() => stop.abort(reason));
      const box = { x: 0, y: 0, width: 28, height: 28 };
      const pixels = Float32Array.from({ length: 784 }, (_, i) => (i % 7) / 7);
      return { input: float32([1, 1, 28, 28], pixels), picture: createPicture(28, 28, 1, new Uint8Array(784)), box };
    },
  };
  const explainer = await (await loadModel(undefined, { runtime })).explainer({ method: "rise", samples: 100_000 });
  const began = performance.now();
  await expect(observeImages(explainer, images, undefined, stop.signal).next()).rejects.toBe(reason);
  expect(performance.now() - began).toBeLessThan(3000);
  await explainer.close();
});
