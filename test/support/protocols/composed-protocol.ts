/** @file A protocol with a bit of everything, composed by hand: its figures are nobody's. */

import { storedCue } from "../../../src/data/cues/store-cue.js";
import { type Protocol, version } from "../../../src/improve/protocol/parse-protocol.js";
import type { Hypothesis, Verdict } from "../../../src/improve/protocol/sections.js";
import type { Proof } from "../../../src/improve/prove/proof.js";
import type { ChosenRepair } from "../../../src/improve/repair/chosen-repair.js";
import type { GroupFigures } from "../../../src/improve/repair/group-test.js";

const around = (value: number) => ({ value, low: Math.max(0, value - 0.05), high: Math.min(1, value + 0.05) });

/** Left of column 3, above row 2, of 8 by 4. */
export const cornerMask = {
  ...{ width: 8, height: 4 },
  places: Uint8Array.from({ length: 32 }, (_, i) => (i % 8 < 3 && i < 16 ? 1 : 0)),
};

const common = {
  ...{ classes: [0, 1], tells: around(0.9), chance: 0.5, window: 0.8, information: 0.6, area: 0.19 },
  ...{ concentration: 4, offObject: null, examples: ["train/1"], alternatives: [] },
};
const hypotheses: readonly Hypothesis[] = [
  {
    ...common,
    ...{
      id: "region-1",
      sentence: "maps of all classes meet at one place; what stands there tells 90 % of the labels.",
    },
    cue: storedCue({ kind: "region", mask: cornerMask }),
  },
  {
    ...common,
    ...{ id: "tint", sentence: "the tint <b>alone</b> tells the label of 60 % of the images.", cue: { kind: "tint" } },
    ...{ window: null, area: null, concentration: null, tells: around(0.6) },
  },
];

const verdict = (id: string, verified: boolean, followed: number, elsewhere: number | null): Verdict => ({
  ...{ id, verified, reason: `with it exchanged ${100 * followed} % of the answers become the donor's class` },
  ...{ images: 120, donors: 3, followed: around(followed), despite: around(followed), flipped: around(followed) },
  ...{ elsewhere: elsewhere === null ? null : around(elsewhere), within: around(0.02), rest: null, whole: null },
  ...{ p: verified ? 0.0002 : 0.5, corrected: verified ? 0.0004 : 0.5 },
});

function figures(worst: number, overall: number): GroupFigures {
  const group = { class: 1, cue: "exchanged", accuracy: around(worst), count: 40 } as const;
  return { own: around(overall), exchanged: around(worst), overall, worst: group, groups: [group] };
}

const repair: ChosenRepair = {
  ...{ budget: "classic from scratch, 2 epochs", cues: ["region-1"], counterexamples: [4, 5] },
  before: figures(0.25, 0.6),
  candidates: [
    {
      name: "exchange",
      sentence: "the cue is exchanged at random between training images",
      figures: figures(0.875, 0.9),
    },
    { name: "last-layer", sentence: "the last layer is trained again", figures: figures(0.5, 0.7) },
  ],
  impossible: [{ name: "energy", reason: "there are no boxes about the objects" }],
  ...{ chosen: "exchange", sentence: "on validation the worst group rises from 25.0 % to 87.5 %" },
};

const arm = (worst: number, overall: number) => ({ trainings: [], worst: around(worst), overall: around(overall) });
const control = (name: "unchanged" | "placebo" | "erased", beaten: boolean) => ({
  ...arm(0.3, 0.6),
  ...{ name, gain: 0.421, p: 0.0001, corrected: 0.0003, beaten },
});
const change = { fixed: 30, broken: 2, p: 0.001 };

const proof: Proof = {
  ...{ repair: "exchange", seeds: [1, 2, 3], images: 1500, limits: { overall: 0.01, significance: 0.05 } },
  ...{ test: "every sealed image as it is, and once more with another's cues" },
  ...{ before: figures(0.225, 0.625), after: figures(0.85, 0.925), repaired: arm(0.84, 0.92) },
  controls: [control("unchanged", true), control("placebo", true), control("erased", true)],
  ...{ changed: { own: change, exchanged: change }, losses: [], accepted: true, failures: [] },
  sentence: "proved on the sealed images: the worst group from 22.5 % to 85.0 %",
};

export const composedProtocol: Protocol = {
  ...{ version, subject: "classic on stamps", seed: "1", model: "a".repeat(64), data: "b".repeat(64) },
  split: {
    ...{ rule: "by name", seed: "1", share: 0.2, train: 8000, validation: 2000, sealed: 1500, opened: "models" },
  },
  discovery: {
    ...{ method: "hires-cam", layer: "pool", images: 600, seenInTraining: true, notes: [], clusters: [], hypotheses },
  },
  verification: {
    practical: 0.2,
    verdicts: [verdict("region-1", true, 0.75, 0.02), verdict("tint", false, 0, null)],
  },
  ...{ repair: { ...repair }, proof: { ...proof } },
};
