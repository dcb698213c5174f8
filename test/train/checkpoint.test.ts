/** @file Checkpoints that are damaged, cut off, of another training, or none: one sentence, never a wrong training. */

import { crc32 as zlibCrc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { drawDigits } from "../../src/data/digits/digits.js";
import { FoveaError } from "../../src/foundation/error.js";
import { random } from "../../src/foundation/random.js";
import { emptyGraph } from "../../src/onnx/graph.js";
import { readModel } from "../../src/onnx/read/read.js";
import { float32, type Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.js";
import { crc32 } from "../../src/train/crc32.js";
import { trainingSettings } from "../../src/train/network/recipes.js";
import { type Checkpoint, trainNetwork } from "../../src/train/train.js";
import { runtime } from "../support/runtime.js";
import { share } from "../support/share.js";

const settings = trainingSettings("compact", { epochs: 2, batchSize: 50 });
const record = {
  ...{ epoch: 1, trainLoss: 0.5, trainAccuracy: 0.75, validationLoss: null, validationAccuracy: null },
  ...{ learningRate: 0.01, seconds: 1.5 },
};
const state = { parameters: float32([6], [1, 2, 3, 4, 5, 6]), moment: float32([2], [-1, Number.NaN]) };
const checkpoint: Checkpoint = { settings, history: [record], state };
const whole = encodeCheckpoint(checkpoint);
const plain = ({ settings, history, state }: Checkpoint) => ({
  settings,
  history,
  state: Object.entries(state).map(([name, { type, dims, bytes }]) => [name, type, dims, [...bytes]]),
});

function refusalOf(bytes: Uint8Array): string {
  try {
    decodeCheckpoint(bytes, "out.onnx.checkpoint");
  } catch (error) {
    expect(error).toBeInstanceOf(FoveaError);
    expect(error).toMatchObject({
      code: "bad-file",
      message: expect.stringMatching(/^out\.onnx\.checkpoint: [^\n]+$/),
    });
    return (error as Error).message;
  }
  throw new Error("expected it to be refused");
}

/** A file with the right checksum, whatever it says. */
function sealed(metadata: string | undefined, tensors: Readonly<Record<string, Tensor>> = state): Uint8Array {
  const graph = readModel(encodeCheckpoint({ ...checkpoint, state: tensors }).subarray(0, -28), "x");
  if (metadata === undefined) graph.metadata.delete("fovea.checkpoint");
  else graph.metadata.set("fovea.checkpoint", metadata);
  const model = writeModel(graph);
  const [key, sum] = ["fovea.checksum", zlibCrc32(model).toString(16).padStart(8, "0")];
  const entry = Buffer.concat([
    Buffer.from([0x0a, key.length]),
    Buffer.from(key),
    Buffer.from([0x12, 8]),
    Buffer.from(sum),
  ]);
  return Buffer.concat([model, Buffer.from([0x72, entry.length]), entry]);
}

describe("crc32", () => {
  it("is that of zlib", () => {
    const source = random(3).fork("bytes");
    for (const length of [0, 1, 9, 1000]) {
      const bytes = Uint8Array.from({ length }, () => Math.floor(source.uniform() * 256));
      expect(crc32(bytes)).toBe(zlibCrc32(bytes));
    }
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });
});

describe("a checkpoint", () => {
  it("comes back as it was, and is a model file with its checksum at the end", () => {
    expect(plain(decodeCheckpoint(whole))).toEqual(plain(checkpoint));
    expect(readModel(whole, "whole").metadata.get("fovea.checksum")).toBe(
      zlibCrc32(whole.subarray(0, -28)).toString(16).padStart(8, "0"),
    );
    expect(plain(decodeCheckpoint(sealed(JSON.stringify({ settings, history: [record] }))))).toEqual(plain(checkpoint));
  });

  it("is refused wherever it ends", () => {
    expect(refusalOf(whole.subarray(0, 0))).toContain("got an empty file");
    for (let end = 1; end < whole.length; end++) expect(refusalOf(whole.subarray(0, end))).toContain("damaged");
  });

  it("is refused whichever bit is changed", () => {
    const bits = Array.from({ length: 8 * whole.length }, (_, bit) => bit);
    for (const bit of share(bits, 7)) {
      const damaged = whole.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(refusalOf(damaged)).toContain("damaged");
    }
  });

  it("is refused where other bytes are in its place", () => {
    for (const text of ["", "{oops", "null", "[]", "[".repeat(100_000), "\0".repeat(1000)])
      refusalOf(Buffer.from(text));
    const earlier = writeModel({ ...emptyGraph("checkpoint"), metadata: new Map([["fovea.checkpoint", "{}"]]) });
    expect(refusalOf(earlier)).toContain("damaged, or of an earlier version");
  });

  it.each<[string, string | undefined]>([
    ["none", undefined],
    ["nothing", ""],
    ["no JSON", "{oops"],
    ["null", "null"],
    ["a list", "[]"],
    ["lists without end", "[".repeat(200_000)],
    ["lists within lists", `${"[".repeat(200_000)}${"]".repeat(200_000)}`],
    ["an object of nothing", "{}"],
    ["no history", JSON.stringify({ settings })],
    ["no settings", JSON.stringify({ history: [record] })],
    ["settings of other types", JSON.stringify({ settings: { ...settings, epochs: "2" }, history: [record] })],
    ["a distortion that is none", JSON.stringify({ settings: { ...settings, augmentation: [1] }, history: [record] })],
    ["epochs that are none", JSON.stringify({ settings, history: [null] })],
    ["epochs of another order", JSON.stringify({ settings, history: [{ ...record, epoch: 2 }] })],
    ["more epochs than there are to be", JSON.stringify({ settings: { ...settings, epochs: 0 }, history: [record] })],
  ])("is refused where its metadata are %s", (_, metadata) => {
    expect(refusalOf(sealed(metadata))).toMatch(
      /expected the whole checkpoint of an unfinished training, got one without/,
    );
  });

  it("of another network or of other data is refused before the training goes on", async () => {
    const digits = drawDigits({ seed: 1, train: 100, test: 10 });
    const saved: Checkpoint[] = [];
    await trainNetwork(
      digits.train,
      undefined,
      10,
      { ...settings, epochs: 1 },
      {
        runtime,
        onEpoch: (each) => void saved.push(each),
      },
    );
    const [first] = saved as [Checkpoint];
    const go = (changed: Record<string, Tensor>) =>
      trainNetwork(digits.train, undefined, 10, settings, {
        runtime,
        from: { ...first, state: changed, where: "out.onnx.checkpoint" },
      });
    const { parameters, ...rest } = first.state as Record<string, Tensor> & { parameters: Tensor };
    const size = parameters.size;
    for (const [changed, message] of [
      [rest, `"parameters": expected float32 [${size}], got none`],
      [{ ...rest, parameters: float32([2], [1, 2]) }, `"parameters": expected float32 [${size}], got float32 [2]`],
      [{ ...first.state, more: float32([1], [1]) }, '"more": expected none, got float32 [1]'],
    ] as const) {
      await expect(go(changed)).rejects.toMatchObject({ code: "bad-file" });
      await expect(go(changed)).rejects.toThrow(
        `out.onnx.checkpoint: ${message}, as of another network or of other data`,
      );
    }
  });
});
