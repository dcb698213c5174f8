/** @file Awkward and malformed images of Pillow's, image-rs's and the PNG suite's tests, against what Pillow 12.3 makes of each. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FoveaError } from "../../src/foundation/error.js";
import { decodeImage } from "../../src/image/node.js";

const data = process.env.FOVEA_DATA;
const folder = join(data ?? "", "awkward-images");
const lines = data === undefined ? [] : readFileSync(join(folder, "index.tsv"), "utf8").trim().split("\n").slice(1);
const cases = lines.map((line) => {
  const [name = "", , says = ""] = line.split("\t");
  const [, width, height] = /^ok .* (\d+)x(\d+)/.exec(says) ?? [];
  const turned = /exif_orientation=[5-8]/.test(says);
  const size = turned ? [Number(height), Number(width)] : [Number(width), Number(height)];
  return { name, size: says.startsWith("ok") ? size : undefined };
});

describe("decodeImage(path)", () => {
  test.skipIf(data !== undefined)(
    "is tried on awkward images where FOVEA_DATA names a folder that has awkward-images/",
    ({ skip }) => {
      skip("FOVEA_DATA is not set");
    },
  );

  test.each(cases.filter(({ size }) => size !== undefined))(
    "decodes $name to $size, as Pillow does",
    async ({ name, size }) => {
      const { width, height, channels, pixels } = await decodeImage(join(folder, name));
      expect([width, height]).toEqual(size);
      expect([channels, pixels.length]).toEqual([3, 3 * width * height]);
    },
  );

  // Four of these decode here, their pixels being all there: Pillow minds a checksum, a cut end mark, a large text and a name for the compression.
  test.each(cases.filter(({ size }) => size === undefined))(
    "decodes $name or says why not, where Pillow gives up",
    async ({ name }) => {
      const result = await decodeImage(join(folder, name)).catch((error: unknown) => error);
      if (!(result instanceof Error)) return;
      expect(result).toBeInstanceOf(FoveaError);
      expect(result.message).toMatch(/: image: expected [^\n]*, got [^\n]*$/);
    },
  );

  test.runIf(data !== undefined)("refuses a truncated photo", async () => {
    await expect(decodeImage(join(folder, "truncated_in_the_wild.jpg"))).rejects.toThrow(
      "expected a whole JPEG file, got one that is truncated or damaged",
    );
  });
});
