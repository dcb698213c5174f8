/** @file The sentences at the top of a report. */

import { beforeAll, describe, expect, test } from "vitest";
import { evaluateClassifier } from "../../../src/evaluate/classifier/evaluate-classifier.js";
import { summarise } from "../../../src/report/page/findings/summarise.js";
import type { ReportData } from "../../../src/report/report-data.js";
import { fixtureReport } from "../fixture.js";

const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, " ");

describe("summarise(data)", () => {
  let two: ReportData;
  let one: ReportData;
  beforeAll(async () => {
    [two, one] = [await fixtureReport(), await fixtureReport({ models: 1 })];
  });

  test("leads with what the second model improves", () => {
    const { lead, sentences } = summarise(two);
    expect(plain(lead)).toBe("compact makes 39 % fewer errors than classic: 41 → 25 of 2,000.");
    expect(sentences.map(plain)).toMatchInlineSnapshot(`
      [
        "compact fixes 24 of classic’s errors and breaks 8 images that classic had right, more than chance explains (p = 0.007).",
        "classic reaches 97.95 % (95 % interval 97.23 % to 98.49 %); compact reaches 98.75 % (95 % interval 98.16 % to 99.15 %).",
        "Most confused by classic: 2 with 7 and 4 with 9 (7 images each).",
        "Most confused by compact: 3 with 5 (5 images).",
        "62 % of classic’s evidence lies inside the objects’ boxes; a uniform map would have 38 %.",
        "A cue beside the object? With classic, 41 % of the evidence for 7 lies in the corners (a uniform map would have 16 %).",
        "Exchanging the hottest 20 % of the image for what other classes have there changes 45 % of classic’s predictions; elsewhere, in the same shape, 12 %. What decides is more often where the map is hottest.",
        "12 of classic’s 41 errors fall into 2 groups that look alike; the largest is 8 with their evidence at the upper left.",
        "14 labels may be wrong: classic contradicts them with confidence, whichever way the image is shifted. But 8 of them look alike, with their evidence at the upper left: rather a cue that misleads the model than wrong labels.",
        "12 of compact’s 25 errors fall into 2 groups that look alike; the largest is 8 with their evidence at the upper left.",
        "In most errors with 4 and 9 the map of the predicted class lies on the top of the digit, where the loop closes or not.",
        "The confidence of classic is 3.1 percentage points off on average: it is less sure than it could be.",
        "The confidence of compact is 3.6 percentage points off on average: it is less sure than it could be.",
        "classic has 215,370 parameters and trained in 41 s; compact has 24,218 parameters and trained in 2 min 4 s.",
      ]
    `);
  });

  test("leads with the accuracy of a single model", () => {
    const { lead, sentences } = summarise(one);
    expect(plain(lead)).toBe("classic gets 97.95 % of 2,000 test images right: 41 errors.");
    expect(sentences.map(plain)).toMatchInlineSnapshot(`
      [
        "On 2,000 test images the 95 % interval of its accuracy runs from 97.23 % to 98.49 %; its mean F1 over classes is 97.95 %.",
        "Most confused by classic: 2 with 7 and 4 with 9 (7 images each).",
        "62 % of classic’s evidence lies inside the objects’ boxes; a uniform map would have 38 %.",
        "A cue beside the object? With classic, 41 % of the evidence for 7 lies in the corners (a uniform map would have 16 %).",
        "Exchanging the hottest 20 % of the image for what other classes have there changes 45 % of classic’s predictions; elsewhere, in the same shape, 12 %. What decides is more often where the map is hottest.",
        "12 of classic’s 41 errors fall into 2 groups that look alike; the largest is 8 with their evidence at the upper left.",
        "14 labels may be wrong: classic contradicts them with confidence, whichever way the image is shifted. But 8 of them look alike, with their evidence at the upper left: rather a cue that misleads the model than wrong labels.",
        "In most errors with 4 and 9 the map of the predicted class lies on the top of the digit, where the loop closes or not.",
        "The confidence of classic is 3.1 percentage points off on average: it is less sure than it could be.",
        "classic has 215,370 parameters and trained in 41 s.",
      ]
    `);
  });

  test("says when a change made things worse", () => {
    const [comparison] = two.comparisons ?? [];
    const worse = { ...two, comparisons: comparison && [{ ...comparison, before: 1, after: 0 }] } as ReportData;
    expect(plain(summarise(worse).lead)).toBe("classic makes 64 % more errors than compact: 25 → 41 of 2,000.");
  });

  test("says when nothing changed and when nothing is wrong", () => {
    const [comparison] = two.comparisons ?? [];
    const same = { ...two, comparisons: comparison && [{ ...comparison, before: 0, after: 0 }] } as ReportData;
    expect(plain(summarise(same).lead)).toBe("classic makes as many errors as classic: 41 → 41 of 2,000.");
    const evaluation = evaluateClassifier({
      probabilities: Float32Array.of(1, 0, 0, 1),
      labels: [0, 1],
      classes: ["a", "b"],
    });
    const [model] = one.models;
    const perfect = summarise({ ...one, models: model ? [{ ...model, evaluation }] : [] });
    expect(plain(perfect.lead)).toBe("classic gets 100.0 % of 2 test images right: 0 errors.");
    expect(perfect.sentences.join(" ")).not.toMatch(/confused/i);
  });
});
