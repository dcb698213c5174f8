/** @file Keeps the observations of a report in a file beside it until the report is whole. */

import { floatMap } from "../../image/map/heatmap.js";
import { createPicture } from "../../image/picture/picture.js";
import type { Observation, ObservationStore } from "../../report/collect/observe/observation.js";
import { numbersToText, textToBytes, textToFloats } from "../shards/base64.js";
import { openResultLog } from "../shards/result-log.js";

export interface PartialResults {
  /** @param keys a unique key of each photo's result; undefined for a photo whose result is not kept */
  store(keys: readonly (string | undefined)[]): ObservationStore;
  /** The report is whole. */
  remove(): Promise<void>;
}

/**
 * A log of observations, see `openResultLog`.
 * @throws FoveaError `bad-file` where something else than a readable file is there; `unwritable`, when a result is added
 */
export async function openPartialResults(path: string): Promise<PartialResults> {
  const log = await openResultLog<Observation>(path, { write: encodeObservation, read });
  return {
    store: (keys) => ({
      has: (index) => log.has(keys[index] ?? ""),
      get: (index) => log.get(keys[index] ?? ""),
      async put(index, observation) {
        const key = keys[index];
        if (key !== undefined) await log.put(key, observation);
      },
    }),
    remove: () => log.remove(),
  };
}

/** An observation with its arrays as base64. */
function encodeObservation({ probabilities, thumbnail, map, ...rest }: Observation) {
  return {
    ...rest,
    probabilities: numbersToText(probabilities),
    thumbnail: { ...thumbnail, pixels: numbersToText(thumbnail.pixels) },
    map: { ...map, values: numbersToText(map.values) },
  };
}

type WrittenObservation = ReturnType<typeof encodeObservation>;

/** @throws an error for anything but an observation */
function read(value: unknown): Observation {
  const { probabilities, thumbnail, map, ...rest }: WrittenObservation = Object(value);
  const { width, height, channels, pixels } = thumbnail;
  return {
    ...rest,
    probabilities: textToFloats(probabilities),
    thumbnail: createPicture(width, height, channels, textToBytes(pixels)),
    map: floatMap(map.width, map.height, textToFloats(map.values)),
  };
}
