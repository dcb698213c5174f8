/** @file Labels that a person confirmed to be wrong: where the new ones are used, and how training with them is proved. */

import { describe, expect, it } from "vitest";
import type { LabelChange } from "../../../src/data/label-changes.js";
import {
  confirmedCounts,
  confirmedInWords,
  withConfirmedLabels,
  withOldLabels,
  withOtherLabels,
  withoutSome,
} from "../../../src/improve/confirmed-labels.js";
import { partOf } from "../../../src/improve/image-set.js";
import { prove } from "../../../src/improve/prove/prove.js";
import { chooseRepair } from "../../../src/improve/repair/choose-repair.js";
import type { ImageSet, TrainingRun } from "../../../src/improve/subject.js";
import { modelCard } from "../../../src/model/card.js";
import { runtime } from "../../support/runtime.js";
import { cue, imagesOf, reading, subjectOf, unties } from "../two-pixels.js";

const classes = ["dark", "light"];

/** The set with every `every`th label wrong, and the changes that mend that. */
function mislabelled(set: ImageSet, every: number): { set: ImageSet; changes: LabelChange[] } {
  const labels = Array.from({ length: set.count }, (_, i) => (i % every === 0 ? 1 - (i % 2) : i % 2));
  const changes = labels.flatMap((label, i) =>
    label === i % 2
      ? []
      : [{ path: set.names[i] ?? "", old: classes[label] ?? "", new: classes[1 - label] ?? "" } as const],
  );
  return { set: { ...set, labels }, changes };
}

/** Images in one set, of which the first are to be trained on. */
const all = imagesOf(180, 0.5, "learning");
const indices = all.names.map((_, i) => i);
const partsOf = (set: ImageSet) => ({
  train: partOf(set, indices.slice(0, 120)),
  validation: partOf(set, indices.slice(120)),
});
const trained = mislabelled(partsOf(all).train, 5);
const sealed = mislabelled(imagesOf(80, 0.5, "sealed"), 20);
const learning: ImageSet = { ...all, labels: indices.map((i) => trained.set.labels[i] ?? i % 2) };

/** Learns to look at the object from labels that are right, and at the cue from others. */
function byLabels({ train }: TrainingRun) {
  const right = train.names.every((name, i) => train.labels[i] === Number(name.split("-")[1]) % 2);
  return reading(right ? "object" : "cue");
}

async function relabelled(changes: readonly LabelChange[], learned = byLabels) {
  const { subject: before, runs } = await subjectOf(learning, sealed.set, learned);
  const subject = withConfirmedLabels(before, changes);
  return { before, subject, runs, parts: partsOf(subject.learning) };
}

describe("labels that a person confirmed to be wrong", () => {
  it("are replaced in every part, and counted", async () => {
    const { before, subject, parts } = await relabelled([...trained.changes, ...sealed.changes]);
    expect(Array.from(subject.learning.labels)).toEqual(indices.map((i) => i % 2));
    expect(Array.from(subject.sealed.labels)).toEqual(sealed.set.names.map((_, i) => i % 2));
    const counts = confirmedCounts(subject, parts);
    expect(counts).toEqual({ train: 24, validation: 0, sealed: 4 });
    expect(confirmedInWords(counts)).toMatch(
      /^28 labels .* are replaced: 24 of training, 0 of validation and 4 of sealed images; a person saw those sealed/,
    );
    expect(confirmedInWords({ train: 1, validation: 0, sealed: 0 })).not.toContain("person saw");
    expect(Array.from(withOldLabels(subject, subject.learning).labels)).toEqual(Array.from(learning.labels));
    expect(withConfirmedLabels(before, [])).toBe(before);
  });

  it("have controls that change, or leave out, as many other images of the same old classes", async () => {
    const { subject, parts } = await relabelled(trained.changes);
    const [old, other] = [trained.set, withOtherLabels(subject, parts.train, 1)];
    const differing = old.names.flatMap((_, i) => (other.labels[i] === old.labels[i] ? [] : [i]));
    expect(differing).toHaveLength(24);
    expect(differing.filter((i) => i % 5 === 0)).toEqual([]);
    const ofClass = (places: readonly number[]) => places.filter((i) => old.labels[i] === 0).length;
    expect(ofClass(differing)).toBe(ofClass(indices.slice(0, 120).filter((i) => i % 5 === 0)));
    const fewer = withoutSome(subject, parts.train, 1);
    expect(fewer.count).toBe(96);
    expect(trained.changes.every(({ path }) => fewer.names.includes(path))).toBe(true);
  });
});

