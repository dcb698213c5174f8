/** @file All reference cases of PyTorch, both exporters. The folder is named by FOVEA_GOLDENS. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readModel } from "../../src/onnx/read/read.js";
import { writeModel } from "../../src/onnx/write.js";
import { bar, comparisons, conformanceOf, quantities, rowOf, rowsIn } from "../support/goldens/conformance.js";
import { fixtureGoldens, goldenCases, relativeDifference } from "../support/goldens/goldens.js";
import { isNear, methodErrors, methodReferences } from "../support/goldens/method-conformance.js";
import { runFresh } from "../support/models/run.js";
import { runtime } from "../support/runtime.js";

const root = process.env.FOVEA_GOLDENS;
const goldens = root ? goldenCases(root) : [];

it.skipIf(root)("the reference cases are at hand", ({ skip }) => skip("FOVEA_GOLDENS names no folder"));

describe.each(goldens)("$name", ({ folder, models, input, logits }) => {
  it.each(models)("%s computes the same after a round trip, and PyTorch's logits", async (file) => {
    const bytes = readFileSync(join(folder, file));
    const session = await runtime.open(bytes, { optimize: false });
    const before = (await session.run({ input })).logits;
    await session.close();
    const after = (await runFresh(readModel(writeModel(readModel(bytes))), { input })).logits;
    expect(after?.data).toEqual(before?.data);
    expect(relativeDifference(after as never, logits)).toBeLessThan(bar);
  });
});

describe.runIf(root)("PyTorch's numbers for both classes and images, within 1e-4 of each array's maximum", () => {
  it.each(comparisons(goldens).map((each) => [rowOf(each), each] as const))("%s", async (_, comparison) => {
    const { errors } = await conformanceOf(comparison);
    expect(quantities.filter((name) => !(errors[name] <= bar))).toEqual([]);
  });
});

describe.runIf(root)("pytorch-grad-cam's and Captum's numbers of every method", () => {
  it.each(comparisons(goldens).map((each) => [rowOf(each), each] as const))(
    "%s",
    { timeout: 60_000 },
    async (_, each) => {
      const errors = await methodErrors(each);
      const far = methodReferences.filter((reference, i) => errors[i] && !isNear(errors[i], reference));
      expect(far.map(({ file }) => file)).toEqual([]);
      expect(errors.filter((error) => error !== undefined).length).toBeGreaterThan(8);
    },
  );
});

describe("docs/conformance.md", () => {
  const page = readFileSync(new URL("../../docs/conformance.md", import.meta.url), "utf8");

  it("has a row for each of the project's own cases, and none that fails", () => {
    const expected = comparisons(goldenCases(fixtureGoldens)).map(rowOf);
    expect(rowsIn(page)).toEqual(expect.arrayContaining(expected));
    expect(page).not.toContain("fails**");
  });

  it.runIf(root)("has a row for each case in FOVEA_GOLDENS, and no other", () => {
    expect(rowsIn(page)).toEqual(comparisons(goldens).map(rowOf));
  });
});
