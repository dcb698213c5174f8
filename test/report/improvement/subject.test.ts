/** @file A model that goes by a verified cue has no say about labels. */

import { describe, expect, it } from "vitest";
import { subjectAmong, withoutMisled } from "../../../src/report/improvement/subject.js";
import type { ImprovementReport } from "../../../src/report/improvement-data.js";
import type { ModelReport } from "../../../src/report/report-data.js";

const share = { value: 0.9, low: 0.8, high: 0.95, count: 10, of: 11 };

function improvement(verified: boolean): ImprovementReport {
  const verdict = { verified, reason: "", images: 11, followed: share, elsewhere: null, corrected: 0.01 };
  return { subject: "old on photos", hypotheses: [{ id: "tint", sentence: "", tells: share, chance: 0.5, verdict }] };
}

const models = ["new", "old"].map(
  (name) =>
    ({
      name,
      confidence: { temperature: 1, error: 0.1, scaledError: 0.01 },
      errors: [{ index: 3, doubtful: true }, { index: 4 }],
    }) as unknown as ModelReport,
);

describe("the model that an improvement began with", () => {
  it("is found by its name", () => {
    expect(subjectAmong(models, improvement(true))).toBe(1);
    expect(subjectAmong(models.slice(0, 1), improvement(true))).toBeUndefined();
    expect(subjectAmong(models, undefined)).toBeUndefined();
  });

  it("has no say about labels where a cue of it was verified, and the others keep theirs", () => {
    const [other, misled] = withoutMisled(models, improvement(true));
    expect(other).toEqual(models[0]);
    expect(misled?.confidence?.isMisled).toBe(true);
    expect(misled?.errors).toEqual([{ index: 3 }, { index: 4 }]);
  });

  it("keeps its say where none was", () => {
    expect(withoutMisled(models, improvement(false))).toEqual(models);
  });
});
