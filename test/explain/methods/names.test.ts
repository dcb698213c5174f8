/** @file How methods may be called. */

import { describe, expect, it } from "vitest";
import { methodNamed, methods, spellingsOf } from "../../../src/explain/methods/index.js";

describe("methodNamed(name)", () => {
  it.each([
    ["gradcam", "grad-cam"],
    ["grad_cam", "grad-cam"],
    ["Grad-CAM", "grad-cam"],
    ["GRAD CAM", "grad-cam"],
    ["GradCAM++", "grad-cam++"],
    ["grad-cam-plus-plus", "grad-cam++"],
    ["GradCAMPlusPlus", "grad-cam++"],
    ["gradcampp", "grad-cam++"],
    ["SmoothGradCAMpp", "smooth-grad-cam++"],
    ["scorecam", "score-cam"],
    ["HiResCAM", "hires-cam"],
    ["hi-res-cam", "hires-cam"],
    ["XGradCAM", "xgrad-cam"],
    ["x-grad-cam", "xgrad-cam"],
    ["LayerCAM", "layer-cam"],
    ["EigenGradCAM", "eigen-grad-cam"],
    ["Integrated Gradients", "integrated-gradients"],
    ["IG", "integrated-gradients"],
    ["InputXGradient", "gradient-x-input"],
    ["saliency", "gradient"],
    ["Guided Backpropagation", "guided-backprop"],
    ["rollout", "attention-rollout"],
    ["EpsilonPlusFlat", "lrp"],
    ["layer-wise relevance propagation", "lrp"],
    ["LRP-0", "lrp-epsilon"],
    ["EpsilonGammaBox", "lrp-gamma"],
    ["AttnLRP", "attn-lrp"],
  ])("understands %s", (spelling, name) => {
    expect(methodNamed(spelling).name).toBe(name);
  });

  it("never gives two methods one spelling", () => {
    const all = methods.flatMap((method) => [...new Set(spellingsOf(method))]);
    expect(new Set(all).size).toBe(all.length);
  });

  it("finds each method by its name and its title", () => {
    for (const method of methods) {
      expect(methodNamed(method.name)).toBe(method);
      expect(methodNamed(method.title)).toBe(method);
    }
  });

  it.each(["", "-", "grad", "cam cam"])("refuses %j, and names the nearest", (name) => {
    expect(() => methodNamed(name)).toThrow(/^unknown method .*: expected one of .*cam/);
  });
});
