/** @file Protocols that the page opens, those that it refuses, and the places that it draws. */

import { describe, expect, it, test } from "vitest";
import { storedMask } from "../../../../src/data/cues/store-cue.js";
import type { Mask } from "../../../../src/image/map/mask.js";
import { openProtocol } from "../../../../web/src/audit/improve/opened.js";
import { placeOutline } from "../../../../web/src/audit/improve/place-outline.js";
import { composedProtocol, cornerMask } from "../../../support/protocols/composed-protocol.js";

const fileOf = (value: unknown) => new File([JSON.stringify(value)], "p.improve.json");

describe("openProtocol(file)", () => {
  it("reads all sections, and draws the places of the hypotheses that have one", async () => {
    const { name, steps, improvement, places } = await openProtocol(fileOf(composedProtocol));
    expect([name, improvement.subject]).toEqual(["p.improve.json", "classic on stamps"]);
    expect(steps.every(({ fact }) => fact !== undefined)).toBe(true);
    expect(improvement.hypotheses.map(({ id, verdict }) => [id, verdict?.verified])).toEqual([
      ["region-1", true],
      ["tint", false],
    ]);
    expect([...places.keys()]).toEqual(["region-1"]);
    expect(improvement.repair?.candidates.map(({ name: each, chosen }) => [each, chosen])).toEqual([
      ["as it is", false],
      ["exchange", true],
      ["last-layer", false],
    ]);
    expect(improvement.proof?.controls).toHaveLength(3);
  });

  const { split, ...others } = composedProtocol;
  it.each([
    ["another JSON file", { name: "fovea", version: "0.1.0" }, 'got version "0.1.0"'],
    ["a list", [1, 2], "got an array of 2"],
    [
      "a part that is wrong",
      { ...others, split: { ...split, share: 7 } },
      "got split.share: expected a number from 0 to 1, got 7",
    ],
    [
      "a repair without a budget",
      { ...composedProtocol, repair: {} },
      "got protocol.repair.budget: expected a text, got undefined",
    ],
  ])("refuses %s in one line that says what, where and what to do", async (_, value, got) => {
    const error = await openProtocol(fileOf(value)).catch((reason: Error) => reason);
    const message = error instanceof Error ? error.message : "";
    expect(message).toBe(
      `p.improve.json: expected a protocol of fovea improve, version 1, ${got}: open the .improve.json file that fovea improve wrote`,
    );
  });

  it("refuses what is no JSON", async () => {
    await expect(openProtocol(new File(["hello"], "p.json"))).rejects.toThrow(
      /^p\.json: expected a protocol of fovea improve, version 1, got [^\n]*JSON[^\n]*: open the /,
    );
  });
});

/** The cells that a path of rectangles covers. */
function drawn({ width, height, path }: ReturnType<typeof placeOutline>): number[] {
  const cells = new Array(width * height).fill(0);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    cells.fill(1, Number(y) * width + Number(x), Number(y) * width + Number(x) + Number(length));
  return cells;
}

describe("placeOutline(mask)", () => {
  it("covers the places that are meant, and no others", () => {
    const checkered: Mask = { width: 5, height: 3, places: Uint8Array.from({ length: 15 }, (_, i) => i % 2) };
    for (const mask of [cornerMask, checkered]) {
      expect(drawn(placeOutline(storedMask(mask)))).toEqual([...mask.places]);
    }
  });

  it("draws a fine mask in cells, each by what most of its places say", () => {
    const [width, height] = [500, 250];
    const left = Uint8Array.from({ length: width * height }, (_, i) => (i % width < 252 ? 1 : 0));
    const outline = placeOutline(storedMask({ width, height, places: left }));
    expect([outline.width, outline.height]).toEqual([100, 50]);
    // 252 of 5 pixels each: 50 cells, and two fifths of the next.
    expect(drawn(outline)).toEqual(Array.from({ length: 5000 }, (_, i) => (i % 100 < 50 ? 1 : 0)));
  });
});

test("a mask that means nothing is drawn as nothing", () => {
  const { path } = placeOutline(storedMask({ width: 2, height: 2, places: new Uint8Array(4) }));
  expect(path).toBe("");
});
