/** @file Fovea on the conformance kit: every map of every case, from the equations in float64. */

import { describe, expect, it } from "vitest";
import { difference, type Entry, manifest, valuesOf } from "../../conformance/index.js";
import { foveaValues } from "../../conformance/runners/fovea.js";
import { share } from "../support/share.js";

/** Rounding of float32 alone; the kit has no case that float32 cannot compute within 3e-5. */
const bar = 1e-4;

/** The methods whose values are further off. */
async function wrong(entry: Entry, ...how: [methods?: readonly string[], file?: "model.keras"]): Promise<string[]> {
  const values = await foveaValues(entry, ...how);
  expect(values.size).toBeGreaterThan(4);
  return [...values].flatMap(([method, found]) => {
    const error = difference(found, valuesOf(entry, method), method);
    return error <= bar ? [] : [`${method}: ${error.toExponential(1)}`];
  });
}

const named = manifest.cases.map((entry) => [entry.name, entry] as const);

describe("the cases of the kit", () => {
  it.each(share(named, 22))("%s", async (_name, entry) => {
    expect(await wrong(entry)).toEqual([]);
  });
});

describe("the cases of the kit as Keras files", () => {
  const ofLayer = ["grad-cam", "grad-cam++", "xgrad-cam", "hires-cam", "layer-cam", "eigen-cam", "ablation-cam"];

  it.each(
    share(
      named.filter(([, { keras }]) => keras),
      15,
    ),
  )("%s", async (_name, entry) => {
    const methods = ofLayer.filter((method) => entry.methods.includes(method));
    expect(await wrong(entry, methods, "model.keras")).toEqual([]);
  });
});
