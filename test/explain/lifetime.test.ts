/** @file Explainers and classifiers that are closed, and arguments of the wrong kind. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../src/explain/explainer.js";
import { createLayerMaps } from "../../src/explain/layer-maps.js";
import { gradCam } from "../../src/explain/methods/grad-cam.js";
import type { Explainer, ExplainerOptions } from "../../src/explain/options.js";
import { explainStream } from "../../src/explain/stream.js";
import { explainableLayers } from "../../src/model/layers/find-layers.js";
import { openModel } from "../../src/model/open.js";
import { createClassifier } from "../../src/model/run/classifier.js";
import { classifyStream } from "../../src/model/run/classify-stream.js";
import type { Tensor } from "../../src/onnx/tensor.js";
import type { Runtime } from "../../src/runtime/session.js";
import { runtime } from "../support/runtime.js";
import { convNet, images } from "./architectures/networks.js";

const model = await openModel(convNet(), runtime);
const closed = { name: "FoveaError", code: "closed" };

/** A runtime that counts its sessions, and refuses runs of those that are closed. */
function countingRuntime() {
  const counts = { opened: 0, closed: 0, running: 0, closedWhileRunning: 0 };
  const counting: Runtime = {
    ...runtime,
    async open(...args) {
      const session = await runtime.open(...args);
      counts.opened++;
      return {
        ...session,
        inputs: session.inputs,
        outputs: session.outputs,
        async run(...feeds) {
          counts.running++;
          await new Promise((resolve) => setTimeout(resolve, 20));
          const results = await session.run(...feeds);
          counts.running--;
          return results;
        },
        async close() {
          counts.closed++;
          counts.closedWhileRunning += counts.running;
          await session.close();
        },
      };
    },
  };
  return { runtime: counting, counts };
}

const kinds: [string, Omit<ExplainerOptions, "runtime">][] = [
  ["of one graph", { method: "grad-cam" }],
  ["of samples", { method: "smooth-grad", samples: 2 }],
  ["of passes", { method: "score-cam" }],
  ["of several layers", { layers: [-1, "features"] }],
  ["of several versions of the image", { augment: true }],
];

describe.each(kinds)("an explainer %s", (_, options) => {
  it("refuses every use after close, with code closed", async () => {
    const explainer = await createExplainer(model, { runtime, ...options });
    await explainer.explain(images(1));
    await explainer.close();
    await expect(explainer.explain(images(1))).rejects.toMatchObject(closed);
    await expect(explainer.classify(images(1))).rejects.toMatchObject(closed);
  });

  it("lets what runs finish before it closes, and closes all that it opened", async () => {
    const { runtime: counting, counts } = countingRuntime();
    const explainer = await createExplainer(model, { runtime: counting, ...options });
    const running = explainer.explain(images(2), { classes: [0, { rank: 1 }] });
    await explainer.close();
    expect(counts).toMatchObject({ running: 0, closedWhileRunning: 0, opened: counts.closed });
    expect(counts.opened).toBeGreaterThan(0);
    expect((await running).maps.dims.slice(0, 2)).toEqual([2, 2]);
  });

  it("can be closed twice, also before it was used", async () => {
    const explainer = await createExplainer(model, { runtime, ...options });
    await Promise.all([explainer.close(), explainer.close()]);
    await explainer.close();
    await expect(explainer.explain(images(1))).rejects.toMatchObject(closed);
  });
});

it("an explainer explains once its sessions can be opened, though they could not before", async () => {
  let refusals = 2;
  const failing: Runtime = {
    ...runtime,
    async open(...args) {
      if (refusals-- > 0) throw new Error("no memory");
      return runtime.open(...args);
    },
  };
  const explainer = await createExplainer(model, { runtime: failing });
  await expect(explainer.explain(images(1))).rejects.toThrow("no memory");
  await expect(explainer.classify(images(1))).rejects.toThrow("no memory");
  const expected = await (await createExplainer(model, { runtime })).explain(images(1));
  expect((await explainer.explain(images(1))).maps).toEqual(expected.maps);
  await explainer.close();
});

it("closing waits no longer for what its own signal breaks off", async () => {
  const explainer = await createExplainer(model, { runtime, method: "rise", samples: 100_000 });
  const controller = new AbortController();
  const running = explainer.explain(images(1), {
    signal: controller.signal,
    progress: () => controller.abort(new Error("enough")),
  });
  const [explained] = await Promise.allSettled([running, explainer.close()]);
  expect(explained).toMatchObject({ status: "rejected", reason: { message: "enough" } });
});

describe("after close", () => {
  it("a classifier refuses, and so do the maps of all layers", async () => {
    const classifier = createClassifier(model, { runtime });
    await classifier.close();
    await classifier.close();
    await expect(classifier.classify(images(1))).rejects.toMatchObject(closed);
    const maps = createLayerMaps(model, { runtime, layers: explainableLayers(model), method: gradCam });
    await maps.close();
    await expect(maps.maps(images(1))).rejects.toMatchObject(closed);
  });

  it("a stream ends with the error, instead of blaming every source", async () => {
    const explainer = await createExplainer(model, { runtime });
    await explainer.close();
    const read = async (input: Tensor) => ({ input });
    await expect(explainStream(explainer, [images(1), images(1)], read).next()).rejects.toMatchObject(closed);
    const classified = classifyStream(explainer, [images(1), images(1)], async (input: Tensor) => input);
    await expect(classified.next()).rejects.toMatchObject(closed);
  });
});

describe("arguments of the wrong kind", () => {
  const explain = async (...args: unknown[]) =>
    (await createExplainer(model, { runtime })).explain(...(args as Parameters<Explainer["explain"]>));
  const create = (...args: unknown[]) => createExplainer(...(args as Parameters<typeof createExplainer>));

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      "options in the place of images",
      () => explain({ classes: [0] }, images(1)),
      /^images: expected .*, got an object$/,
    ],
    ["an array of pixels", () => explain(new Float32Array(300_000)), /^images: expected .*, got a Float32Array of /],
    ["nothing", () => explain(), /^images: expected .*, got undefined$/],
    ["a long text", () => explain("x".repeat(5000)), /^images: expected .*, got "x{78}…$/],
    ["options in the place of a model", () => create({ runtime }, model), /: model: expected .*, got an object$/],
    ["no runtime", () => create(model, {}), /: options\.runtime: expected a runtime, got undefined$/],
    ["a method that is none", () => create(model, { runtime, method: [1, 2] }), /^method: .*, got an array of 2$/],
    ["samples that are none", () => create(model, { runtime, samples: [9, 9] }), /^samples: .*, got an array of 2$/],
  ])("%s are an error of code bad-input, whose message is short", async (_, action, message) => {
    const error = await action().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "FoveaError", code: "bad-input", message: expect.stringMatching(message) });
    expect(String(error).length).toBeLessThan(250);
  });
});
