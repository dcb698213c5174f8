/** @file The pixels of a frame of a DICOM file, as whole numbers, for each way that they are packed. */

import type { ByteArray, Fragment } from "dicom-parser";
import { FoveaError } from "../../../foundation/error.js";
import { type DicomImage, pixelTag } from "./dicom-image.js";
import { unpackRle } from "./rle.js";

type Unpack = (bytes: Uint8Array, image: DicomImage) => Promise<Uint8Array> | Uint8Array;

/** How encapsulated frames are unpacked to whole numbers of the allocated size, by transfer syntax. */
const unpackers: Readonly<Record<string, Unpack>> = {
  "1.2.840.10008.1.2.5": (bytes, { rows, columns, bits }) => unpackRle(bytes, rows * columns, bits.allocated / 8),
  "1.2.840.10008.1.2.4.50": unpackJpeg,
  "1.2.840.10008.1.2.4.51": unpackJpeg,
  "1.2.840.10008.1.2.4.57": unpackLossless,
  "1.2.840.10008.1.2.4.70": unpackLossless,
};
const plain = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"];
const bigEndian = "1.2.840.10008.1.2.2";

/** Names of syntaxes that are not unpacked, for people. */
const unsupported: readonly (readonly [start: string, name: string])[] = [
  ["1.2.840.10008.1.2.4.8", "JPEG-LS"],
  ["1.2.840.10008.1.2.4.9", "JPEG 2000"],
  ["1.2.840.10008.1.2.4.10", "MPEG"],
  ["1.2.840.10008.1.2.4.20", "High-Throughput JPEG 2000"],
];

/** @throws FoveaError `bad-file` for pixels that are packed in a way that is not read */
export function checkSyntax({ syntax, bits }: DicomImage, where: string): void {
  if (![8, 16, 32].includes(bits.allocated)) {
    throw new FoveaError("bad-file", `${where}: expected pixels of 8, 16 or 32 bits, got ${bits.allocated}`);
  }
  if (plain.includes(syntax) || Object.hasOwn(unpackers, syntax)) return;
  const name = unsupported.find(([start]) => syntax.startsWith(start))?.[1] ?? "another packing";
  throw new FoveaError(
    "bad-file",
    `${where}: expected plain pixels, or those packed by RLE, JPEG or lossless JPEG, got ${name}: convert it first, e.g. dcmdjpeg or gdcmconv --raw`,
  );
}

/** The frame's stored numbers, [rows, columns]. @throws FoveaError `bad-file` for pixels that are cut short or broken */
export async function frameNumbers(image: DicomImage, frame: number, where: string): Promise<Int32Array> {
  const { rows, columns, bits, syntax } = image;
  const size = (rows * columns * bits.allocated) / 8;
  const unpack = unpackers[syntax];
  const bytes = unpack ? await unpacked(unpack, image, frame, where) : plainBytes(image, frame, size);
  if (bytes.length < size)
    throw new FoveaError("bad-file", `${where}: cut short: expected ${size} bytes of pixels, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  const little = syntax !== bigEndian;
  const shift = 32 - bits.stored;
  const drop = bits.high + 1 - bits.stored;
  const get = (at: number) => {
    if (bits.allocated === 8) return view.getUint8(at);
    return bits.allocated === 16 ? view.getUint16(2 * at, little) : view.getUint32(4 * at, little);
  };
  const numbers = new Int32Array(rows * columns);
  for (let i = 0; i < numbers.length; i++) {
    const raw = (get(i) >>> drop) << shift;
    numbers[i] = bits.signed ? raw >> shift : raw >>> shift;
  }
  return numbers;
}

function plainBytes({ data }: DicomImage, frame: number, size: number): Uint8Array {
  const { dataOffset = 0, length = 0 } = data.elements[pixelTag] ?? {};
  const all = data.byteArray.subarray(dataOffset, dataOffset + length);
  return all.subarray(frame * size, (frame + 1) * size);
}

async function unpacked(unpack: Unpack, image: DicomImage, frame: number, where: string): Promise<Uint8Array> {
  try {
    return await unpack(await encapsulated(image, frame), image);
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    throw new FoveaError("bad-file", `${where}: expected pixels that unpack, got broken ones`);
  }
}

/** The bytes of a packed frame: its own fragments, or all of them where there is one frame. */
async function encapsulated({ data, frames }: DicomImage, frame: number): Promise<ByteArray> {
  const { default: parser } = await import("./parser.js");
  const element = data.elements[pixelTag];
  const fragments: readonly Fragment[] = element?.fragments ?? [];
  if (element === undefined || fragments.length === 0) throw new Error("no fragments");
  const parts = (first: number, count: number) =>
    parser.readEncapsulatedPixelDataFromFragments(data, element, first, count);
  if (frames.length === 1) return parts(0, fragments.length);
  if (fragments.length === frames.length) return parts(frame, 1);
  const offsets = element.basicOffsetTable ?? [];
  const table = offsets.length > 0 ? offsets : parser.createJPEGBasicOffsetTable(data, element);
  return parser.readEncapsulatedImageFrame(data, element, frame, table);
}

/** JPEG of 8 bits. */
async function unpackJpeg(bytes: Uint8Array, { bits: { allocated } }: DicomImage): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const grey = await sharp(bytes).extractChannel(0).raw({ depth: "uchar" }).toBuffer();
  return allocated === 8 ? grey : new Uint8Array(Uint16Array.from(grey).buffer);
}

async function unpackLossless(bytes: Uint8Array, { bits: { allocated } }: DicomImage): Promise<Uint8Array> {
  const { default: jpeg } = await import("jpeg-lossless-decoder-js");
  return new Uint8Array(
    new jpeg.lossless.Decoder(allocated / 8).decompress(new Uint8Array(bytes).buffer, 0, bytes.length),
  );
}
