/** @file SVG drawings: those that ask for too much are refused in a moment, and reach nothing outside. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { decodeImage, encodePng, imageSize, svgToPng } from "../../src/image/node.js";
import { createPicture } from "../../src/image/picture/picture.js";
import { share } from "../support/share.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-svg-"));
afterAll(() => rmSync(folder, { recursive: true }));

const drawing = (inside: string, size = "width='8' height='4'") =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size}>${inside}</svg>`;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const red = "<rect width='4' height='4' fill='#f00'/>";

describe("an SVG drawing", () => {
  it("is drawn as in this process, and has its size", async () => {
    const apart = await decodeImage(bytesOf(drawing(red)));
    expect(apart.pixels).toEqual((await decodeImage(await svgToPng(drawing(red), { scale: 1 }))).pixels);
    expect([...apart.pixels.subarray(0, 3), ...apart.pixels.subarray(21, 24)]).toEqual([255, 0, 0, 255, 255, 255]);
    const path = join(folder, "red.svg");
    writeFileSync(path, drawing(red));
    expect(await imageSize(path)).toEqual({ width: 8, height: 4 });
  });

  it("may be packed, and begin with a declaration of its own", async () => {
    const declared = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY colour "#f00">]>${drawing("<rect width='4' height='4' fill='&colour;'/>")}`;
    for (const bytes of [gzipSync(drawing(red)), bytesOf(declared)]) {
      const { pixels } = await decodeImage(bytes);
      expect([...pixels.subarray(0, 3)]).toEqual([255, 0, 0]);
    }
  });

  it("shows no other file", async () => {
    const path = join(folder, "other.png");
    writeFileSync(path, await encodePng(createPicture(4, 4, 1, new Uint8Array(16))));
    const href = pathToFileURL(path).href;
    const beside = drawing(
      `<image width='4' height='4' xlink:href='${href}'/><image width='4' height='4' href='other.png'/>`,
    );
    const svg = join(folder, "beside.svg");
    writeFileSync(svg, beside);
    const { pixels } = await decodeImage(svg);
    expect(pixels.every((value) => value === 255)).toBe(true);
  });

  it.each(
    share(
      [
        [
          "of filters upon filters",
          () =>
            drawing(
              `<filter id='f'>${filters}</filter><rect width='8000' height='8000' filter='url(#f)'/>`,
              "width='8000' height='8000'",
            ),
          /takes more than (3 s of computing|640 MiB of memory)/,
        ],
        [
          "of more pixels than there may be",
          () => drawing("", "width='90000' height='90000'"),
          /expected at most 64000000 pixels, got 90000x90000/,
        ],
        [
          "of entities upon entities",
          () => entities(),
          /expected a whole SVG file, got one that is truncated or damaged|expected at most|takes more than/,
        ],
        [
          "of copies of copies",
          () => drawing(copies((id) => `<use xlink:href='#${id}'/>`)),
          /takes more than 3 s of computing: save it as PNG$/,
        ],
        ["that is cut short", () => drawing(red).slice(0, -9), /expected a whole SVG file/],
      ],
      5,
      2,
    ),
  )(
    "%s is refused in one sentence",
    async (_, make, sentence) => {
      const error = await decodeImage(bytesOf(make()), { name: "x.svg" }).catch((reason: Error) => reason);
      expect(error).toMatchObject({ name: "FoveaError", message: expect.stringMatching(sentence) });
      expect((error as Error).message).toMatch(/^x\.svg: image: [^\n]+$/);
    },
    120_000,
  );
});

const filters = "<feGaussianBlur stdDeviation='400'/><feTurbulence numOctaves='99' baseFrequency='0.9'/>".repeat(10);

/** Each level shows the one before it ten times. */
function copies(show: (id: string) => string): string {
  const levels = Array.from({ length: 12 }, (_each, i) => `<g id='g${i + 1}'>${show(`g${i}`).repeat(10)}</g>`);
  return `<defs><g id='g0'>${red}</g>${levels.join("")}</defs>${show("g12")}`;
}

function entities(): string {
  const levels = Array.from({ length: 9 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`);
  return `<!DOCTYPE svg [<!ENTITY e0 "x">${levels.join("")}]>${drawing("<text>&e9;</text>")}`;
}
