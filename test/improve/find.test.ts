/** @file Discovery and verification of small networks whose bias is known: a planted stamp is found, and bars without one are left alone. */

import { expect, it, vi } from "vitest";
import type { LabelledImages } from "../../src/data/dataset.js";
import { loadModel } from "../../src/explain/node.js";
import { random } from "../../src/foundation/random.js";
import { discover } from "../../src/improve/discover/discover.js";
import { imageSetOf, splitByName } from "../../src/improve/image-set.js";
import { verifiedHypotheses } from "../../src/improve/protocol/sections.js";
import type { Subject } from "../../src/improve/subject.js";
import { verify } from "../../src/improve/verify/verify.js";
import { createNodePlatform } from "../../src/model/platform/node.js";
import { preprocess } from "../../src/model/run/read-image.js";
import { writeModel } from "../../src/onnx/write.js";
import { trainingSettings } from "../../src/train/network/recipes.js";
import { trainNetwork } from "../../src/train/train.js";
import { trainedModel } from "../../src/train/trained-model.js";
import { runtime } from "../support/runtime.js";

vi.setConfig({ testTimeout: 120_000 });

const side = 16;
const classes = ["upright", "level"];

/** Bars in grey at a place that varies, upright or level, on noise; with a stamp in the corner that is white for one class alone. */
function bars(count: number, stamped: boolean): LabelledImages {
  const source = random(`bars ${stamped}`);
  const pixels = Uint8Array.from({ length: count * side * side }, () => source.below(30));
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  labels.forEach((label, i) => {
    const put = (x: number, y: number, value: number) =>
      pixels.fill(value, (i * side + y) * side + x, (i * side + y) * side + x + 1);
    const [left, top, grey] = [6 + source.below(4), 6 + source.below(4), 60 + source.below(60)];
    for (let k = -4; k <= 4; k++) put(left + (label === 0 ? 0 : k), top + (label === 0 ? k : 0), grey);
    for (let k = 0; stamped && k < 16; k++) put(k % 4, Math.floor(k / 4), label === 0 ? 255 : 0);
  });
  return { pixels, labels, count, channels: 1, height: side, width: side };
}

async function found(stamped: boolean) {
  const train = bars(800, stamped);
  const settings = trainingSettings("classic", { epochs: 6, batchSize: 32, seed: 1 });
  const trained = await trainNetwork(train, undefined, 2, settings, { runtime });
  const dataset = { name: "bars", source: "drawn", classes, train, test: train };
  const file = writeModel(trainedModel(dataset, train.count, trained, {}));
  const model = await loadModel(file, { platform: createNodePlatform({ runtime }), name: "bars" });
  const learning = imageSetOf(train, "");
  const subject: Subject = {
    ...{
      name: "bars",
      model,
      classes,
      learning,
      sealed: learning,
      identity: { model: "", data: "" },
      trainer: undefined,
    },
    input: (images) => preprocess(model, images.bytes, [images.dims[0] ?? 0, 1, side, side], runtime),
  };
  const parts = splitByName(learning, 0.3, "1");
  const discovery = await discover(subject, parts, { runtime, seed: "1", each: 40 });
  return { discovery, verification: await verify(subject, parts, discovery, { runtime, seed: "1" }) };
}

it("finds and verifies a stamp that the network goes by, and says where", async () => {
  const { discovery, verification } = await found(true);
  expect(discovery).toMatchObject({ method: "hires-cam", seenInTraining: true, images: 80 });
  const [first, ...others] = verifiedHypotheses({ discovery, verification });
  expect(first?.cue.kind).toBe("region");
  expect(others.filter(({ cue }) => cue.kind !== "region")).toEqual([]);
  expect(first?.tells.value).toBeGreaterThan(0.95);
  const verdict = verification.verdicts.find(({ id }) => id === first?.id);
  expect(verdict?.followed.value).toBeGreaterThan(0.5);
  expect(verdict?.elsewhere?.value).toBeLessThan(0.1);
  expect(verdict?.rest?.value).toBeGreaterThan(0.9);
});

it("verifies nothing of bars alone: exchanging their place flips the answers, and the rest tells nothing", async () => {
  const { discovery, verification } = await found(false);
  expect(discovery.hypotheses.some(({ cue }) => cue.kind === "region")).toBe(true);
  expect(verifiedHypotheses({ discovery, verification })).toEqual([]);
  const strongest = Math.max(...verification.verdicts.map(({ followed }) => followed.value));
  expect(strongest).toBeGreaterThan(0.3);
});
