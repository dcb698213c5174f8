/** @file Links for lessons: they carry the view and the strokes, and say why there is none. */

import { describe, expect, it } from "vitest";
import type { Stroke } from "../../../web/src/shared/strokes.js";
import { firstView, readView, type View } from "../../../web/src/shell/view.js";
import {
  asLesson,
  embedSnippet,
  isLocal,
  lessonLink,
  readSharedStrokes,
  studioLink,
  whyNoLink,
} from "../../../web/src/why/share/links.js";
import { longest, readStrokes, writeStrokes } from "../../../web/src/why/share/stroke-link.js";

const strokes: readonly Stroke[] = [
  { color: "rgb(255 255 255)", width: 22, points: [140.4, 60.2, 141, 90, 139.6, 220, 139.6, 220] },
  { color: undefined, width: 9.5, points: [4000, 0, 0, 3000] },
];
const whole: readonly Stroke[] = [
  { color: "rgb(255 255 255)", width: 22, points: [140, 60, 141, 90, 140, 220] },
  { color: undefined, width: 9.5, points: [4000, 0, 0, 3000] },
];
const view: View = {
  ...firstView,
  tab: "why",
  sample: "digits",
  layer: "stage2.1.relu",
  method: "hires-cam",
  target: 3,
  minus: 8,
  picture: 4,
  level: "story",
  off: "1.24",
  weights: "12:0.01",
};

describe("strokes in a link", () => {
  it("come back to the pixel", () => {
    expect(readStrokes(writeStrokes(strokes))).toEqual(whole);
    expect(writeStrokes(strokes)).toMatch(/^[\w-]+$/);
    expect(writeStrokes([])).toBe("");
  });

  it("are few characters a point where points are near each other", () => {
    const points = Array.from({ length: 400 }, (_, i) => [100 + 40 * Math.cos(i / 20), 100 + 40 * Math.sin(i / 20)]);
    const text = writeStrokes([{ color: "rgb(255 255 255)", width: 22, points: points.flat() }]);
    expect(text.length).toBeLessThan(3 * points.length);
  });

  it("are nothing where the text makes no sense", () => {
    for (const text of ["", "?", "AAAA", "____", writeStrokes(strokes).slice(0, -2), "f".repeat(40_000)])
      expect(readStrokes(text).flatMap(({ points }) => points)).toEqual([]);
  });
});

describe("links for lessons", () => {
  it("carry all that decides the map", () => {
    const link = lessonLink("https://example.org/studio/?provider=wasm#tab=see", { view, strokes });
    expect(link).toMatch(/^https:\/\/example\.org\/studio\/how\.html#/);
    const { hash } = new URL(link);
    expect(readView(hash)).toEqual(view);
    expect(readSharedStrokes(hash)).toEqual(whole);
    expect(new URLSearchParams(asLesson(hash)).get("strokes")).toBe(writeStrokes(strokes));
  });

  it("lead from the page to the studio with the same", () => {
    const link = studioLink("https://example.org/studio/how.html#x", { view, strokes });
    expect(new URL(link).pathname).toBe("/studio/");
    expect(readView(new URL(link).hash)).toEqual(view);
    expect(readSharedStrokes(new URL(link).hash)).toEqual(whole);
  });

  it("stand in a snippet that keeps them", () => {
    const link = lessonLink("https://example.org/", { view, strokes: [] });
    const snippet = embedSnippet(link, 'why "3" & not 8');
    expect(snippet).toContain('title="why &quot;3&quot; &amp; not 8"');
    const [, src = ""] = /src="([^"]*)"/.exec(snippet) ?? [];
    expect(src.replaceAll("&amp;", "&")).toBe(link);
  });

  it("are refused for files of one's own, and for more strokes than a link holds", () => {
    expect(whyNoLink({ strokes }, false)).toBeUndefined();
    expect(whyNoLink({ strokes }, true)).toContain("stay on this machine");
    const long = Array.from({ length: longest }, (_, i) => (i * 7919) % 280);
    expect(whyNoLink({ strokes: [{ width: 1, points: long }] }, false)).toMatch(/^The strokes take \d+ characters/);
    expect([isLocal("http://127.0.0.1:8/"), isLocal("https://example.org/")]).toEqual([true, false]);
  });
});
