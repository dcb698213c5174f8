/** @file Reads a model file without its weights: large tensors stay where they are, as external data of the file itself. */

import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { ExternalFile } from "./external-data.js";

/** The location under which a skimmed model's tensors name the model file itself; no path can be that. */
export const ownFile = "\0";

/** Bytes from which on a tensor stays in the file. */
const smallest = 2 ** 16;

type Message = "model" | "graph" | "node" | "attribute" | "tensor";

/** The fields of onnx.proto on the way to a tensor's raw data. */
const inner: Readonly<Record<Message, Readonly<Record<number, Message>>>> = {
  model: { 7: "graph" },
  graph: { 1: "node", 5: "tensor" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph" },
  tensor: {},
};
const rawData = 9;
const externalData = 13;
const dataLocation = 14;

/**
 * The ModelProto of a file with its large tensors as external data under the location `ownFile`; undefined where the file
 * is not laid out as protobuf: the reader of the whole file then names the fault.
 */
export function skimModel(file: ExternalFile): Uint8Array | undefined {
  try {
    return new Skimmer(file).message("model", 0, file.byteLength);
  } catch {
    return undefined;
  }
}

interface Field {
  readonly number: number;
  readonly wire: WireType;
  /** Places in the file: the field's first byte, the first of its content, and the one behind it. */
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

class Skimmer {
  readonly #file: ExternalFile;
  #window: Uint8Array = new Uint8Array();
  #windowStart = 0;

  constructor(file: ExternalFile) {
    this.#file = file;
  }

  message(kind: Message, start: number, end: number): Uint8Array {
    const out = new BinaryWriter();
    for (let at = start; at < end; ) {
      const field = this.#field(at, end);
      const length = field.end - field.body;
      const message = inner[kind][field.number];
      const large = field.wire === WireType.LengthDelimited && length >= smallest;
      if (large && message) out.tag(field.number, field.wire).bytes(this.message(message, field.body, field.end));
      else if (large && kind === "tensor" && field.number === rawData) appendPlace(out, field.body, length);
      else out.raw(this.#bytes(field.start, field.end).slice());
      at = field.end;
    }
    return out.finish();
  }

  #field(start: number, end: number): Field {
    const reader = new BinaryReader(this.#bytes(start, Math.min(start + 20, end)));
    const [number, wire] = reader.tag();
    const at = () => start + reader.pos;
    if (wire === WireType.LengthDelimited) {
      const length = reader.uint32();
      if (at() + length > end) throw new RangeError("a field reaches over its message");
      return { number, wire, start, body: at(), end: at() + length };
    }
    const body = at();
    reader.skip(wire, number);
    return { number, wire, start, body, end: at() };
  }

  #bytes(start: number, end: number): Uint8Array {
    const from = start - this.#windowStart;
    if (from < 0 || end - this.#windowStart > this.#window.length) {
      const length = Math.min(Math.max(end - start, smallest), this.#file.byteLength - start);
      this.#window = this.#file.read(start, length);
      this.#windowStart = start;
    }
    return this.#window.subarray(start - this.#windowStart, end - this.#windowStart);
  }
}

function appendPlace(out: BinaryWriter, offset: number, length: number): void {
  const place = { location: ownFile, offset: String(offset), length: String(length) };
  for (const [key, value] of Object.entries(place)) {
    out.tag(externalData, WireType.LengthDelimited).fork();
    out.tag(1, WireType.LengthDelimited).string(key).tag(2, WireType.LengthDelimited).string(value).join();
  }
  out.tag(dataLocation, WireType.Varint).int32(1);
}
