/** @file The scale that pictures share. */

import { describe, expect, it } from "vitest";
import type { ExplanationView } from "../../../web/src/engine/api.js";
import { Latest } from "../../../web/src/engine/latest.js";
import { Peaks } from "../../../web/src/see/peaks.js";

const explanation = (values: readonly number[], method = "grad-cam", layer = "last") =>
  ({
    request: { method, minus: undefined, against: false },
    layer: { name: layer },
    maps: [{ evidence: { width: values.length, height: 1, values: Float32Array.from(values) } }],
  }) as unknown as ExplanationView;

describe("Peaks", () => {
  it("has the largest of the pictures seen, for and against apart", () => {
    const peaks = new Peaks();
    peaks.add(explanation([1, -5]), "a");
    peaks.add(explanation([3, -2]), "b");
    expect(peaks.common(explanation([]), false)).toEqual({ peak: 3, pictures: 2 });
    expect(peaks.common(explanation([]), true)).toEqual({ peak: 5, pictures: 2 });
  });

  it("counts a picture that changed once, as it is now", () => {
    const peaks = new Peaks();
    peaks.add(explanation([9]), "a");
    peaks.add(explanation([2]), "a");
    expect(peaks.common(explanation([]), false)).toEqual({ peak: 2, pictures: 1 });
  });

  it("keeps other methods and layers apart", () => {
    const peaks = new Peaks();
    peaks.add(explanation([9], "layer-cam"), "a");
    peaks.add(explanation([8], "grad-cam", "first"), "a");
    expect(peaks.common(explanation([]), false)).toEqual({ peak: 0, pictures: 0 });
  });
});

describe("Latest", () => {
  it("breaks off the request before, and no other", async () => {
    const latest = new Latest();
    const signals: AbortSignal[] = [];
    const ask = () => latest.run(async (signal) => signals.push(signal));
    await Promise.all([ask(), ask()]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(signals[0]?.reason).toMatchObject({ name: "AbortError" });
    latest.cancel();
    expect(signals[1]?.aborted).toBe(true);
  });
});
