/** @file The story of an improvement and what to do after it, as far as it came. */

import { expect, it } from "vitest";
import type { Protocol } from "../../../../src/improve/protocol/parse-protocol.js";
import { improvementOf } from "../../../../src/report/improvement/of-protocol.js";
import { improvementSteps } from "../../../../src/report/improvement/steps.js";
import { nextAfter } from "../../../../web/src/audit/improve/next-repair.js";
import { storyOf } from "../../../../web/src/audit/improve/story.js";
import { composedProtocol } from "../../../support/protocols/composed-protocol.js";

const place = { width: 8, height: 4, path: "M0 0" };

function story(protocol: Protocol) {
  const improvement = improvementOf(protocol);
  const steps = improvementSteps(protocol, improvement);
  return storyOf({ name: "p.json", steps, improvement, places: new Map([["region-1", place]]) });
}

function next(protocol: Protocol, { name = "small model.onnx.improve.json", labels = 0 } = {}) {
  const isVerified = protocol.verification !== undefined;
  return nextAfter({ improvement: improvementOf(protocol), name, isVerified, labels });
}
const commands = (...asked: Parameters<typeof next>) => next(...asked).flatMap(({ command }) => command ?? []);
const { proof, repair: _, ...verified } = composedProtocol;
const { verification: __, ...found } = verified;

it("storyOf(opened) has of each step what it decided, and its figure", () => {
  const [discover, verify, repair, prove] = story(composedProtocol);
  expect(discover).toMatchObject({ fact: "2 hypotheses", places: [place] });
  expect(discover?.note).toContain("8,000 to learn from");
  expect(verify?.bars).toMatchObject([
    { name: "exchanged", value: 0.75, chosen: true },
    { name: "elsewhere", value: 0.02 },
  ]);
  expect(repair?.bars?.map(({ name, value, chosen }) => [name, value, chosen])).toEqual([
    ["as it is", 0.25, false],
    ["exchange", 0.875, true],
    ["last-layer", 0.5, false],
  ]);
  expect(prove?.bars?.map(({ name, value }) => [name, value])).toEqual([
    ["before", 0.225],
    ["after", 0.85],
    ["trained again unchanged", 0.3],
    ["with a placebo", 0.3],
    ["taking as much away at random", 0.3],
  ]);
});

it("storyOf(opened) says of steps that were not taken what they would do, without figures", () => {
  const [, verify, repair, prove] = story(found);
  for (const station of [verify, repair, prove]) {
    expect(station).toMatchObject({ fact: undefined });
    expect(station?.bars).toBeUndefined();
  }
});

it("nextAfter(facts) goes on from where the protocol ends", () => {
  expect(commands(found)).toEqual([
    "fovea improve model.onnx DATA --only verify --protocol 'small model.onnx.improve.json'",
  ]);
  expect(commands(verified)[0]).toBe("fovea improve model.onnx DATA --out 'small model.onnx'");
  const none = composedProtocol.verification?.verdicts.map((each) => ({ ...each, verified: false })) ?? [];
  expect(commands({ ...verified, verification: { practical: 0.2, verdicts: none } })).toEqual([
    "fovea report model.onnx DATA",
  ]);
});

it("nextAfter(facts) uses a model that was proved, and says of another why there is none", () => {
  expect(commands(composedProtocol, { name: "p.improve.json" })).toEqual([
    "fovea report model.onnx better.onnx DATA --protocol p.improve.json",
    "fovea train DATA --exchange region-1.mask.png --out exchanged.onnx",
  ]);
  const refused = next({ ...composedProtocol, proof: { ...proof, accepted: false } });
  expect(refused[0]?.text).toContain("No model was written");
  expect(refused.some(({ command }) => command?.startsWith("fovea report"))).toBe(false);
  expect(next(composedProtocol).map(({ text }) => text)).toContainEqual(
    expect.stringContaining("of 2 classes training has fewer than 30 such images (the fewest: 4)"),
  );
});

it("nextAfter(facts) puts labels that are doubtful or wrong before all else", () => {
  const [first] = next(composedProtocol, { labels: 2 });
  expect(first?.text).toBe("Fix the labels first: 2 labels of the open images are doubtful or wrong.");
  expect(first?.command).toContain("--accept label-changes.csv");
});
