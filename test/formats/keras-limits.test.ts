/** @file Keras files that are vast, or ask for more than a file of their size can hold. */

import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { strToU8, unzipSync, zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { bytesAsSource } from "../../src/files/input/byte-source.js";
import { withHdf5 } from "../../src/formats/keras/hdf5.js";
import { graphAt } from "../../src/formats/node.js";
import { FoveaError } from "../../src/foundation/error.js";
import { writeModel } from "../../src/onnx/write.js";

const model = fileURLToPath(new URL("../fixtures/keras/nested_deep", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "fovea-keras-limits-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const whole = unzipSync(readFileSync(join(model, "model.keras")));

/** What is said of a .keras file with these members in the place of its own. */
async function complaint(members: Record<string, Uint8Array | string>, level: 0 | 9 = 9): Promise<string> {
  const files = Object.entries(members).map(([name, file]) => [name, typeof file === "string" ? strToU8(file) : file]);
  writeFileSync(at("x.keras"), zipSync({ ...whole, ...Object.fromEntries(files) }, { level }));
  const error = await graphAt(at("x.keras")).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FoveaError)) throw error ?? new Error("no complaint");
  expect(error.message).not.toContain("\n");
  return error.message.replace(`${at("x.keras")}: `, "");
}

const bytesOfGraph = async (path: string) => {
  const graph = await graphAt(path);
  if (graph === undefined) throw new Error(`${path}: no Keras model`);
  return Buffer.from(writeModel(graph)).toString("base64");
};

describe("a Keras file above 2 GiB", () => {
  it("is read as the same model where a .keras file has its members behind 5 GiB of others (zip64)", async () => {
    writeVast(at("vast.keras"), whole, 5 * 2 ** 30);
    expect(await bytesOfGraph(at("vast.keras"))).toBe(await bytesOfGraph(join(model, "model.keras")));
    rmSync(at("vast.keras"));
  });

  it("is read as the same model where an .h5 file has 3 GB of nothing behind it", async () => {
    copyFileSync(join(model, "model_keras2.h5"), at("vast.h5"));
    truncateSync(at("vast.h5"), 3e9);
    expect(await bytesOfGraph(at("vast.h5"))).toBe(await bytesOfGraph(join(model, "model_keras2.h5")));
    rmSync(at("vast.h5"));
  });

  it("is refused where there is no archive in it", async () => {
    writeFileSync(at("empty.keras"), "PK\x03\x04");
    truncateSync(at("empty.keras"), 3 * 2 ** 30);
    await expect(graphAt(at("empty.keras"))).rejects.toThrow(/^[^\n]*empty\.keras: expected [^\n]+$/);
    rmSync(at("empty.keras"));
  });
});

/** A zip archive of stored members behind a hole, without checksums. */
function writeVast(path: string, members: Record<string, Uint8Array>, hole: number): void {
  const file = openSync(path, "w");
  const table: Buffer[] = [];
  let end = 0;
  const add = (name: string, content: Uint8Array | undefined, size: number) => {
    const header = Buffer.alloc(30 + name.length);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(name.length, 26);
    header.write(name, 30);
    writeSync(file, header, 0, header.length, end);
    if (content) writeSync(file, content, 0, content.length, end + header.length);
    const entry = Buffer.alloc(46 + name.length + 28);
    entry.writeUInt32LE(0x02014b50, 0);
    for (const field of [20, 24, 42]) entry.writeUInt32LE(0xffffffff, field);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt16LE(28, 30);
    entry.write(name, 46);
    const extra = 46 + name.length;
    entry.writeUInt16LE(1, extra);
    entry.writeUInt16LE(24, extra + 2);
    [size, size, end].forEach((value, i) => entry.writeBigUInt64LE(BigInt(value), extra + 4 + 8 * i));
    table.push(entry);
    end += header.length + size;
  };
  add("assets/hole.bin", undefined, hole);
  for (const [name, content] of Object.entries(members)) add(name, content, content.length);
  const entries = Buffer.concat(table);
  const record = Buffer.alloc(56 + 20 + 22);
  record.writeUInt32LE(0x06064b50, 0);
  [table.length, entries.length, end].forEach((value, i) => record.writeBigUInt64LE(BigInt(value), 32 + 8 * i));
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(end + entries.length), 64);
  record.writeUInt32LE(0x06054b50, 76);
  record.fill(0xff, 76 + 8, 76 + 20);
  const tail = Buffer.concat([entries, record]);
  writeSync(file, tail, 0, tail.length, end);
  closeSync(file);
}

/** A chain of layers as Keras 3 describes it. */
const chain = (layers: readonly unknown[]) =>
  JSON.stringify({ class_name: "Sequential", config: { name: "net", layers } });
const input = { class_name: "InputLayer", config: { batch_shape: [null, 8, 8, 3], name: "in" } };

