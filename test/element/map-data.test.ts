/** @file Heat maps as data: what is taken, and what is refused with a sentence. */

import { describe, expect, it } from "vitest";
import { writeNpy } from "../../src/data/npy.js";
import { heatMapOf, mapAt, readHeatMap } from "../../src/element/map-data.js";
import { float32, Tensor } from "../../src/onnx/tensor.js";

const text = (value: string) => new TextEncoder().encode(value);

describe("a map for <fovea-heatmap>", () => {
  it("is numbers with their size, or a list of rows", () => {
    const expected = { width: 3, height: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) };
    expect(heatMapOf({ width: 3, height: 2, values: [1, 2, 3, 4, 5, 6] }, "map").map).toEqual(expected);
    expect(heatMapOf({ values: [Float64Array.of(1, 2, 3), [4, 5, 6]] }, "map").map).toEqual(expected);
  });

  it("is not changed by what becomes of the page's array", () => {
    const values = Float32Array.of(1, 2);
    const { map } = heatMapOf({ width: 2, height: 1, values }, "map");
    values[0] = 7;
    expect(map.values[0]).toBe(1);
  });

  it("comes from JSON with what is said of it", async () => {
    const json = { values: [[0, 2]], box: { x: 1, y: 2, width: 3, height: 4 }, signed: true, peak: 5, label: "cat" };
    const { map, ...more } = await readHeatMap(text(JSON.stringify(json)), "map.json", []);
    expect([...map.values]).toEqual([0, 2]);
    expect(more).toEqual({ box: json.box, signed: true, peak: 5, label: "cat" });
    expect((await readHeatMap(text("[[1],[2]]"), "map.json", [])).map).toMatchObject({ width: 1, height: 2 });
  });

  it("comes from an array of any numbers, as one of its maps", async () => {
    const array = float32(
      [2, 3, 2, 2],
      Float32Array.from({ length: 24 }, (_, i) => i),
    );
    const read = async (at: number[]) => [...(await readHeatMap(writeNpy(array), "map.npy", at)).map.values];
    expect(await read([])).toEqual([0, 1, 2, 3]);
    expect(await read([1, 2])).toEqual([20, 21, 22, 23]);
    const doubles = writeNpy(new Tensor("float64", [1, 2], Float64Array.of(0.5, 0.25)));
    expect([...(await readHeatMap(doubles, "map.npy", [])).map.values]).toEqual([0.5, 0.25]);
  });

  it.each([
    ["[[1, 2], [3]]", "map.json: row 1: expected 2 numbers, got 1"],
    ["[[1, null]]", "map.json: map 2x1: row 0, column 1: expected a finite number, got NaN"],
    ["[[1, NaN]]", "map.json: expected JSON or an .npy array: "],
    ['{"width": 2, "height": 2, "values": [1]}', "map.json: map 2x2: values: expected 4, got 1"],
    ['{"values": [1]}', "map.json: expected width and height beside values, or a list of rows"],
    ['{"values": "abc"}', "map.json: values: expected a list of numbers, got string"],
    ['{"values": [[1]], "box": {"x": 1}}', "map.json: box: expected x, y, width and height in pixels, got 1"],
    ["7", "map.json: expected an object with width, height and values, got number"],
    ["{}", "map.json: values: expected a list of numbers, got nothing"],
    ["[]", "map.json: expected width and height beside values, or a list of rows"],
    ["<html>", "map.json: expected JSON or an .npy array: "],
  ])("refuses %s", async (json, message) => {
    const refusal = await readHeatMap(text(json), "map.json", []).catch((error: Error) => error.message);
    expect(refusal).toContain(message);
    expect(String(refusal)).not.toMatch(/undefined|\n/);
  });

  it("takes one of several maps, each with its own place and name", async () => {
    const box = { x: 1, y: 2, width: 3, height: 4 };
    const json = text(JSON.stringify({ maps: [{ values: [[1]] }, { values: [[2]], label: "cat", box }] }));
    expect((await readHeatMap(json, "map.json", [])).map.values).toEqual(Float32Array.of(1));
    expect(await readHeatMap(json, "map.json", [1])).toMatchObject({ label: "cat", box });
    for (const at of [[2], [0, 0]])
      await expect(readHeatMap(json, "map.json", at)).rejects.toThrow("map.json: at: expected an index below 2, got");
  });

  it("refuses places that an array does not have", () => {
    const tensor = float32([1, 2, 1, 1], [1, 2]);
    expect(() => mapAt(tensor, [0, 2], "m")).toThrow("m: at: expected indices into [1,2], got 0, 2");
    expect(() => mapAt(tensor, [0, 0, 0], "m")).toThrow("expected indices into [1,2]");
    expect(() => mapAt(float32([2], [1, 2]), [], "m")).toThrow("m: expected an array [..., h, w], got [2]");
  });
});

describe("the entry fovea/element on a server", () => {
  it("is there, defines nothing and throws nothing", async () => {
    const { FoveaHeatmap } = await import("../../src/doors/element.js");
    expect(FoveaHeatmap.observedAttributes).toContain("src");
    expect("customElements" in globalThis).toBe(false);
  });
});
