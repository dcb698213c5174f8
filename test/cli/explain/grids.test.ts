/** @file `fovea explain` of signals, volumes and clips: arrays, NIfTI files and DICOM series, without a word about a patient. */

import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../../src/data/npy.js";
import { readNifti } from "../../../src/data/volumes/nifti.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { fovea, workFolder } from "../fovea.js";

const fixtures = fileURLToPath(new URL("../../fixtures/", import.meta.url));
const folder = workFolder();
const put = (name: string) => {
  const { shape, input } = JSON.parse(readFileSync(join(fixtures, "axes", `${name}.json`), "utf8"));
  cpSync(join(fixtures, "axes", `${name}.onnx`), join(folder, `${name}.onnx`));
  writeFileSync(join(folder, `${name}.npy`), writeNpy(float32(shape, input)));
};

/** A network for volumes of any size: a mean of what is bright. */
function anySize(): Uint8Array {
  const op = new Builder();
  const x = op.input("volume", "float32", ["N", 1, "D", "H", "W"]);
  const kernel = op.constant(float32([2, 1, 1, 1, 1], [1, -1]));
  const features = op.named("features", op.Relu(op.Conv(x, kernel)));
  op.output(op.Flatten(op.GlobalAveragePool(features)), "scores");
  return writeModel(op.graph);
}

beforeAll(() => {
  for (const name of ["signal", "volume", "clip-tokens"]) put(name);
  writeFileSync(join(folder, "any.onnx"), anySize());
  cpSync(join(fixtures, "volumes"), join(folder, "medical"), { recursive: true });
});

const raw = (name: string) => readNpy(readFileSync(join(folder, name)), name);

/** What a drawing reads out. */
function labelsIn(name: string): string[] {
  return [...readFileSync(join(folder, name), "utf8").matchAll(/aria-label="([^"]*)"/g)].map(([, label = ""]) => label);
}

