/** @file Fovea on the conformance kit: every map of every case, from the equations in float64. */

import { describe, expect, it } from "vitest";
import { difference, type Entry, manifest, valuesOf } from "../../conformance/index.js";
import { foveaValues } from "../../conformance/runners/fovea.js";
import { share } from "../support/share.js";

/** Rounding of float32 alone; the kit has no case that float32 cannot compute within 3e-5. */
const bar = 1e-4;

/** What Fovea refuses, by case; conformance/explanations.json says why. */
const refused: Readonly<Record<string, readonly string[]>> = { "resnet-dynamo": ["cam"] };

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
  it.each(share(named, 11))("%s", async (name, entry) => {
    expect(
      await wrong(
        entry,
        entry.methods.filter((method) => !refused[name]?.includes(method)),
      ),
    ).toEqual([]);
  });

  it.each(Object.entries(refused))("%s: what is refused is an error", async (name, methods) => {
    const entry = manifest.cases.find((each) => each.name === name) as Entry;
    for (const method of methods) await expect(foveaValues(entry, [method])).rejects.toThrow(method);
  });
});

describe("the cases of the kit as Keras files", () => {
  const ofLayer = ["grad-cam", "grad-cam++", "xgrad-cam", "hires-cam", "layer-cam", "eigen-cam", "ablation-cam"];

  it.each(
    share(
      named.filter(([, { keras }]) => keras),
      8,
    ),
  )("%s", async (_name, entry) => {
    const methods = ofLayer.filter((method) => entry.methods.includes(method));
    expect(await wrong(entry, methods, "model.keras")).toEqual([]);
  });
});
