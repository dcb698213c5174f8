/** @file The pictures that are drawn when the page is built. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { decodeImage } from "../../src/image/node.js";

const built = (name: string) => readFileSync(fileURLToPath(new URL(`../../dist/studio/${name}`, import.meta.url)));

describe("the built page", () => {
  it("has a picture for links to it, 1200 by 630 and less than 200 kB", async () => {
    const bytes = built("social.png");
    expect(bytes.length).toBeLessThan(200_000);
    const { width, height, pixels } = await decodeImage(bytes);
    expect([width, height]).toEqual([1200, 630]);
    expect(new Set(pixels).size).toBeGreaterThan(100);
  });

  it.each(["rounded", "maskable"])("has %s icons of 192 and 512 pixels, each less than 10 kB", async (shape) => {
    for (const size of [192, 512]) {
      const bytes = built(`icons/${shape}-${size}.png`);
      expect(bytes.length).toBeLessThan(10_000);
      const { width, height, pixels } = await decodeImage(bytes);
      expect([width, height]).toEqual([size, size]);
      const middle = 3 * ((size / 2) * size + size / 2);
      const colour = [...pixels.subarray(middle, middle + 3)];
      // Of a palette.
      for (const [i, value] of [0xf5, 0xa6, 0x23].entries()) expect(Math.abs((colour[i] ?? 0) - value)).toBeLessThan(6);
    }
  });
});
