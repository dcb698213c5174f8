/** @file A plausible section on attacks for the report fixture. */

import { type AttackOutcome, summariseAttack } from "../../src/evaluate/attack/attack-study.js";
import type { ErrorReport, RobustnessReport } from "../../src/report/report-data.js";

const side = (predicted: number, confidence: number) => ({ predicted, confidence, probabilityOfTruth: 0.2 });

/** Of the first 10 images, 2 more change with each level; the last ones' maps are blank. */
export function fixtureRobustness(errors: readonly ErrorReport[]): RobustnessReport {
  const outcomes = (changed: number) =>
    Array.from({ length: 10 }, (_, i): AttackOutcome => {
      const flipped = i < changed;
      const blank = flipped && i >= 4;
      return {
        ...{ label: i, before: side(i, 0.99), after: side(flipped ? (i + 1) % 10 : i, 0.7), correct: true, flipped },
        ...{ blank, rankCorrelation: blank ? null : 0.5, evidenceCorrelation: -0.25 },
      };
    });
  return {
    attack: "PGD with 10 steps",
    levels: [2, 4, 6, 8].map((changed, i) => ({ eps: (i + 1) / 20, summary: summariseAttack(outcomes(changed)) })),
    examples: errors.slice(0, 2).flatMap(({ index, image, maps }, i) =>
      maps
        ? {
            ...{ index, eps: 0.05, outcome: outcomes(8)[4 * i] as AttackOutcome },
            ...{ image, perturbation: image, attacked: image },
            maps: { before: maps.truth, after: maps.truth, now: maps.predicted, scale: maps.scale },
          }
        : [],
    ),
  };
}
