/** @file Where the evidence of a digit lies, by hand, and what is said of it after an epoch. */

import { describe, expect, it } from "vitest";
import type { Look } from "../../../web/src/train/engine/api.js";
import { agreementOf, lookOf, regionsOf, shareOf } from "../../../web/src/train/engine/looks.js";
import { epochSentence, type Moment } from "../../../web/src/train/sentences.js";

/** A ring of strokes, open where `gap` is. */
function drawn(rows: readonly string[]) {
  const pixels = Uint8Array.from(rows.join(""), (mark) => (mark === "#" ? 255 : 0));
  return { width: rows[0]?.length ?? 0, height: rows.length, pixels };
}
const closed = drawn([
  "............",
  ".######.....",
  ".#....#.....",
  ".#....#.....",
  ".######.....",
  "......#.....",
  "......#.....",
  "......#.....",
  "............",
]);
const open = drawn([
  "............",
  ".######.....",
  ".#..........",
  ".#..........",
  ".######.....",
  "......#.....",
  "......#.....",
  "......#.....",
  "............",
]);
const map = (of: ReturnType<typeof drawn>, value: (x: number, y: number) => number) =>
  Float32Array.from(of.pixels, (_, at) => value(at % of.width, Math.floor(at / of.width)));

describe("the parts of a digit", () => {
  it("are its strokes, and what they enclose with the strokes around", () => {
    const { stroke, loop } = regionsOf(closed);
    expect(stroke.reduce((sum, value) => sum + value, 0)).toBe(19);
    // Eight enclosed pixels, sixteen strokes around them, and one more of the tail.
    expect(loop?.reduce((sum, value) => sum + value, 0)).toBe(8 + 16 + 1);
    expect(regionsOf(open).loop).toBeUndefined();
  });

  it("hold the share of the evidence that is counted by hand, and nothing below zero counts", () => {
    const look = lookOf(
      closed,
      map(closed, (x, y) => (x === 6 && y === 7 ? 3 : x === 3 && y === 2 ? 1 : x === 0 ? -9 : 0)),
    );
    expect(look.stroke).toEqual({ evidence: 0.75, area: 19 / 108 });
    expect(look.loop).toEqual({ evidence: 0.25, area: 25 / 108 });
    expect(look.blank).toBe(false);
    expect(
      lookOf(
        closed,
        map(closed, () => -1),
      ),
    ).toMatchObject({ blank: true, stroke: { evidence: 0 } });
    expect(shareOf(Float32Array.of(1, 1, 2), Uint8Array.of(0, 0, 1))).toEqual({ evidence: 0.5, area: 1 / 3 });
  });

  it("agree between two moments as their ranks do", () => {
    const [rising, falling] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(4, 3, 2, 1)];
    expect(agreementOf([rising, rising], [rising, falling])).toBe(0);
    expect(agreementOf([rising], [rising.map((value) => value * value)])).toBe(1);
    expect(agreementOf([new Float32Array(4)], [rising])).toBeUndefined();
  });
});

const look = (label: number, part: Partial<Look> = {}): Look => ({
  label,
  right: false,
  blank: false,
  stroke: { evidence: 0.2, area: 0.2 },
  loop: undefined,
  ...part,
});
const loop = (evidence: number) => ({ loop: { evidence, area: 0.16 } });
const classes = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const tell = (...moments: readonly (readonly Look[])[]) =>
  epochSentence(
    moments.map((looks, epoch): Moment => ({ epoch, looks })),
    classes,
  );

describe("the sentence of an epoch", () => {
  it("says at which loop it has begun to look, once, with the measured shares", () => {
    const [blind, seeing] = [
      [look(4), look(6, loop(0.15))],
      [look(4), look(6, loop(0.41))],
    ];
    expect(tell(blind, blind, blind, seeing)).toBe(
      "Epoch 3: it has begun to look at the loop of the 6, with 41 % of the evidence on 16 % of the picture.",
    );
    expect(tell(blind, seeing, seeing)).not.toContain("begun");
    expect(tell(blind, seeing, blind, seeing)).not.toContain("begun");
    expect(tell([look(6, loop(0.4))], [look(6, loop(0.5))])).not.toContain("begun");
  });

  it("names of several new parts the one that is looked at most, a loop before strokes", () => {
    const before = [look(0, loop(0.1)), look(8, loop(0.1)), look(4)];
    const now = [look(0, loop(0.3)), look(8, loop(0.5)), look(4, { stroke: { evidence: 0.9, area: 0.1 } })];
    expect(tell(before, now)).toContain("the loop of the 8, with 50 %");
    expect(tell(before, [...before.slice(0, 2), ...now.slice(2)])).toContain("the strokes of the 4, with 90 %");
    expect(tell([look(0), look(0)], [look(0), look(0, { stroke: { evidence: 0.5, area: 0.1 } })])).toContain(
      "the strokes of one of the 0s",
    );
  });

  it("says otherwise which digits are right now, that the maps have settled, or where the evidence lies", () => {
    const [wrong, right] = [
      [look(3), look(7)],
      [look(3, { right: true }), look(7)],
    ];
    expect(tell(wrong, right)).toBe("Epoch 1: it now gets the 3 right; 1 of 2 are right.");
    const moments = [0.95, 0.96].map((agreement, i): Moment => ({ epoch: i + 1, looks: right, agreement }));
    const first: Moment = { epoch: 0, looks: right };
    expect(epochSentence([first, ...moments.slice(0, 1)], classes)).toBe(
      "Epoch 1: the maps have settled: their rank correlation with those of the epoch before is 0.95.",
    );
    expect(epochSentence([first, ...moments], classes)).toBe(
      "Epoch 2: 20 % of the evidence lies on strokes, which are 20 % of the picture, and 1 of 2 are right.",
    );
    expect(tell([look(1, { blank: true })], [look(1, { blank: true })])).toContain(
      "nothing speaks for the right class",
    );
  });
});
