/** @file Keeps the observations of a report in a file beside it until the report is whole. */

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { writeFileAtomically } from "../../files/atomic.js";
import { streamRegular } from "../../files/input/read-input.js";
import { regularFile } from "../../files/regular-file.js";
import { systemReason } from "../../files/system-error.js";
import { FoveaError } from "../../foundation/error.js";
import { floatMap } from "../../image/map/heatmap.js";
import { createPicture } from "../../image/picture/picture.js";
import type { Observation, ObservationStore } from "../../report/collect/observe/observation.js";

export interface PartialResults {
  /** @param keys a unique key of each photo's result; undefined for a photo whose result is not kept */
  store(keys: readonly (string | undefined)[]): ObservationStore;
  /** The report is whole. */
  remove(): Promise<void>;
}

/**
 * Results are JSON, one line for each photo behind its checksum, added as they come: a killed report leaves whole lines but perhaps the
 * last. The file is made with the first result. In memory is only where each line stands.
 * @throws FoveaError `bad-file` where something else than a readable file is there; `unwritable`, when a result is added
 */
export async function openPartialResults(path: string): Promise<PartialResults> {
  const places = await placesOfResults(path);
  // A line that a killed report began must not run into the next one.
  let separator = existsSync(path) && statSync(path).size > 0 ? "\n" : "";
  return {
    store: (keys) => ({
      has: (index) => places.has(keys[index] ?? ""),
      get(index) {
        const place = places.get(keys[index] ?? "");
        return place && observationAt(path, place);
      },
      async put(index, observation) {
        const key = keys[index];
        if (key === undefined) return;
        // Folders are made and complaints worded as for every other file.
        if (!existsSync(path)) await writeFileAtomically(path, "");
        const text = JSON.stringify({ key, ...encodeObservation(observation) });
        append(path, `${separator}${fingerprint(text)} ${text}\n`);
        separator = "";
      },
    }),
    remove: () => rm(path, { force: true }),
  };
}

/** Tells whether a file is the same: its place, size and time. Undefined where it cannot be looked at. */
export function fileIdentity(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${resolve(path)} ${stats.size} ${stats.mtimeMs}`;
}

/** A short text for all the parts together. */
export function fingerprint(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 32);
}

function append(path: string, line: string): void {
  try {
    appendFileSync(path, line);
  } catch (cause) {
    const got = systemReason(cause);
    throw new FoveaError("unwritable", `${path}: expected a place to keep what was found so far, got ${got}`, {
      cause,
    });
  }
}

/** Bytes of a file. */
interface Place {
  readonly from: number;
  readonly length: number;
}

async function placesOfResults(path: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  if (!existsSync(path)) return places;
  for await (const { line, from } of linesIn(path)) {
    const [sum = ""] = line.split(" ", 1);
    const text = line.slice(sum.length + 1);
    try {
      // Half a line, or none of ours, or one that was damaged: that photo is explained again.
      if (sum !== fingerprint(text)) continue;
      const { key, ...found }: WrittenObservation & { key: string } = JSON.parse(text);
      read(found);
      places.set(key, { from: from + sum.length + 1, length: Buffer.byteLength(text) });
    } catch {
      // Of another version.
    }
  }
  return places;
}

function observationAt(path: string, { from, length }: Place): Observation {
  const bytes = regularFile(path, path).read(from, length);
  const { key: _, ...found }: WrittenObservation & { key: string } = JSON.parse(Buffer.from(bytes).toString());
  return read(found);
}

/** Characters of the longest result. */
const longest = 2 ** 24;

/** The lines of a file but those that are too long to be results, whatever the file is, with the byte that each begins at. */
async function* linesIn(path: string): AsyncGenerator<{ readonly line: string; readonly from: number }> {
  let rest = "";
  let isTooLong = false;
  let [from, read] = [0, 0];
  for await (const piece of streamRegular(path, path, "results").setEncoding("latin1")) {
    const [first = "", ...others] = String(piece).split("\n");
    rest = isTooLong ? "" : rest + first;
    read += first.length;
    for (const next of others) {
      if (!isTooLong) yield { line: Buffer.from(rest, "latin1").toString(), from };
      rest = next;
      isTooLong = false;
      from = read + 1;
      read = from + next.length;
    }
    isTooLong ||= rest.length > longest;
  }
}

const toText = (values: Float32Array | Uint8Array) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
const toBytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const toFloats = (text: string) => new Float32Array(toBytes(text).buffer);

/** An observation with its arrays as base64, little-endian as every machine that Node runs on. */
function encodeObservation({ probabilities, thumbnail, map, ...rest }: Observation) {
  return {
    ...rest,
    probabilities: toText(probabilities),
    thumbnail: { ...thumbnail, pixels: toText(thumbnail.pixels) },
    map: { ...map, values: toText(map.values) },
  };
}

type WrittenObservation = ReturnType<typeof encodeObservation>;

/** @throws an error for anything but an observation */
function read({ probabilities, thumbnail, map, ...rest }: WrittenObservation): Observation {
  const { width, height, channels, pixels } = thumbnail;
  return {
    ...rest,
    probabilities: toFloats(probabilities),
    thumbnail: createPicture(width, height, channels, toBytes(pixels)),
    map: floatMap(map.width, map.height, toFloats(map.values)),
  };
}