describe("a small Keras file that asks for much", () => {
  it("is refused for a description of zeros, or of more bytes than any", async () => {
    expect(await complaint({ "config.json": new Uint8Array(65 * 2 ** 20) })).toBe(
      "config.json: expected at most 64 MiB when unpacked, got 65 MiB",
    );
    expect(await complaint({ "config.json": new Uint8Array(2 ** 20) })).toMatch(/^config\.json: expected JSON/);
    expect(await complaint({ "metadata.json": new Uint8Array(65 * 2 ** 20) })).toMatch(
      /^metadata\.json: expected at most/,
    );
  });

  it("is refused for weights that unpack a hundredfold, before they do", async () => {
    expect(await complaint({ "model.weights.h5": new Uint8Array(80 * 2 ** 20) })).toMatch(
      /^model\.weights\.h5: expected at most 640 MiB when unpacked, got 80 MiB out of/,
    );
  });

  it.each<[string, string, RegExp]>([
    ["lists inside each other", "[".repeat(200_000), /expected JSON, got brackets nested more than 256 deep/],
    ["objects inside each other", `{"a":`.repeat(100_000), /expected JSON, got brackets nested more than 256 deep/],
    [
      "layers by the 100,000",
      chain(Array.from({ length: 100_000 }, (_, i) => ({ class_name: "ReLU", config: { name: `r${i}` } }))),
      /expected at most 10000 layers/,
    ],
    ["models inside each other", modelsInside(60), /expected at most 32 models inside each other/],
    [
      "pictures without end",
      chain([{ ...input, config: { name: "in", batch_shape: [null, 1e6, 1e6, 3] } }]),
      /layer "in": expected images, got/,
    ],
    [
      "a vast value",
      chain([input, { class_name: "ZeroPadding2D", config: { name: "pad", padding: [1e6, 1e6] } }]),
      /layer "pad": expected at most 268435456 numbers/,
    ],
    ["calls that double at every level", doubling(25), /expected at most 20000 calls of layers/],
  ])("is refused for %s", async (_, config, sentence) => {
    expect(await complaint({ "config.json": config })).toMatch(sentence);
  });

  it("calls its layers in linear time, in whatever order they stand", async () => {
    const tensor = (name: string) => ({ class_name: "__keras_tensor__", config: { keras_history: [name, 0, 0] } });
    const layers = Array.from({ length: 3000 }, (_, i) => ({
      class_name: "ReLU",
      name: `r${i}`,
      config: { name: `r${i}` },
      inbound_nodes: [{ args: [tensor(i === 0 ? "in" : `r${i - 1}`)], kwargs: {} }],
    }));
    const config = {
      name: "net",
      layers: [...layers.toReversed(), { ...input, name: "in", inbound_nodes: [] }],
      input_layers: ["in", 0, 0],
      output_layers: ["r2999", 0, 0],
    };
    writeFileSync(
      at("reversed.keras"),
      zipSync({ ...whole, "config.json": strToU8(JSON.stringify({ class_name: "Functional", config })) }),
    );
    const graph = await graphAt(at("reversed.keras"));
    expect(graph?.nodes.filter(({ op }) => op === "Relu")).toHaveLength(3000);
  });
});

describe("an HDF5 file", () => {
  /** The bytes of a file with one array, `x`, in chunks of a row, or as it is. */
  async function withArray(values: Float32Array, shape: number[], packed: boolean): Promise<Uint8Array> {
    const { ready, File } = await import("h5wasm");
    const { FS } = await ready;
    const file = new File("/made.h5", "w");
    const how = packed ? { chunks: [1, shape[1] ?? 1], compression: 9 } : {};
    file.create_dataset({ name: "x", data: values, shape, dtype: "<f4", ...how });
    file.close();
    const bytes = FS.readFile("/made.h5");
    FS.unlink("/made.h5");
    return bytes;
  }
  const arrayIn = (bytes: Uint8Array) => withHdf5(bytesAsSource(bytes, "x.h5"), "x.h5", (file) => file.tensor("x"));

  it("gives an array that is read in several pieces as it is", async () => {
    const values = Float32Array.from({ length: 5 * 4_000_000 }, (_, i) => i % 1_000_003);
    const tensor = await arrayIn(await withArray(values, [5, 4_000_000], false));
    expect(tensor?.dims).toEqual([5, 4_000_000]);
    expect(Buffer.compare(new Uint8Array(values.buffer), tensor?.bytes ?? new Uint8Array())).toBe(0);
  });

  it("is refused for an array of zeros that is packed a hundredfold", async () => {
    const bytes = await withArray(new Float32Array(20 * 1_000_000), [20, 1_000_000], true);
    expect(bytes.length).toBeLessThan(2 ** 20);
    await expect(arrayIn(bytes)).rejects.toThrow(/^x\.h5: expected at most .* of weights, got 76\.3 MiB with "x"$/);
  });
});

function modelsInside(depth: number): string {
  let layer: unknown = input;
  for (let i = 0; i < depth; i++) layer = { class_name: "Sequential", config: { name: `m${i}`, layers: [layer] } };
  return JSON.stringify(layer);
}

/** Models of which each calls the one inside it twice. */
function doubling(depth: number): string {
  const tensor = (name: string, call: number) => ({
    class_name: "__keras_tensor__",
    config: { keras_history: [name, call, 0] },
  });
  const first = { ...input, name: "in", inbound_nodes: [] };
  const call = (name: string, index: number) => ({ args: [tensor(name, index)], kwargs: {} });
  let model: Record<string, unknown> = { class_name: "ReLU", name: "inner", config: { name: "inner" } };
  for (let i = 0; i < depth; i++) {
    const inner = { ...model, name: "inner", inbound_nodes: [call("in", 0), call("inner", 0)] };
    const config = {
      name: "inner",
      layers: [first, inner],
      input_layers: [["in", 0, 0]],
      output_layers: [["inner", 1, 0]],
    };
    model = { class_name: "Functional", config };
  }
  return JSON.stringify(model);
}