describe("training again with confirmed labels", () => {
  it("is a repair of its own where no cue was verified, and proved beside controls that learn from the old labels", async () => {
    const { subject, parts, runs } = await relabelled([...trained.changes, ...sealed.changes]);
    const options = { runtime, parts };
    const chosen = await chooseRepair(subject, [], options);
    expect(chosen).toMatchObject({ chosen: "labels", cues: [], counterexamples: [0, 0] });
    expect(chosen.candidates.map(({ sentence }) => sentence)).toEqual(["trained again with 24 confirmed labels"]);
    expect(chosen.impossible).toContainEqual({ name: "exchange", reason: "no cue was verified" });
    expect(chosen.before.groups.map(({ cue: half }) => half)).toEqual(["own", "own"]);
    const { proof, graph } = await prove(subject, [], chosen, { ...options, open: async () => subject.sealed });
    expect(proof).toMatchObject({
      accepted: true,
      images: 80,
      test: "every sealed image as it is; groups are classes",
    });
    expect(proof.controls.map(({ beaten }) => beaten)).toEqual([true, true, true]);
    expect(proof.sentence).not.toContain("exchanged");
    expect(modelCard(graph as NonNullable<typeof graph>).provenance?.improved).toMatchObject({
      repair: "labels",
      confirmedLabels: { count: 28 },
    });
    const wrong = ({ train }: TrainingRun) =>
      train.names.filter((name, i) => train.labels[i] !== Number(name.split("-")[1]) % 2).length;
    // One to choose; then three each: the repair, unchanged, the placebo, and with others left out.
    expect(runs.map(wrong)).toEqual([0, 0, 0, 0, 24, 24, 24, 48, 48, 48, 24, 24, 24]);
  });

  it("writes no model where the old labels do as well", async () => {
    const { subject, parts } = await relabelled(trained.changes, () => reading("object"));
    const options = { runtime, parts };
    const chosen = await chooseRepair(subject, [], options);
    const { proof, graph } = await prove(subject, [], chosen, { ...options, open: async () => subject.sealed });
    expect(graph).toBeUndefined();
    expect(proof.failures[0]).toMatch(
      /^not shown to be better than the same training unchanged \(0\.0 % more right, p/,
    );
  });

  it("cannot be tried where only other images have confirmed labels", async () => {
    const { subject, parts } = await relabelled(sealed.changes);
    const chosen = await chooseRepair(subject, [], { runtime, parts });
    expect(chosen.chosen).toBeNull();
    expect(chosen.impossible).toContainEqual({
      name: "labels",
      reason: "no confirmed label is of a training image",
    });
  });

  it("stands beside the exchange of a cue, whose controls have the new labels too", async () => {
    const { subject, parts, runs } = await relabelled(trained.changes, (run) =>
      reading(unties(run) ? "object" : "cue"),
    );
    const cues = [{ name: "region-1", cue }];
    const options = { runtime, parts };
    const chosen = await chooseRepair(subject, cues, options);
    expect(chosen.candidates.map(({ name }) => name).slice(0, 2)).toEqual(["labels", "exchange"]);
    expect(chosen.chosen).toBe("exchange");
    await prove(subject, cues, chosen, { ...options, open: async () => subject.sealed });
    expect(runs.every(({ train }) => train.names.every((_, i) => train.labels[i] === i % 2))).toBe(true);
  });
});
