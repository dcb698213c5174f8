/** @file Damaged HDF5 files on which their library never returns: they are refused, and the next file is read. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { type ByteSource, bytesAsSource } from "../../src/files/input/byte-source.js";
import { readKerasH5 } from "../../src/formats/keras/h5.js";
import { withHdf5 } from "../../src/formats/keras/hdf5.js";
import { watchOnNode } from "../../src/formats/keras/node.js";
import { readKerasZip } from "../../src/formats/keras/zip.js";
import { everything } from "../support/share.js";

const fixture = (path: string) => readFileSync(fileURLToPath(new URL(`../fixtures/keras/${path}`, import.meta.url)));
const sound = fixture("nested_deep/model.h5");

/** Two parts of a file in each other's place. */
function exchanged(bytes: Uint8Array, first: number, second: number, length: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed.set(bytes.subarray(second, second + length), first);
  changed.set(bytes.subarray(first, first + length), second);
  return changed;
}

function inserted(bytes: Uint8Array, offset: number, more: readonly number[]): Uint8Array {
  return Uint8Array.from([...bytes.subarray(0, offset), ...more, ...bytes.subarray(offset)]);
}

const endless = exchanged(sound, 14_247, 17_098, 380);
const sentence =
  "x.h5: expected a whole HDF5 file, got one whose reading does not end (1 s): save or download it again";

describe("an HDF5 file whose reading does not end", () => {
  it.each<[string, Uint8Array]>([
    ["parts exchanged", endless],
    ["bytes put in", inserted(fixture("ops_in_graph/model.h5"), 3764, [254, 229, 244, 107, 212, 26])],
  ])(
    "is refused with %s, and those asked for at the same time are read",
    async (_, bytes) => {
      const watch = watchOnNode(1);
      const read = (file: Uint8Array) => readKerasH5(bytesAsSource(file, "x.h5"), "x.h5", watch);
      const [before, damaged, after] = await Promise.allSettled([read(sound), read(bytes), read(sound)]);
      expect(damaged).toMatchObject({ reason: { code: "bad-file", message: sentence } });
      const variables = [before, after].map((each) => {
        if (each.status === "rejected") throw each.reason;
        const { model, variables } = each.value;
        return model.layers.map((layer) => [...variables(layer)].map(([name, { dims }]) => [name, dims]));
      });
      expect(variables[1]).toEqual(variables[0]);
      expect(variables[0]?.flat()).not.toEqual([]);
    },
    120_000,
  );

  it("is watched for inside a .keras file, too", async () => {
    const watch = watchOnNode();
    const within = vi.fn(watch.within) as typeof watch.within;
    const file = bytesAsSource(fixture("nested_deep/model.keras"), "x.keras");
    await readKerasZip(file, "x.keras", { ...watch, within });
    expect(within).toHaveBeenCalledOnce();
  });
});

describe("an HDF5 file on a slow disk", () => {
  const seconds = 0.5;
  const slow = ({ byteLength, read }: ByteSource, milliseconds: number): ByteSource => ({
    byteLength,
    read(...part) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
      return read(...part);
    },
  });

  it.runIf(everything)("is read, however long it takes", async () => {
    const file = slow(bytesAsSource(sound, "x.h5"), 100);
    const began = performance.now();
    const config = await withHdf5(file, "x.h5", (each) => each.attribute("/", "model_config"), watchOnNode(seconds));
    expect(config).toContain("Functional");
    expect(performance.now() - began).toBeGreaterThan(1000 * seconds);
  });
});

it("a damaged HDF5 file is refused with the library's innermost reason", async () => {
  const damaged = bytesAsSource(inserted(sound, 2050, [1, 2, 3]), "x.h5");
  await expect(readKerasH5(damaged, "x.h5", watchOnNode())).rejects.toThrow(
    /^x\.h5: expected a whole HDF5 file, got one that cannot be read \(bad global heap collection signature\)$/,
  );
});
