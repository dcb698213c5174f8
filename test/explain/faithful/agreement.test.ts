/** @file How far averaged maps agree with exact ones, and what is said of it. */

import { expect, it } from "vitest";
import { diagnose } from "../../../src/explain/diagnose/diagnose.js";
import { diagnoseFully } from "../../../src/explain/diagnose/diagnose-fully.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { agreementOf, correlationOf } from "../../../src/explain/faithful/agreement.js";
import { diagnosisOf } from "../../../src/explain/maps.js";
import { explainStream } from "../../../src/explain/stream.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { convNet, images } from "../architectures/networks.js";

const explained = async (head: "average" | "flatten", method: string, count = 1) => {
  const model = await openModel(convNet({ head }), runtime);
  const explainer = await createExplainer(model, { runtime, layer: "features", method });
  return { explainer, explanation: await explainer.explain(images(count), { classes: [1, 2] }) };
};

it("is the correlation, and the share of the map where the exact evidence is not positive", () => {
  // Deviations (-1, 0, 1) and (-1, 1, 0): correlation 1/2. Of a map of 1 + 2 + 3, the 1 is at -1.
  expect(agreementOf([1, 2, 3], [-1, 1, 0.5])).toMatchObject({ misplaced: expect.closeTo(1 / 6, 9) });
  expect(correlationOf([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5, 9);
  expect(correlationOf([1, 2, 3], [2, 2, 2])).toBeUndefined();
  expect(agreementOf([1, 2, 3], [0, 0, 0])).toBeUndefined();
  expect(agreementOf([-1, -2], [1, 2])).toEqual({ correlation: -1, misplaced: 0 });
});

it.each(["grad-cam", "grad-cam++", "xgrad-cam", "finer-cam", "shapley-cam", "smooth-grad-cam++"])(
  "%s has the exact map beside it where no average follows, and nothing where one does",
  async (method) => {
    const { explanation } = await explained("flatten", method, 2);
    expect(explanation.exact?.dims).toEqual([2, 2, 6, 6]);
    for (const [i, k] of [
      [0, 0],
      [1, 1],
    ] as const) {
      const own = explanation.at(i).agreement(k);
      expect(own?.correlation).toBeLessThan(1);
      expect(own?.misplaced).toBeGreaterThanOrEqual(0);
    }
    const { explanation: even } = await explained("average", method);
    expect(even.exact).toBeUndefined();
    expect(even.at(0).agreement()).toBeUndefined();
  },
);

it("of images that go through the network together each is compared with its own exact map", async () => {
  const model = await openModel(convNet({ head: "flatten" }), runtime);
  const explainer = await createExplainer(model, { runtime, layer: "features" });
  const read = async (n: number) => ({ input: images(1, `image ${n}`) });
  const agreements = async (batch: number) => {
    const found: unknown[] = [];
    for await (const { explanation } of explainStream(explainer, [0, 1, 2, 3], read, { batch }))
      found.push(explanation?.at(0).agreement());
    return found;
  };
  const alone = await agreements(1);
  expect(new Set(alone.map((each) => JSON.stringify(each))).size).toBe(4);
  expect(await agreements(4)).toEqual(alone);
  await explainer.close();
});

it.each(["grad-cam", "grad-cam++", "xgrad-cam"])("the exact map beside %s is HiResCAM's", async (method) => {
  const [{ explanation }, other] = [await explained("flatten", method), await explained("flatten", "hires-cam")];
  expect([...floats(explanation.exact as Tensor)]).toEqual(
    [...floats(other.explanation.evidence)].map((value) => expect.closeTo(value, 5)),
  );
  expect(other.explanation.exact).toBeUndefined();
});

it("a map that averaging moved is diagnosed in one sentence that names hires-cam, at no further run", async () => {
  const op = new Builder();
  const features = op.named("features", op.input("x", "float32", ["N", 1, 4, 4]));
  // The class reads the first place, and as much against it from the last: the average is zero but for one place more.
  const rows = Float32Array.from({ length: 32 }, (_, i) => (i === 16 ? 2 : i === 31 ? -1.5 : i === 21 ? 0.5 : 0));
  op.output(op.Gemm(op.Flatten(features), op.constant(float32([2, 16], rows)), undefined, { transB: 1 }), "y");
  const model = await openModel(op.graph, runtime);
  const explainer = await createExplainer(model, { runtime, layer: "features" });
  const image = float32([1, 1, 4, 4], [1, 2, 1, 3, 2, 2, 1, 1, 3, 2, 1, 2, 1, 2, 1, 3]);
  const explanation = await explainer.explain(image, { classes: [1] });
  const found = diagnosisOf(explanation, 0);
  expect(found.condition).toBe("averaged");
  expect(found.text).toMatch(
    /^Averaging over positions moved this map: its correlation with the exact one is -?0\.\d\d, and \d+ % of it is at positions that do not speak for this class; hires-cam shows each position by its own gradient\.$/,
  );
  expect(found.facts.agreement).toEqual(explanation.at(0).agreement());
  await explainer.close();
  const full = await diagnoseFully(explainer, image, explanation);
  expect(full).toMatchObject({ condition: "averaged", text: found.text, suggestions: [{ method: "hires-cam" }] });
});

it("a map that agrees is fine, and one that cannot be read has that said first", () => {
  const values = Float32Array.from({ length: 16 }, (_, i) => i / 16);
  const map = { width: 4, height: 4, values };
  expect(diagnose(map, { agreement: { correlation: 0.9, misplaced: 0.1 } }).condition).toBe("fine");
  expect(diagnose(map, { agreement: { correlation: 0.5, misplaced: 0.1 } }).condition).toBe("averaged");
  const blank = { ...map, values: new Float32Array(16) };
  expect(diagnose(blank, { agreement: { correlation: undefined, misplaced: 0 } }).condition).toBe("no-evidence");
});
