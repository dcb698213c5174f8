/** @file The steps of an improvement in words, and the table that shows the model before and after beside the controls. */

import { expect, test } from "vitest";
import { improvementOf } from "../../../src/report/improvement/of-protocol.js";
import { improvementSteps } from "../../../src/report/improvement/steps.js";
import { proofTable } from "../../../src/report/improvement/tables.js";
import type { ProofReport } from "../../../src/report/improvement-data.js";
import { composedProtocol } from "../../support/protocols/composed-protocol.js";

const plain = (text: string | undefined) => text?.replace(/[\u202f\u00a0]/g, " ");
const facts = (protocol: typeof composedProtocol) =>
  improvementSteps(protocol, improvementOf(protocol)).map(({ fact }) => plain(fact));

test("each step says what it decided", () => {
  expect(facts(composedProtocol)).toEqual([
    "8,000 to learn from, 2,000 to choose by, 1,500 sealed until the proof",
    "2 hypotheses",
    "1 verified",
    "exchange",
    "proved: worst group 23 % → 85 %",
  ]);
});

test("steps that were not taken have nothing to say, and images stay sealed", () => {
  const { repair: _, proof: __, verification: ___, ...rest } = composedProtocol;
  const split = { ...(rest.split as NonNullable<typeof rest.split>), opened: null };
  const sealed = "8,000 to learn from, 2,000 to choose by, 1,500 still sealed";
  expect(facts({ ...rest, split })).toEqual([sealed, "2 hypotheses", undefined, undefined, undefined]);
  expect(facts({ ...composedProtocol, repair: { ...composedProtocol.repair, chosen: null } })[3]).toBe("none chosen");
});

test("the table of the proof begins with the model before and after, which no control is measured by", () => {
  const { rows } = proofTable(improvementOf(composedProtocol).proof as ProofReport);
  const shown = rows.map(({ title, cells }) => [title, ...cells.map(({ text }) => plain(text))]);
  expect(shown).toEqual([
    ["before", "22.5 %", "62.5 %", "–", "–", "–"],
    ["after", "85.0 %", "92.5 %", "–", "–", "–"],
    ["the repair", "84.0 %", "92.0 %", "–", "–", "–"],
    ["trained again unchanged", "30.0 %", "60.0 %", "42.1 points", "p < 0.001", "beaten"],
    ["with a placebo", "30.0 %", "60.0 %", "42.1 points", "p < 0.001", "beaten"],
    ["taking as much away at random", "30.0 %", "60.0 %", "42.1 points", "p < 0.001", "beaten"],
  ]);
});
