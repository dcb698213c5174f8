/** @file Image files: what is decoded, what is refused and how, and figures as PNG. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { FoveaError } from "../../src/foundation/error.js";
import { colorOf } from "../../src/image/map/colormap.js";
import {
  contactSheetSvg,
  decodeImage,
  encodePng,
  encodePngDataUrl,
  explanationSvg,
  svgToPng,
} from "../../src/image/node.js";
import type { Picture } from "../../src/image/picture/picture.js";
import { everything, share } from "../support/share.js";
import { hill, largestDifference, stripes } from "./fixture.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-image-"));
});
afterAll(() => rm(folder, { recursive: true }));

function file({ pixels, width, height, channels }: Picture) {
  return sharp(pixels, { raw: { width, height, channels } });
}

/** The colour of a picture at (x, y). */
function at({ pixels, width, channels }: Picture, x: number, y: number): number[] {
  return Array.from(pixels.subarray((y * width + x) * channels, (y * width + x + 1) * channels));
}

describe("decodeImage(bytes)", () => {
  test("gives back what encodePng(picture) wrote", async () => {
    for (const picture of [stripes(13, 7), stripes(13, 7, 1)]) {
      const rgb = await decodeImage(await encodePng(stripes(13, 7)));
      expect(rgb).toEqual(stripes(13, 7));
      expect(await decodeImage(await encodePng(picture), { grey: true })).toMatchObject({
        width: 13,
        height: 7,
        channels: 1,
      });
    }
    expect(await decodeImage(await encodePng(stripes(13, 7, 1)), { grey: true })).toEqual(stripes(13, 7, 1));
  });

  test("gives three channels for a grey image, unless asked for grey", async () => {
    const { channels, pixels } = await decodeImage(await encodePng(stripes(4, 4, 1)));
    expect([channels, pixels.length]).toEqual([3, 48]);
  });

  test.each([
    [1, [32, 16], [0, 0]],
    [3, [32, 16], [3, 1]],
    [6, [16, 32], [1, 0]],
    [8, [16, 32], [0, 3]],
  ] as const)("applies EXIF orientation %i: size %j, first corner to %j", async (orientation, size, [x, y]) => {
    const pixels = Uint8Array.from({ length: 32 * 16 }, (_, i) => (i % 32 < 8 && i < 8 * 32 ? 255 : 0));
    const jpeg = await file({ width: 32, height: 16, channels: 1, pixels })
      .withMetadata({ orientation })
      .jpeg()
      .toBuffer();
    const picture = await decodeImage(jpeg);
    expect([picture.width, picture.height]).toEqual(size);
    expect(at(picture, 8 * x + 4, 8 * y + 4)[0]).toBeGreaterThan(240);
    expect(picture.pixels.filter((sample) => sample > 128)).toHaveLength(3 * 64);
  });

  test("lays transparency over white", async () => {
    const png = await sharp({
      create: { width: 2, height: 2, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } },
    })
      .png()
      .toBuffer();
    expect(largestDifference(at(await decodeImage(png), 0, 0), [227, 127, 127])).toBeLessThanOrEqual(1);
  });

  test("brings 16-bit samples to 8 bits", async () => {
    const values = Uint16Array.of(0, 0x8080, 0xffff, 0x4040);
    const png = await sharp(values, { raw: { width: 4, height: 1, channels: 1 } })
      .toColourspace("grey16")
      .png()
      .toBuffer();
    expect((await sharp(png).metadata()).depth).toBe("ushort");
    expect(Array.from((await decodeImage(png, { grey: true })).pixels)).toEqual([0, 128, 255, 64]);
  });

  test("brings CMYK to sRGB", async () => {
    const jpeg = await file({
      width: 8,
      height: 8,
      channels: 3,
      pixels: new Uint8Array(192).map((_, i) => [200, 60, 40][i % 3] as number),
    })
      .toColourspace("cmyk")
      .jpeg()
      .toBuffer();
    expect((await sharp(jpeg).metadata()).space).toBe("cmyk");
    const [red, green, blue] = at(await decodeImage(jpeg), 4, 4);
    expect(red).toBeGreaterThan(150);
    expect(Math.max(green as number, blue as number)).toBeLessThan(110);
  });

  test("takes the first frame of an animation", async () => {
    const frames = [255, 0].flatMap((grey) => Array<number>(4 * 4 * 3).fill(grey));
    const gif = await sharp(Uint8Array.from(frames), { raw: { width: 4, height: 8, channels: 3, pageHeight: 4 } })
      .gif()
      .toBuffer();
    const picture = await decodeImage(gif);
    expect([picture.width, picture.height, ...at(picture, 2, 2)]).toEqual([4, 4, 255, 255, 255]);
  });

  test("reads colour-managed images as sRGB", async () => {
    const p3 = await file(stripes(8, 8)).withIccProfile("p3").png().toBuffer();
    expect(largestDifference((await decodeImage(p3)).pixels, stripes(8, 8).pixels)).toBeLessThanOrEqual(4);
  });
});

