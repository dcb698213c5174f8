/** @file The cues of `--exchange`: a picture whose light places are a region, or the tint of the whole image. */

import type { Cue } from "../../data/cues/cue.js";
import type { ImageDims } from "../../data/cues/image-dims.js";
import { FoveaError } from "../../foundation/error.js";
import type { Picture } from "../../image/picture/picture.js";
import { crc32 } from "../../train/crc32.js";
import { baseName } from "../options/command-line.js";
import { platform } from "../platform.js";

/** A cue that is not yet of the images' size. */
export interface AskedCue {
  /** In words, for the settings: without folders, and another for another region. */
  readonly words: string;
  readonly at: (dims: ImageDims) => Cue;
}

/** Of a sample: what is as light belongs to the region. */
const light = 128;

/**
 * @param choices `tint`, or pictures
 * @throws FoveaError `not-found`, `bad-file`, `bad-input` for a picture without light places, or of nothing else
 */
export async function askedCues(choices: readonly string[]): Promise<AskedCue[]> {
  const cues: AskedCue[] = [];
  for (const choice of choices) cues.push(choice === "tint" ? tint : await regionIn(choice));
  return cues;
}

const tint: AskedCue = { words: "tint", at: () => ({ kind: "tint" }) };

async function regionIn(path: string): Promise<AskedCue> {
  const picture = await platform.decode(path);
  const places = placesOf(picture);
  const area = places.reduce((sum, place) => sum + place, 0);
  if (area === 0 || area === places.length) {
    const got = area === 0 ? "only dark ones" : "only light ones";
    throw new FoveaError("bad-input", `${path}: --exchange: expected a picture of light and dark places, got ${got}`);
  }
  const sum = crc32(places).toString(16).padStart(8, "0");
  const { width, height } = picture;
  return {
    words: `region ${baseName(path)} (${width}x${height}, ${area} places, ${sum})`,
    at: ([, rows, columns]) => ({
      kind: "region",
      mask: { width: columns, height: rows, places: resized(places, width, height, columns, rows) },
    }),
  };
}

/** 1 where the picture is light. */
function placesOf({ width, height, channels, pixels }: Picture): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += pixels[i * channels + c] ?? 0;
    return sum >= light * channels ? 1 : 0;
  });
}

/** Each place takes what lies at its centre. */
function resized(places: Uint8Array, width: number, height: number, columns: number, rows: number): Uint8Array {
  return Uint8Array.from({ length: columns * rows }, (_, i) => {
    const x = Math.floor((((i % columns) + 0.5) * width) / columns);
    const y = Math.floor(((Math.floor(i / columns) + 0.5) * height) / rows);
    return places[y * width + x] ?? 0;
  });
}

/** For the settings; undefined where nothing is exchanged. */
export function exchangeInWords(cues: readonly AskedCue[]): readonly string[] | undefined {
  return cues.length > 0 ? cues.map(({ words }) => words) : undefined;
}
