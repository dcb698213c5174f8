/** @file Counts what a model file holds by its wire format alone, so that a file that asks for too much is refused before it is decoded. */

import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { ModelProtoSchema } from "../proto/onnx_pb.js";
import { type Counted, deepest } from "./budget.js";
import type { Budget } from "./spend.js";

/** What a field of a message holds, as far as it costs anything. */
type Content = DescMessage | "name" | "text" | "wholeNumbers" | "numbers" | "raw";

/** By field number; other fields are single numbers, or unknown. */
type Contents = ReadonlyMap<number, Content | undefined>;

/**
 * Counts the parts of a ModelProto: time and memory are those of a walk over its fields; raw weights are passed over.
 * @throws FoveaError `bad-graph` for more than the budget allows; another error where the bytes are no protobuf
 */
export function survey(bytes: Uint8Array, budget: Budget): void {
  new Surveyor(bytes, budget).message(ModelProtoSchema, bytes.length, 1);
}

class Surveyor {
  readonly #bytes: Uint8Array;
  readonly #reader: BinaryReader;
  readonly #budget: Budget;

  constructor(bytes: Uint8Array, budget: Budget) {
    this.#bytes = bytes;
    this.#reader = new BinaryReader(bytes);
    this.#budget = budget;
  }

  message(kind: DescMessage, end: number, depth: number): void {
    if (depth > deepest) throw this.#budget.refusal(`expected subgraphs and types at most ${deepest} levels deep`);
    const counted = countedMessages[kind.name];
    if (counted) this.#budget.spend(counted);
    this.#budget.spend("parts");
    const contents = contentsOf(kind);
    const reader = this.#reader;
    while (reader.pos < end) {
      const [number, wire] = reader.tag();
      if (wire !== WireType.LengthDelimited) {
        reader.skip(wire, number);
        this.#single(contents, number);
        continue;
      }
      const length = reader.uint32();
      const next = reader.pos + length;
      if (next > end) throw new RangeError("a field reaches over its message");
      this.#content(contents, number, next, depth);
      reader.pos = next;
    }
    if (reader.pos > end) throw new RangeError("a field reaches over its message");
  }

  /** An element of a list that is not packed, or an unknown field. */
  #single(contents: Contents, number: number): void {
    const content = contents.get(number);
    if (content === "wholeNumbers" || content === "numbers") this.#budget.spend(content);
    else if (!contents.has(number)) this.#budget.spend("parts");
  }

  #content(contents: Contents, number: number, end: number, depth: number): void {
    const { pos: start } = this.#reader;
    const content = contents.get(number);
    switch (content) {
      case "raw":
        return;
      case "name":
        this.#budget.spend("parts");
        this.#budget.spendName(this.#bytes.subarray(start, end));
        return;
      case "wholeNumbers":
        this.#budget.spend(content, this.#varints(start, end));
        return;
      case "numbers":
        // An upper limit for fixed sizes of four and eight bytes as well as for varints.
        this.#budget.spend(content, number === listedIntegers ? this.#varints(start, end) : (end - start) / 4);
        return;
      case "text":
      case undefined:
        this.#budget.spend("parts");
        this.#budget.spend("texts", end - start);
        return;
      default:
        this.message(content, end, depth + 1);
    }
  }

  /** How many varints there are: each has one byte below 128, its last. */
  #varints(start: number, end: number): number {
    let count = 0;
    for (let at = start; at < end; at++) if ((this.#bytes[at] as number) < 128) count++;
    return count;
  }
}

/** TensorProto.int32_data; AttributeProto has no list of numbers under this number. */
const listedIntegers = 5;

const countedMessages: Readonly<Record<string, Counted>> = { NodeProto: "writtenNodes", TensorProto: "tensors" };

const known = new Map<DescMessage, Contents>();

function contentsOf(kind: DescMessage): Contents {
  const existing = known.get(kind);
  if (existing) return existing;
  const contents = new Map(kind.fields.map((field) => [field.number, contentOf(kind, field)]));
  known.set(kind, contents);
  return contents;
}

const wide: readonly ScalarType[] = [ScalarType.INT64, ScalarType.UINT64];

function contentOf({ name }: DescMessage, field: DescField): Content | undefined {
  if (field.message) return field.message;
  const isText = name === "StringStringEntryProto" || field.name === "doc_string";
  if (field.scalar === ScalarType.STRING) return isText ? "text" : "name";
  if (field.scalar === ScalarType.BYTES) return field.name === "raw_data" ? "raw" : "text";
  if (field.fieldKind !== "list") return undefined;
  return field.scalar !== undefined && wide.includes(field.scalar) ? "wholeNumbers" : "numbers";
}