describe("decodeImage(source) refuses", () => {
  const refused = async (source: string | Uint8Array, options = {}) => {
    const error = await decodeImage(source, options).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(FoveaError);
    const { code, message } = error as FoveaError;
    expect(message).not.toContain("\n");
    return `${code} ${message}`;
  };

  test("a missing file, a folder and an empty file", async () => {
    const [missing, empty] = [join(folder, "none.jpg"), join(folder, "empty.jpg")];
    await writeFile(empty, "");
    expect(await refused(missing)).toBe(`not-found ${missing}: image: expected a file, got none there`);
    expect(await refused(folder)).toBe(`bad-file ${folder}: image: expected a regular file, got a folder`);
    expect(await refused(empty)).toBe(`bad-file ${empty}: image: expected a picture, got an empty file`);
  });

  test("what is no image, saying what it is instead", async () => {
    const expected = "bad-file notes: image: expected a JPEG, PNG, WebP, GIF, TIFF, AVIF or SVG file, got";
    const encode = (text: string) => new TextEncoder().encode(text);
    expect(await refused(encode("Dear diary,\ntoday"), { name: "notes" })).toBe(
      `${expected} text that begins "Dear diary,\\ntoday"`,
    );
    expect(await refused(encode("%PDF-1.4 \u0000"), { name: "notes" })).toBe(`${expected} PDF`);
    expect(await refused(Uint8Array.of(0, 1, 2, 200), { name: "notes" })).toBe(`${expected} something else`);
  });

  const formats = {
    JPEG: (image: Sharp) => image.jpeg(),
    "progressive JPEG": (image: Sharp) => image.jpeg({ progressive: true }),
    PNG: (image: Sharp) => image.png(),
    "interlaced PNG": (image: Sharp) => image.png({ progressive: true }),
    WebP: (image: Sharp) => image.webp(),
    GIF: (image: Sharp) => image.gif(),
    TIFF: (image: Sharp) => image.tiff(),
    AVIF: (image: Sharp) => image.avif({ effort: 0 }),
  };
  test.each(Object.entries(formats))("a truncated %s", async (name, encode) => {
    const bytes = new Uint8Array(await encode(file(stripes(96, 96))).toBuffer());
    const whole = await decodeImage(bytes);
    const complaint = `expected a whole ${name.split(" ").at(-1)} file, got one that is truncated or damaged (`;
    for (const part of share([0.5, 0.3, 0.7], 3)) {
      expect(await refused(bytes.subarray(0, part * bytes.length))).toContain(`bad-file image: image: ${complaint}`);
    }
    // What is cut off near the end may be an end mark alone.
    for (const missing of share([1, 2, 10, 50, 200], 3)) {
      const end = await decodeImage(bytes.subarray(0, -missing)).catch((error: Error) => error.message);
      if (typeof end === "string") expect(end).toContain(complaint);
      else expect(largestDifference(end.pixels, whole.pixels)).toBe(0);
    }
  });

  test.runIf(everything)("an image of more pixels than allowed, before decoding it", async () => {
    const bomb = await sharp({ create: { width: 12000, height: 9000, channels: 3, background: "white" } })
      .png()
      .toBuffer();
    expect(await refused(bomb)).toBe(
      "bad-input image: image: expected at most 64000000 pixels, got 12000x9000 = 108000000",
    );
    expect(await refused(await encodePng(stripes(4, 4)), { maxPixels: 15 })).toContain(
      "expected at most 15 pixels, got 4x4 = 16",
    );
    const deep = await sharp(new Uint16Array(16), { raw: { width: 4, height: 4, channels: 1 } })
      .toColourspace("grey16")
      .png()
      .toBuffer();
    expect(await refused(deep, { maxPixels: 31 })).toContain("expected at most 15 pixels, got 4x4 = 16");
    expect((await decodeImage(deep, { maxPixels: 32 })).deep).toHaveLength(48);
  });
});

