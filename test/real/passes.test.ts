/** @file Score-CAM and Ablation-CAM against pytorch-grad-cam's numbers. The folder is named by FOVEA_GOLDENS. */

import { describe, expect, it } from "vitest";
import { bar, comparisons, rowOf } from "../support/conformance.js";
import { goldenCases } from "../support/goldens.js";
import { methodErrors, methodReferences } from "../support/method-conformance.js";

const root = process.env.FOVEA_GOLDENS;
const goldens = root ? goldenCases(root) : [];
const references = methodReferences.filter(({ file }) => /^(scorecam|ablationcam)/.test(file));

it.skipIf(root)("the reference cases are at hand", ({ skip }) => skip("FOVEA_GOLDENS names no folder"));

describe.runIf(root)("maps within 1e-4 of each array's maximum where the definitions agree", () => {
  it.each(comparisons(goldens).map((each) => [rowOf(each), each] as const))(
    "%s",
    async (_, comparison) => {
      const errors = await methodErrors(comparison, references);
      for (const [i, { column, deviates }] of references.entries()) {
        if (deviates === undefined) expect([column, (errors[i] as number) <= bar]).toEqual([column, true]);
        // Half-pixel centres make another mask than aligned corners: a difference, not a small one everywhere.
        else expect(errors[i]).toBeGreaterThan(bar);
      }
    },
    60_000,
  );
});
