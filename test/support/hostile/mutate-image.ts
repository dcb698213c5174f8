/** @file Damage to pictures that knows their formats: sizes, chunks, markers, headers, tags, boxes. Seeded. */

import { crc32, deflateSync } from "node:zlib";
import type { Random } from "../../../src/foundation/random.js";
import { join, type Mutated, mutateBytes, pick } from "./mutate.js";
import { mutateSvg } from "./mutate-svg.js";
import { mutateBoxes, mutateTiff } from "./mutate-tiff.js";

const text = (content: string) => new TextEncoder().encode(content);
const absurd32 = [0, 1, 2, 255, 65_535, 65_536, 100_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

function word(value: number, little = false): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, little);
  return bytes;
}

/** A PNG chunk with its right checksum, or a given one. */
export function pngChunk(
  type: string,
  data: Uint8Array,
  { length = data.length, crc }: { length?: number; crc?: number } = {},
) {
  const body = join(text(type), data);
  return join(word(length), body, word(crc ?? crc32(body)));
}

const pngSignature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

export function pngHeader(width: number, height: number, depth = 8, colour = 0, interlace = 0): Uint8Array {
  return pngChunk("IHDR", join(word(width), word(height), Uint8Array.of(depth, colour, 0, 0, interlace)));
}

/** A PNG of few bytes that unpacks to many pixels, all of them there. */
export function pngBomb(width: number, height: number): Uint8Array {
  const row = Math.ceil(width / 8) + 1;
  const data = deflateSync(new Uint8Array(row * height), { level: 9 });
  return join(pngSignature, pngHeader(width, height, 1), pngChunk("IDAT", data), pngChunk("IEND", new Uint8Array()));
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

function chunksOf(png: Uint8Array): Chunk[] {
  const [view, chunks]: [DataView, Chunk[]] = [new DataView(png.buffer, png.byteOffset, png.length), []];
  for (let at = 8; at + 12 <= png.length; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    chunks.push({ type, data: png.slice(at + 8, at + 8 + view.getUint32(at)) });
  }
  return chunks;
}

function mutatePng(png: Uint8Array, source: Random): Mutated {
  const chunks = chunksOf(png);
  const whole = (list: readonly (Chunk | Uint8Array)[]) =>
    join(pngSignature, ...list.map((each) => (each instanceof Uint8Array ? each : pngChunk(each.type, each.data))));
  const at = source.below(chunks.length);
  const chunk = chunks[at] as Chunk;
  const header = (offset: number, value: Uint8Array, what: string) => {
    (chunks[0] as Chunk).data.set(value, offset);
    return { bytes: whole(chunks), what };
  };
  switch (source.below(11)) {
    case 0: {
      const [which, value] = [source.below(2), pick(absurd32, source)];
      return header(4 * which, word(value), `${["width", "height"][which]} ${value}`);
    }
    case 1: {
      const [depth, colour] = [pick([0, 1, 2, 3, 8, 16, 255], source), source.below(8)];
      return header(8, Uint8Array.of(depth, colour), `bit depth ${depth}, colour type ${colour}`);
    }
    case 2: {
      const byte = source.below(3);
      return header(10 + byte, Uint8Array.of(source.below(4)), `compression, filter or interlacing ${byte}`);
    }
    case 3: {
      const lied = pngChunk(chunk.type, chunk.data, { crc: source.below(2 ** 32) });
      return { bytes: whole(chunks.with(at, lied as never)), what: `a wrong checksum of ${chunk.type}` };
    }
    case 4: {
      const length = pick(absurd32, source);
      const lied = pngChunk(chunk.type, chunk.data, { length });
      return { bytes: whole(chunks.with(at, lied as never)), what: `${chunk.type} of ${length} bytes` };
    }
    case 5:
      return { bytes: whole(chunks.toSpliced(at, 1)), what: `${chunk.type} is gone` };
    case 6:
      return { bytes: whole([...chunks.slice(0, at + 1), ...chunks.slice(at)]), what: `${chunk.type} twice` };
    case 7: {
      const other = source.below(chunks.length);
      const swapped = chunks.with(at, chunks[other] as Chunk).with(other, chunk);
      return { bytes: whole(swapped), what: `chunks ${at} and ${other} exchanged` };
    }
    case 8: {
      const data = deflateSync(new Uint8Array(pick([0, 1, 100, 30_000_000], source)));
      const type = pick(["IDAT", "zTXt", "iCCP"], source);
      const named = type === "IDAT" ? data : join(text("a\0\0"), data);
      return { bytes: whole(chunks.toSpliced(1, 0, { type, data: named })), what: `${type} of zeros put in` };
    }
    case 9: {
      const type = pick(["eXIf", "PLTE", "tRNS", "acTL", "gAMA", "cICP", "sBIT", "evIL", "\0\0\0\0"], source);
      const data = Uint8Array.from({ length: source.below(200) }, () => source.below(256));
      return { bytes: whole(chunks.toSpliced(1, 0, { type, data })), what: `random ${type} put in` };
    }
    default: {
      const [width, height] = pick(
        [
          [30_000, 30_000],
          [65_000, 65_000],
          [100_000, 900],
          [1, 200_000],
        ] as const,
        source,
      );
      return { bytes: pngBomb(width, height), what: `a bomb of ${width}x${height}` };
    }
  }
}

function mutateJpeg(jpeg: Uint8Array, source: Random): Mutated {
  const [result, markers]: [Uint8Array, number[]] = [jpeg.slice(), []];
  const view = new DataView(result.buffer);
  for (let at = 2; at + 4 < result.length && result[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    markers.push(at);
    if (result[at + 1] === 0xda) break;
  }
  const at = pick(markers, source);
  const kind = (result[at + 1] as number).toString(16);
  const frame = markers.find((marker) => [0xc0, 0xc2].includes(result[marker + 1] as number)) as number;
  const scan = markers.at(-1) as number;
  switch (source.below(9)) {
    case 0: {
      const [which, value] = [source.below(2), pick([0, 1, 2, 30_000, 65_500, 65_535], source)];
      view.setUint16(frame + 5 + 2 * which, value);
      return { bytes: result, what: `${["height", "width"][which]} ${value}` };
    }
    case 1: {
      view.setUint16(frame + 5, 65_500);
      view.setUint16(frame + 7, 65_500);
      return { bytes: result, what: "65500x65500" };
    }
    case 2: {
      const [byte, value] = [pick([4, 9, 11, 12, 14], source), pick([0, 1, 2, 4, 12, 255], source)];
      result[frame + byte] = value;
      return { bytes: result, what: `byte ${byte} of the frame header is ${value}` };
    }
    case 3: {
      const length = pick([0, 1, 2, 3, 65_535], source);
      view.setUint16(at + 2, length);
      return { bytes: result, what: `marker ${kind} of ${length} bytes` };
    }
    case 4:
      result[at + 1] = pick([0x00, 0xc1, 0xc2, 0xc3, 0xc9, 0xd8, 0xd9, 0xda, 0xdd, 0xe1, 0xfe, 0xff], source);
      return { bytes: result, what: `marker ${kind} is ${(result[at + 1] as number).toString(16)}` };
    case 5: {
      const length = 2 + view.getUint16(at + 2);
      return { bytes: join(result.subarray(0, at), result.subarray(at + length)), what: `marker ${kind} is gone` };
    }
    case 6: {
      const orientation = source.below(300);
      const tags = pick([1, 0, 65_535], source);
      const entry = Uint8Array.of(0x01, 0x12, 0, 3, 0, 0, 0, 1, orientation >> 8, orientation & 255, 0, 0);
      const tiff = join(
        text("MM\0*"),
        word(pick([8, 0, 2 ** 32 - 1], source)),
        Uint8Array.of(tags >> 8, tags & 255),
        entry,
      );
      const body = join(text("Exif\0\0"), tiff, word(0));
      const length = body.length + 2;
      const segment = join(Uint8Array.of(0xff, 0xe1, length >> 8, length & 255), body);
      const bytes = join(result.subarray(0, 2), segment, result.subarray(2));
      return { bytes, what: `EXIF with ${tags} tags, orientation ${orientation}` };
    }
    case 7: {
      const repeated = pick([50, 2000], source);
      const piece = result.subarray(scan, Math.min(result.length - 2, scan + 200));
      const scans = join(...Array.from({ length: repeated }, () => piece));
      view.setUint8(frame + 1, 0xc2);
      const bytes = join(result.subarray(0, scan), scans, result.subarray(scan));
      return { bytes, what: `progressive, ${repeated} scans more` };
    }
    default: {
      const length = scan + source.below(result.length - scan);
      return { bytes: result.slice(0, length), what: `cut within the picture at ${length}` };
    }
  }
}

function mutateGif(gif: Uint8Array, source: Random): Mutated {
  const result = gif.slice();
  const view = new DataView(result.buffer);
  const screen = source.below(2) === 0;
  const image = result.indexOf(0x2c, 13);
  const [at, value] = [(screen ? 6 : image + 5) + 2 * source.below(2), pick([0, 1, 65_535, 20_000], source)];
  if (at + 2 <= result.length) view.setUint16(at, value, true);
  return { bytes: result, what: `size ${value} of the ${screen ? "screen" : "image"}` };
}

function mutateWebp(webp: Uint8Array, source: Random): Mutated {
  const result = webp.slice();
  const view = new DataView(result.buffer);
  const at = pick([4, 16, 20, 24, 26], source);
  const value = pick(absurd32, source);
  view.setUint32(at, value, true);
  return { bytes: result, what: `word at ${at} is ${value}` };
}

/** Damage that knows the format, by file ending. */
const formats: Readonly<Record<string, (bytes: Uint8Array, source: Random) => Mutated>> = {
  png: mutatePng,
  jpg: mutateJpeg,
  gif: mutateGif,
  webp: mutateWebp,
  tif: mutateTiff,
  avif: mutateBoxes,
  svg: (bytes, source) => {
    const { text: drawing, what } = mutateSvg(new TextDecoder().decode(bytes), source);
    return { bytes: text(drawing), what };
  },
};

/** Damage to a picture of that ending: a third of the time to its bytes, else to what they mean. */
export function mutatePicture(ending: string, bytes: Uint8Array, source: Random): Mutated {
  const known = formats[ending];
  if (known === undefined || source.below(3) === 0) return mutateBytes(bytes, source);
  // A copy, and none of Buffer's slices, which share.
  return known(new Uint8Array(bytes), source);
}
