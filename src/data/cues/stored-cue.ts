/** @file Cues from plain JSON: a mask as the lengths of its runs. */

import { badInput, isObject } from "../../foundation/check.js";
import type { Mask } from "../../image/map/mask.js";
import type { Cue } from "./cue.js";

/** A mask row by row: the number of places that are not meant, then of those that are, and so on in turn. */
export interface StoredMask {
  readonly width: number;
  readonly height: number;
  readonly runs: readonly number[];
}

/** A cue with its mask, if it has one, as runs. */
export type StoredCue = Exclude<Cue, { readonly mask: Mask }> | { readonly kind: "region"; readonly mask: StoredMask };

/**
 * The cue that was written as JSON.
 * @throws FoveaError `bad-input` for a value that is no cue
 */
export function cueFrom(value: unknown, where = "cue"): Cue {
  if (!isObject(value)) throw badInput(where, "a cue", value);
  const { kind } = value;
  if (kind === "region") return { kind, mask: maskFrom(value.mask, `${where}.mask`) };
  const found = placeless.find((each) => each.kind === kind);
  if (found) return found;
  throw badInput(`${where}.kind`, `one of region, ${placeless.map((each) => each.kind).join(", ")}`, kind);
}

/** Cues without a place hold nothing but their kind. */
const placeless: readonly Exclude<Cue, { readonly mask: Mask }>[] = [{ kind: "tint" }];

/** Far above any network's input. */
const longestSide = 8192;

/** The mask of its runs. @throws FoveaError `bad-input` for what is none */
export function maskFrom(value: unknown, where = "mask"): Mask {
  if (!isObject(value)) throw badInput(where, "a mask", value);
  const [width, height] = [value.width, value.height].map((side) => {
    if (typeof side === "number" && Number.isInteger(side) && side > 0 && side <= longestSide) return side;
    throw badInput(where, `sides from 1 to ${longestSide}`, side);
  }) as [number, number];
  const { runs } = value;
  const isRun = (run: unknown): run is number => typeof run === "number" && Number.isInteger(run) && run >= 0;
  if (!Array.isArray(runs) || !runs.every(isRun)) throw badInput(`${where}.runs`, "whole numbers, 0 or more", runs);
  const total = runs.reduce((sum, run) => sum + run, 0);
  if (total !== width * height) throw badInput(`${where}.runs`, `${width * height} places in all`, total);
  const places = new Uint8Array(total);
  let first = 0;
  for (const [i, run] of runs.entries()) {
    places.fill(i % 2, first, first + run);
    first += run;
  }
  return { width, height, places };
}
