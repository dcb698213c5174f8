/** @file Hostile arrays: NumPy's files and archives, as images and as other inputs; and the IDX files of a dataset. */

import { gzipSync } from "node:zlib";
import { writeNpy } from "../../../../src/data/npy.js";
import { idx } from "../../images/idx.js";
import { digitArray, repositoryFile } from "../bases.js";
import type { CaseContent, Family } from "../hostile-case.js";
import { mutateBytes, pick } from "../mutate.js";
import { mutateIdx, mutateNpy } from "../mutate-array.js";
import { mutateZip, zipOf } from "../mutate-zip.js";
import { explainOptions } from "../options.js";

export const arrays: Family = {
  name: "arrays",
  weight: 5,
  async prepare() {
    const npy = writeNpy(digitArray());
    const npz = zipOf([
      { name: "x.npy", data: npy },
      { name: "y.npy", data: npy },
    ]);
    return (source): CaseContent => {
      const kind = source.below(8);
      const ending = kind === 0 ? "npz" : "npy";
      const { bytes, what } =
        kind === 0 ? mutateZip(npz, source) : kind < 3 ? mutateBytes(npy, source) : mutateNpy(npy, source);
      const path = `input/x.${ending}`;
      const isOther = source.below(10) === 0;
      const args = isOther
        ? ["inspect", "@model/model.onnx", "--input", `other=@${path}`]
        : ["explain", `@${path}`, ...explainOptions(source)];
      const files = { [path]: bytes, ...(isOther ? { "model/model.onnx": repositoryFile("models/mnist.onnx") } : {}) };
      return { what: `${ending}: ${what}`, files, args };
    };
  },
};

/** The four files of a small dataset. */
export function mnistFiles(): Record<string, Uint8Array> {
  const images = (count: number) =>
    idx(
      0x0803,
      [count, 28, 28],
      Uint8Array.from({ length: count * 784 }, (_, i) => (i * 37) % 251),
    );
  const labels = (count: number) =>
    idx(
      0x0801,
      [count],
      Array.from({ length: count }, (_, i) => i % 10),
    );
  return {
    "data/mnist/train-images-idx3-ubyte": images(20),
    "data/mnist/train-labels-idx1-ubyte": labels(20),
    "data/mnist/t10k-images-idx3-ubyte": images(10),
    "data/mnist/t10k-labels-idx1-ubyte": labels(10),
  };
}

export const datasets: Family = {
  name: "idx",
  weight: 4,
  async prepare() {
    const sound = mnistFiles();
    return (source): CaseContent => {
      const { [pick(Object.keys(sound), source)]: _, ...kept } = sound;
      const name = Object.keys(sound).find((each) => !(each in kept)) ?? "";
      const bytes = sound[name] ?? new Uint8Array();
      const isPlain = source.below(4) === 0;
      const { bytes: damaged, what } =
        source.below(2) && !isPlain ? mutateIdx(bytes, source) : mutateBytes(isPlain ? bytes : gzipSync(bytes), source);
      const path = isPlain ? name : `${name}.gz`;
      const args = pick(
        [
          ["data", "mnist"],
          ["data", "mnist", "--json"],
          ["evaluate", "models/mnist.onnx", "mnist", "--json"],
        ],
        source,
      );
      return { what: `${name.split("/").at(-1)}: ${what}`, files: { ...kept, [path]: damaged }, args };
    };
  },
};
