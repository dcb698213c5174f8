/** @file Reads a model file without its weights: large tensors stay where they are, as external data of the file itself. */

import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FoveaError } from "../../foundation/error.js";
import { dataTypes } from "../tensor.js";
import { type Counted, deepest } from "./budget.js";
import { type ExternalFile, ownFile } from "./external-data.js";
import { Budget } from "./spend.js";
import { unreadable } from "./unreadable.js";

/** Bytes from which on a tensor stays in the file. */
const smallest = 2 ** 16;
/** The same for a file of so many small ones that `muchKept` bytes were kept. */
const smallestOfMany = 2 ** 9;
const muchKept = 2 ** 26;

/** Bytes that are looked at of a file that is no model. */
const looked = 512;

type Message = "model" | "graph" | "node" | "attribute" | "tensor";

/** The fields of onnx.proto on the way to a tensor's raw data. */
const inner: Readonly<Record<Message, Readonly<Record<number, Message>>>> = {
  model: { 7: "graph" },
  graph: { 1: "node", 5: "tensor" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph" },
  tensor: {},
};
const dataType = 2;
const rawData = 9;
const externalData = 13;
const dataLocation = 14;

/** Packed lists of numbers whose bytes are the raw ones, by the element type that they are for. */
const listedRaw: Readonly<Record<number, number>> = { 4: dataTypes.float32, 10: dataTypes.float64 };

/** What the fields of a message count as. */
const countedFields: Readonly<Partial<Record<Message, Readonly<Record<number, Counted>>>>> = {
  graph: { 1: "writtenNodes", 5: "tensors" },
};

/**
 * The ModelProto of a file with its large tensors as external data under the location `ownFile`. It reads no more of a file
 * than it keeps, and gives up as soon as that is more than any network has.
 * @param where how errors name the file
 * @throws FoveaError `bad-file` where the file is not laid out as protobuf, `bad-graph` where it holds more than a model may
 */
export function skimModel(file: ExternalFile, where = file.path): Uint8Array {
  try {
    return new Skimmer(file, new Budget(where)).message("model", 0, file.byteLength);
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    throw unreadable(where, file.read(0, Math.min(looked, file.byteLength)), file.byteLength, cause);
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
  readonly #budget: Budget;
  #kept = 0;
  #window: Uint8Array = new Uint8Array();
  #windowStart = 0;

  constructor(file: ExternalFile, budget: Budget) {
    this.#file = file;
    this.#budget = budget;
  }

  message(kind: Message, start: number, end: number, depth = 1): Uint8Array {
    if (depth > deepest) throw this.#budget.refusal(`expected subgraphs at most ${deepest} levels deep`);
    const out = new BinaryWriter();
    let type: number | undefined;
    for (let at = start; at < end; ) {
      const field = this.#field(at, end);
      const counted = countedFields[kind]?.[field.number];
      if (counted) this.#budget.spend(counted);
      const message = inner[kind][field.number];
      const large = field.wire === WireType.LengthDelimited && field.end - field.body >= this.#smallest;
      if (large && message) this.#nested(out, field, message, depth);
      else if (large && kind === "tensor" && (field.number === rawData || isRaw(field.number, type)))
        appendPlace(out, field.body, field.end - field.body);
      else {
        const bytes = this.#keep(field);
        if (kind === "tensor" && field.number === dataType) type = bytes.at(-1);
        out.raw(bytes);
      }
      at = field.end;
    }
    return out.finish();
  }

  get #smallest(): number {
    return this.#kept < muchKept ? smallest : smallestOfMany;
  }

  #nested(out: BinaryWriter, { number, wire, body, end }: Field, message: Message, depth: number): void {
    out.tag(number, wire).bytes(this.message(message, body, end, depth + 1));
  }

  #keep(field: Field): Uint8Array {
    this.#kept += field.end - field.start;
    this.#budget.spend("kept", field.end - field.start);
    return this.#bytes(field.start, field.end).slice();
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

/** Whether a tensor's list of numbers holds its raw bytes; in such a file the type stands before them. */
function isRaw(field: number, type: number | undefined): boolean {
  return type !== undefined && listedRaw[field] === type;
}

function appendPlace(out: BinaryWriter, offset: number, length: number): void {
  const place = { location: ownFile, offset: String(offset), length: String(length) };
  for (const [key, value] of Object.entries(place)) {
    out.tag(externalData, WireType.LengthDelimited).fork();
    out.tag(1, WireType.LengthDelimited).string(key).tag(2, WireType.LengthDelimited).string(value).join();
  }
  out.tag(dataLocation, WireType.Varint).int32(1);
}