/** All files below a folder. */
function filesBelow(at: string): string[] {
  return readdirSync(at).flatMap((name) => {
    const path = join(at, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

describe("fovea explain", () => {
  it("draws a signal for each row of an array, and writes a map along its axis", async () => {
    const drawn = await fovea(folder, ["explain", "signal.onnx", "signal.npy", "--format", "svg", "--class", "0,2"]);
    expect(drawn).toMatchObject({ code: 0, err: "" });
    expect(drawn.out).toMatch(/map of 0: the peak is at sample \d+ of 40/);
    expect(labelsIn("signal.fovea.1.svg")).toContain("0 (predicted), channel 1");
    expect(labelsIn("signal.fovea.1.svg")).toContain("2, channel 0");
    await fovea(folder, ["explain", "signal.onnx", "signal.npy", "--raw", "--heatmap", "--layer", "features"]);
    expect(raw("signal.fovea.npy").dims).toEqual([2, 1, 8]);
    expect(raw("signal.fovea.heatmap.npy").dims).toEqual([2, 1, 40]);
    expect(Math.max(...floats(raw("signal.fovea.heatmap.npy")))).toBeLessThanOrEqual(1);
  });

  it("draws planes and slices of a volume, and frames of a clip", async () => {
    await fovea(folder, ["explain", "volume.onnx", "volume.npy", "--format", "svg"]);
    const planes = labelsIn("volume.fovea.svg");
    for (const plane of ["Slice", "Row", "Column"])
      expect(planes.some((label) => label.startsWith(`${plane} `))).toBe(true);
    await fovea(folder, ["explain", "clip-tokens.onnx", "clip-tokens.npy", "--format", "svg", "--layer", "features"]);
    expect(labelsIn("clip-tokens.fovea.svg").some((label) => /^Frame \d of 4: /.test(label))).toBe(true);
    await fovea(folder, ["explain", "volume.onnx", "volume.npy", "--raw", "--class", "0,1"]);
    expect(raw("volume.fovea.npy").dims).toEqual([1, 2, 4, 3, 2]);
  });

  it("takes a volume with and without its channel, and channels at the end", async () => {
    const run = async (dims: readonly number[]) => {
      writeFileSync(join(folder, "x.npy"), writeNpy(raw("volume.npy").reshape(dims)));
      return fovea(folder, ["explain", "volume.onnx", "x.npy", "--raw"]);
    };
    for (const dims of [
      [8, 12, 8],
      [1, 8, 12, 8],
      [8, 12, 8, 1],
    ])
      expect(await run(dims)).toMatchObject({ code: 0 });
    const wrong = await run([8, 96]);
    expect([wrong.code, wrong.err]).toEqual([
      2,
      "fovea: x.npy: expected numbers [N, C, D, H, W] or [C, D, H, W] or [D, H, W] for the model's input [N, 1, 8, 12, 8], got float32 [8, 96]\n",
    ]);
  });

  it("writes the map of a NIfTI file in its place, and names directions in the figure", async () => {
    const drawn = await fovea(folder, [
      "explain",
      "any.onnx",
      "medical/scan.nii.gz",
      "--out",
      "maps/",
      "--format",
      "svg",
    ]);
    expect(drawn.out).toContain("values are 2 times the stored ones plus -1024");
    expect(labelsIn("maps/scan.fovea.svg").some((label) => /^Axial, slice \d of 3/.test(label))).toBe(true);
    await fovea(folder, ["explain", "any.onnx", "medical/scan.nii.gz", "--out", "maps/", "--raw"]);
    const [given, map] = await Promise.all(
      ["medical/scan.nii.gz", "maps/scan.fovea.nii.gz"].map((name) =>
        readNifti(readFileSync(join(folder, name)), name),
      ),
    );
    expect(map?.dims).toEqual(given?.dims);
    map?.affine?.flat().forEach((number, i) => expect(number).toBeCloseTo(given?.affine?.flat()[i] ?? Number.NaN, 4));
    expect([...(map?.values ?? [])]).toEqual([...floats(raw("maps/scan.fovea.npy"))]);
  });

  it("reads a DICOM folder as one input, and resizes it to the network's size", async () => {
    const run = await fovea(folder, [
      "explain",
      "volume.onnx",
      "medical/series",
      "--window",
      "0,2000",
      "--out",
      "maps/",
    ]);
    expect(run).toMatchObject({ code: 0 });
    expect(run.out).toContain("resized from 5x4x6 to 8x12x8, linearly along each axis");
    expect(run.out).toContain("values: -1000 to 1000 become 0 to 1");
  });

  it("says nothing of a patient, in whatever it writes and prints", async () => {
    mkdirSync(join(folder, "search"));
    for (const name of ["scan.nii.gz", "series", "enhanced.dcm", "gap", "mixed", "jpeg-2000.dcm"]) {
      const input = join(folder, "medical", name);
      const where = ["--out", `search/${name}/`];
      const ways = [["--json"], ["--raw", "--heatmap"], ["--format", "svg"]];
      for (const how of name.startsWith("s") ? ways : ways.slice(0, 1)) {
        const { out, err } = await fovea(folder, ["explain", "any.onnx", input, ...where, ...how]);
        expect(out + err).not.toMatch(/PLANTED|4711|1901|1\.2\.826/);
      }
    }
    const written = filesBelow(join(folder, "search"));
    expect(written.length).toBeGreaterThan(8);
    for (const path of written) {
      const bytes = readFileSync(path);
      const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
      expect(`${path}${text}`).not.toMatch(/PLANTED|4711|19010203|1\.2\.826/);
    }
  });

  it("refuses what is for pictures alone, and files of other kinds, in one line", async () => {
    const refused = async (...args: string[]) => {
      const { code, err } = await fovea(folder, ["explain", ...args]);
      expect([code, err.trimEnd().split("\n").length]).toEqual([2, 1]);
      return err;
    };
    expect(await refused("volume.onnx", "volume.npy", "--overlay")).toBe(
      "fovea: --overlay: expected a model for pictures, got one for signals, volumes or clips\n",
    );
    expect(await refused("volume.onnx", "volume.npy", "--window", "40")).toContain(
      "expected a center and a width above 0",
    );
    expect(await refused("signal.onnx", "medical/scan.nii.gz")).toContain("expected a network for volumes");
    writeFileSync(join(folder, "text.txt"), "no volume");
    expect(await refused("volume.onnx", "text.txt")).toContain("expected an array (.npy), a NIfTI file");
    renameSync(join(folder, "text.txt"), join(folder, "text.nii"));
    expect(await refused("volume.onnx", "text.nii")).toContain("expected an array (.npy), a NIfTI file");
  });
});
