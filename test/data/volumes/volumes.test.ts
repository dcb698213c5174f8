/** @file NIfTI and DICOM files beside nibabel and pydicom: `test/reference/volumes.py` makes the files and the numbers. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readSeries } from "../../../src/data/volumes/dicom/series.js";
import { readNifti } from "../../../src/data/volumes/nifti.js";
import { endsOf, type Volume } from "../../../src/data/volumes/volume.js";
import { writeNifti } from "../../../src/data/volumes/write-nifti.js";

const folder = fileURLToPath(new URL("../../fixtures/volumes/", import.meta.url));

interface Expected {
  readonly dims: readonly number[];
  readonly values: readonly number[];
  readonly affine: readonly number[] | null;
}

const expected: Readonly<Record<string, Expected>> = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
const isSeries = (name: string) => !name.includes(".");

function filesOf(name: string): string[] {
  return isSeries(name)
    ? readdirSync(join(folder, name)).map((file) => join(folder, name, file))
    : [join(folder, name)];
}

function read(name: string): Promise<Volume> {
  return name.includes(".nii") ? readNifti(readFileSync(join(folder, name)), name) : readSeries(filesOf(name), name);
}

/** JPEG with losses is unpacked by another library than pydicom's. */
const levels = (name: string) => (name === "jpeg.dcm" ? 1 : 1e-3);

describe("values and places are those of nibabel and pydicom", () => {
  it.each(Object.entries(expected).filter(([name]) => name !== "jpeg-2000.dcm"))(
    "%s",
    async (name, { dims, values, affine }) => {
      const volume = await read(name);
      expect(volume.dims).toEqual(dims);
      const apart = values.map((value, i) => Math.abs(value - (volume.values[i] ?? Number.NaN)));
      expect(Math.max(...apart)).toBeLessThanOrEqual(levels(name));
      if (affine === null) expect(volume.affine).toBeUndefined();
      else for (const [i, number] of affine.entries()) expect(volume.affine?.flat()[i]).toBeCloseTo(number, 4);
    },
  );
});

describe("one sentence refuses", () => {
  it.each<readonly [string, string]>([
    ["gap", "gap: 1 slice is missing: expected one every 2.5 mm, got none between"],
    ["twice", "twice: expected one slice at each place, got several at"],
    [
      "mixed",
      "mixed: expected one series, got 2: 1 of 3 slices and 2 of 2 slices: --series 1 takes the first of these",
    ],
    ["sizes", "sizes: expected slices of one size, got 2 of 4x6, 1 of 6x4"],
  ])("a folder: %s", async (name, message) => {
    await expect(readSeries(filesOf(name), name)).rejects.toThrow(message);
  });

  it("pixels that are packed as JPEG 2000", async () => {
    await expect(read("jpeg-2000.dcm")).rejects.toThrow(/got JPEG 2000: convert it first/);
  });

  it("what is no such file, and one that is cut short", async () => {
    const scan = readFileSync(join(folder, "big-endian.nii"));
    await expect(readNifti(scan.subarray(0, 400), "scan.nii")).rejects.toThrow(
      "scan.nii: cut short: expected 496 bytes, got 400",
    );
    await expect(readNifti(new Uint8Array(400), "scan.nii")).rejects.toThrow(/^scan.nii: expected a NIfTI file/);
    await expect(readNifti(Uint8Array.of(0x1f, 0x8b, 1, 2), "scan.nii.gz")).rejects.toThrow(/that does not unpack$/);
    await expect(readSeries([join(folder, "scan.nii.gz")], "x")).rejects.toThrow(
      /expected a DICOM file, got one that cannot/,
    );
  });
});

it("of several series the user's is taken, counted from the largest", async () => {
  expect((await readSeries(filesOf("mixed"), "mixed", { series: 2 })).dims).toEqual([1, 2, 4, 6]);
  await expect(readSeries(filesOf("mixed"), "mixed", { series: 3 })).rejects.toThrow("--series 3: expected 1 to 2");
});

it("a volume is written as it was read, without a word", async () => {
  const volume = await read("scan.nii.gz");
  const bytes = await writeNifti(volume);
  const again = await readNifti(bytes, "again");
  expect(again.dims).toEqual(volume.dims);
  expect(again.values).toEqual(volume.values);
  again.affine?.flat().forEach((number, i) => expect(number).toBeCloseTo(volume.affine?.flat()[i] ?? Number.NaN, 5));
});

it("directions are those of a matrix's largest parts", () => {
  const affine = [
    [-0.9, 0.1, 0, 4],
    [0.1, 0.2, 2.5, 5],
    [0, -0.9, 0.1, 6],
  ] as const;
  expect(endsOf(affine)).toEqual([
    ["P", "A"],
    ["S", "I"],
    ["R", "L"],
  ]);
});
