/** @file SSGrad-CAM and SSGrad-CAM++ against their equations, computed of the activation and the gradient. */

import { afterAll, describe, expect, it } from "vitest";
import { createBoxExplainer } from "../../../src/explain/boxes/box-explainer.js";
import { boxMethod, boxMethods } from "../../../src/explain/boxes/box-method.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { methodsAndVariants, spellingsOf } from "../../../src/explain/methods/index.js";
import type { Explainer } from "../../../src/explain/options.js";
import { at } from "../../../src/foundation/present.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats } from "../../../src/onnx/tensor.js";
import { goldens, imageOf, limits, openDetector } from "../../model/tasks/detectors.js";
import { runtime } from "../../support/runtime.js";
import { everything } from "../../support/share.js";
import { convNet, images } from "../architectures/networks.js";

const opened: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(opened.map((each) => each.close())));

/** Of one image: planes of the activation and its gradient, channel by channel. */
type Planes = readonly (readonly number[])[];

/** Σₖ wₖ · |gₖ| / max |gₖ| · Aₖ, place by place. */
function spacedSum(weights: readonly number[], activation: Planes, gradient: Planes): number[] {
  const places = activation[0]?.map((_, place) => place) ?? [];
  return places.map((place) =>
    activation.reduce((sum, plane, k) => {
      const slopes = gradient[k] ?? [];
      const largest = Math.max(...slopes.map(Math.abs));
      const space = largest === 0 ? 0 : Math.abs(slopes[place] ?? 0) / largest;
      return sum + (weights[k] ?? 0) * space * (plane[place] ?? 0);
    }, 0),
  );
}

const mean = (gradient: Planes) => gradient.map((plane) => plane.reduce((sum, g) => sum + g, 0) / plane.length);

const plusPlus = (activation: Planes, gradient: Planes) =>
  gradient.map((plane, k) => {
    const total = activation[k]?.reduce((sum, value) => sum + value, 0) ?? 0;
    return plane.reduce((sum, g) => {
      const below = 2 * g * g + total * g ** 3;
      return sum + (below === 0 ? 0 : ((g * g) / below) * Math.max(0, g));
    }, 0);
  });

const planesOf = (values: Float32Array, places: number): Planes =>
  Array.from({ length: values.length / places }, (_, k) => Array.from(values.subarray(k * places, (k + 1) * places)));

describe.each(["ssgrad-cam", "ssgrad-cam++"])("%s", (name) => {
  const weightsOf = (activation: Planes, gradient: Planes) =>
    name === "ssgrad-cam" ? mean(gradient) : plusPlus(activation, gradient);

  it("is its equation of the activation and the gradient", async () => {
    const model = await openModel(convNet({ head: "flatten" }), runtime);
    const include = ["activation", "gradient"] as const;
    const explainer: Explainer = await createExplainer(model, {
      ...{ runtime, layer: "features", method: boxMethod(name), include },
    });
    opened.push(explainer);
    const explanation = await explainer.explain(images(1), { classes: [1] });
    const places = explanation.evidence.size;
    const [activation, gradient] = [explanation.activation, explanation.gradient].map((tensor) =>
      planesOf(tensor ? floats(tensor) : new Float32Array(), places),
    );
    const expected = spacedSum(weightsOf(activation ?? [], gradient ?? []), activation ?? [], gradient ?? []);
    const scale = Math.max(...expected.map(Math.abs));
    expect(scale).toBeGreaterThan(0);
    expect(Array.from(floats(explanation.evidence), (value) => value / scale)).toEqual(
      expected.map((value) => expect.closeTo(value / scale, 5)),
    );
  });

  it("equals its equation computed by hand, and leaves out a channel without a gradient", async () => {
    // A = (1, 2 | 3, 0 | 5, 5), g = (1, 2 | -1, 4 | 0, 0).
    const op = new Builder();
    const features = op.named("features", op.input("x", "float32", ["N", 3, 1, 2]));
    const rows = op.constant(float32([2, 6], [0, 0, 0, 0, 0, 0, 1, 2, -1, 4, 0, 0]));
    op.output(op.Gemm(op.Flatten(features), rows, undefined, { transB: 1 }), "y");
    const model = await openModel(op.graph, runtime);
    const explainer = await createExplainer(model, { runtime, layer: "features", method: boxMethod(name) });
    opened.push(explainer);
    const { evidence } = await explainer.explain(float32([1, 3, 1, 2], [1, 2, 3, 0, 5, 5]), { classes: [1] });
    // S = (1/2, 1 | 1/4, 1).
    const [first, second] = name === "ssgrad-cam" ? [1.5, 1.5] : [1 / 5 + 2 / 8, 4 / 14];
    const expected = [(first / 2) * 1 + (second / 4) * 3, first * 2];
    expect(Array.from(floats(evidence))).toEqual(expected.map((value) => expect.closeTo(value, 5)));
  });

  it.runIf(everything)("keeps a box's map where the box depends on, which Grad-CAM does not", async () => {
    // A score sees 5x5 places, of which the finest level alone has more.
    const number = (goldens.nets.v8?.boxes ?? []).findIndex(({ map = [] }) => map.length === 64);
    const layer = at(goldens.nets.v8?.boxes ?? [], number).layer ?? "";
    const mapsBy = async (method: string) => {
      const explainer = createBoxExplainer(await openDetector("v8"), { runtime, method, layer });
      opened.push(explainer);
      const found = (await explainer.detect(imageOf("v8"), limits)).slice(number, number + 1);
      return at(await explainer.explain(imageOf("v8"), found), 0).evidence.values;
    };
    const [exact, plain, spaced] = [await mapsBy("hires-cam"), await mapsBy("grad-cam"), await mapsBy(name)];
    const outside = (values: Float32Array) => values.filter((_, place) => exact[place] === 0).map(Math.abs);
    expect(outside(exact).length).toBeGreaterThan(0);
    expect(Math.max(...outside(plain))).toBeGreaterThan(0);
    expect(Math.max(...outside(spaced))).toBe(0);
    expect(Math.max(...spaced.map(Math.abs))).toBeGreaterThan(0);
  });
});

describe("methods of boxes", () => {
  it.each([
    ["SSGradCAM", "ssgrad-cam"],
    ["ss-grad-cam-plus-plus", "ssgrad-cam++"],
    ["D RISE", "d-rise"],
    ["gradcam++", "grad-cam++"],
  ])("understand %s", (spelling, name) => {
    expect(boxMethod(spelling).name).toBe(name);
  });

  it("have no spelling of another method", () => {
    const all = [...methodsAndVariants, ...boxMethods].flatMap((method) => [...new Set(spellingsOf(method))]);
    expect(new Set(all).size).toBe(all.length);
  });
});