describe("explanationSvg(figure) and svgToPng(svg)", () => {
  const digit = stripes(28, 28, 1);
  const row = { title: "7 <&> 日本", score: "0.99", detail: "Grad-CAM · conv2", note: "A note.", map: hill(12, 12) };

  test("need no font, no file and no identifier", async () => {
    const svg = await explanationSvg({ picture: digit, rows: [row] });
    expect(svg).not.toMatch(/<text|font|href="(?!data:image\/png;base64,)|NaN|undefined/);
    expect(svg).toContain('aria-label="7 &#60;&#38;&#62; 日本"');
  });

  test("show the picture's own pixels, and the map's colours", async () => {
    const svg = await explanationSvg({ picture: digit, rows: [row] });
    const png = await decodeImage(await svgToPng(svg, { scale: 1 }));
    const panels = [...svg.matchAll(/<image x="([\d.]+)" y="([\d.]+)" width="280"/g)].map((match) => [
      Number(match[1]),
      Number(match[2]),
    ]);
    expect(panels).toHaveLength(3);
    const [x, y] = panels[0] as [number, number];
    for (const [i, j] of [
      [3, 4],
      [20, 9],
      [27, 27],
    ] as const) {
      expect(at(png, x + 10 * i + 5, y + 10 * j + 5)).toEqual(Array(3).fill(at(digit, i, j)[0]));
    }
    const [mapX, mapY] = panels[1] as [number, number];
    expect(at(png, mapX + 4, mapY + 4)).toEqual(colorOf("inferno", 0));
  });

  test("turn photos into JPEG, which is smaller", async () => {
    const svg = await explanationSvg({ picture: stripes(400, 300), rows: [{ title: "x", map: hill(7, 7) }] });
    expect(svg.match(/data:image\/jpeg;base64,/g)).toHaveLength(2);
  });

  test("draw at the scale asked for", async () => {
    const svg = await contactSheetSvg({ cells: [{ picture: digit, caption: "4 → 9" }] });
    const [one, two] = await Promise.all([1, 2].map(async (scale) => sharp(await svgToPng(svg, { scale })).metadata()));
    expect(two?.width).toBe(2 * (one?.width as number));
  });
});

describe("encodePngDataUrl(picture)", () => {
  test("holds a PNG file", async () => {
    const url = await encodePngDataUrl(stripes(3, 2));
    expect(url).toMatch(/^data:image\/png;base64,/);
    expect(await decodeImage(Buffer.from(url.split(",")[1] as string, "base64"))).toEqual(stripes(3, 2));
  });
});

test("importing it loads neither sharp nor the font reader", async () => {
  vi.resetModules();
  const loaded: string[] = [];
  for (const name of ["sharp", "opentype.js"]) {
    vi.doMock(name, () => {
      loaded.push(name);
      return { default: () => undefined };
    });
  }
  await import("../../src/image/node.js");
  expect(loaded).toEqual([]);
  vi.doUnmock("sharp");
  vi.doUnmock("opentype.js");
});
