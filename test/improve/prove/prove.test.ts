/** @file Choosing and proving a repair, on images of two pixels of which one is a cue: what is accepted, and what is not. */

import { describe, expect, it } from "vitest";
import { prove } from "../../../src/improve/prove/prove.js";
import { chooseRepair } from "../../../src/improve/repair/choose-repair.js";
import { cueGroups } from "../../../src/improve/repair/cue-groups.js";
import { figuresOf, groupTest } from "../../../src/improve/repair/group-test.js";
import { areaOf, elsewhere } from "../../../src/improve/repair/placebo.js";
import type { TrainingRun } from "../../../src/improve/subject.js";
import { modelCard } from "../../../src/model/card.js";
import { floats } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { cue, imagesOf, reading, subjectOf, unties } from "../two-pixels.js";

const cues = [{ name: "region-1", cue }];

async function improve(tied: number, learned: (run: TrainingRun) => ReturnType<typeof reading>) {
  const [train, validation, sealed] = [
    imagesOf(120, tied, "train"),
    imagesOf(60, tied, "validation"),
    imagesOf(80, tied, "sealed"),
  ];
  const { subject, runs } = await subjectOf(train, sealed, learned);
  const options = { runtime, parts: { train, validation } };
  const chosen = await chooseRepair(subject, cues, options);
  const opened: number[] = [];
  const open = async () => {
    opened.push(runs.length);
    return sealed;
  };
  const proving = () => prove(subject, cues, chosen, { ...options, open });
  return { subject, chosen, proving, opened, runs };
}

const honest = (run: TrainingRun) => reading(unties(run) ? "object" : "cue");

describe("a repair that works", () => {
  it("is chosen by its worst group, and proved beside its controls on images that are opened once, at the end", async () => {
    const { chosen, proving, opened, runs } = await improve(0.9, honest);
    expect(chosen.before.worst.accuracy.value).toBeLessThan(0.1);
    expect(chosen).toMatchObject({ chosen: "exchange", budget: "no epochs", cues: ["region-1"] });
    expect(chosen.candidates.map(({ name }) => name)).toEqual(["exchange", "last-layer", "group-weights"]);
    expect(chosen.sentence).toMatch(
      /^On validation the worst group rises from [\d.]+ % to 100.0 %: the cue is exchanged/,
    );
    const tried = runs.length;
    const { proof, graph } = await proving();
    // Four kinds of trainings with three seeds each, and only then the sealed images.
    expect(opened).toEqual([tried + 12]);
    expect(runs.slice(tried).map(({ seed }) => seed)).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
    expect(proof).toMatchObject({ accepted: true, failures: [], losses: [], images: 80 });
    expect(proof.controls.map(({ name, beaten }) => [name, beaten])).toEqual([
      ["unchanged", true],
      ["placebo", true],
      ["erased", true],
    ]);
    expect(proof.after.worst.accuracy.value).toBe(1);
    expect(proof.changed.own).toMatchObject({ broken: 0 });
    const card = modelCard(graph as NonNullable<typeof graph>);
    expect(card.classes).toEqual(["dark", "light"]);
    expect(card.provenance?.improved).toMatchObject({ verified: ["region-1"], repair: "exchange", cost: [] });
    const weight = floats([...(graph?.initializers.values() ?? [])][0] as never);
    expect([...weight]).toEqual([...floats([...reading("object").initializers.values()][0] as never)]);
  });

  it("is the only one where every image bears its class's cue, and the others say why", async () => {
    const { chosen } = await improve(1, honest);
    expect(chosen.candidates.map(({ name }) => name)).toEqual(["exchange"]);
    expect(chosen.counterexamples).toEqual([0, 0]);
    expect(chosen.impossible.find(({ name }) => name === "last-layer")?.reason).toBe(
      "fewer than 2 training images of dark, light bear another class's cue, so there are no groups to balance",
    );
    expect(chosen.impossible.find(({ name }) => name === "energy")?.reason).toBe(
      "there are no boxes about the objects",
    );
  });
});

describe("a repair that is not proved", () => {
  it("is none where no training makes the worst group better", async () => {
    const { chosen, proving, opened } = await improve(0.9, () => reading("cue"));
    expect(chosen.chosen).toBeNull();
    expect(chosen.sentence).toMatch(/^No repair makes the worst group better on validation/);
    await expect(proving()).rejects.toThrow(/^proof: expected a repair that was chosen, got none/);
    expect(opened).toEqual([]);
  });

  it("writes no model where the placebo helps as much", async () => {
    const { proving } = await improve(0.9, ({ exchange }) => reading(exchange ? "object" : "cue"));
    const { proof, graph } = await proving();
    expect(graph).toBeUndefined();
    expect(proof.failures).toHaveLength(1);
    expect(proof.sentence).toMatch(/^Not proved, no model is written: not shown to be better than the placebo/);
  });

  it("writes no model where training again would have done the same", async () => {
    const { proving } = await improve(0.9, () => reading("object"));
    const { proof, graph } = await proving();
    expect(graph).toBeUndefined();
    expect(proof.controls.filter(({ beaten }) => !beaten).map(({ name }) => name)).toEqual([
      "unchanged",
      "placebo",
      "erased",
    ]);
  });
});

describe("what repairs are made of", () => {
  it("groups images by class and by what the model makes of their cue", async () => {
    const train = imagesOf(60, 0.8, "some");
    const { subject } = await subjectOf(train, train, honest);
    const { of, counterexamples } = await cueGroups(subject, train, [cue], { runtime, seed: 1 });
    const { bytes } = await train.read(Array.from({ length: 60 }, (_, i) => i));
    const wanted = Array.from({ length: 60 }, (_, i) => 2 * (i % 2) + (bytes[16 * i] === 255 * (i % 2) ? 0 : 1));
    expect(of).toEqual(wanted);
    expect(counterexamples[0]).toBe(wanted.filter((group) => group === 1).length);
  });

  it("tests each image as it is and with another class's cue", async () => {
    const set = imagesOf(20, 1, "tied");
    const test = groupTest(set, [cue], 1);
    const indices = [0, 1, 2, 3];
    const [own, changed] = [await test.own.read(indices), await test.exchanged.read(indices)];
    indices.forEach((i) => {
      expect(changed.bytes[16 * i + 15]).toBe(own.bytes[16 * i + 15]);
      expect(changed.bytes[16 * i]).toBe(255 - (own.bytes[16 * i] as number));
    });
    const right = { own: set.names.map(() => true), exchanged: set.names.map((_, i) => i % 2 === 0 || i < 6) };
    const figures = figuresOf(test, right);
    expect(figures.worst).toMatchObject({ class: 1, cue: "exchanged", count: 10, accuracy: { value: 0.3 } });
    expect(figures.overall).toBeCloseTo((1 + 0.65) / 2);
  });

  it("makes a placebo of the same shape that leaves the cue alone", () => {
    const placebo = elsewhere(cue);
    expect(areaOf([placebo as typeof cue])).toBe(1 / 16);
    expect(placebo?.kind === "region" && placebo.mask.places[0]).toBe(0);
    expect(elsewhere({ kind: "tint" })).toBeUndefined();
  });
});
