/** @file The table of the kit: every deviation is explained, every explanation is needed, and the page is that of the results. */

import { readFileSync } from "node:fs";
import fastify from "fastify";
import { describe, expect, it } from "vitest";
import { difference, type Entry, inputOf, manifest, readArray, valuesOf } from "../../conformance/index.js";
import { kitPage } from "../../conformance/table/page.js";
import { cellsOf, type Explanation, type Results, type Row, unexplained } from "../../conformance/table/results.js";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const results: Results = JSON.parse(read("conformance/results.json"));
const explanations: readonly Explanation[] = JSON.parse(read("conformance/explanations.json"));
const kinds = new Map(manifest.cases.map(({ name, kind }) => [name, kind]));

describe("the table of who is right where", () => {
  it("explains every deviation, and nothing else", () => {
    expect(unexplained(cellsOf(results.rows, kinds), explanations)).toEqual([]);
  });

  it("is on its page as it was measured (npm run conformance:kit -- --page writes it)", () => {
    const page = read("docs/conformance-kit.md");
    expect(kitPage(page, results, explanations)).toBe(page);
  });

  it("has a row for every map of the kit, of Fovea", () => {
    const maps = manifest.cases.flatMap(({ name, methods }) => methods.map((method) => `${name} ${method}`));
    const rows = results.rows.filter(({ tool }) => tool === "Fovea").map((row) => `${row.case} ${row.method}`);
    expect(rows).toEqual(maps);
  });

  it("finds what has no explanation, and what explains nothing", () => {
    const row: Row = { tool: "A", case: "plain", method: "grad-cam", status: "deviates", error: 0.1, reproduced: 1e-7 };
    const cells = cellsOf([row, { ...row, method: "cam", status: "right" }], new Map([["plain", "pooled"]]));
    const explanation = { tool: "A", methods: ["grad-cam"], kinds: ["pooled"], says: "it differs." };
    expect(unexplained(cells, [explanation])).toEqual([]);
    expect(unexplained(cells, [])).toEqual(["A: grad-cam of pooled has no explanation"]);
    expect(unexplained(cells, [{ ...explanation, methods: ["grad-cam", "cam"] }])).toEqual([
      'A: "it differs." explains cam, which does not deviate',
    ]);
    const other = cellsOf([{ ...row, reproduced: 0.01 }], new Map([["plain", "pooled"]]));
    expect(unexplained(other, [explanation])).toEqual(["A: grad-cam of plain is not what its explanation says"]);
  });
});

describe("the kit", () => {
  it("has at least 25 cases, all of what they name, and maps of their shapes", () => {
    expect(manifest.cases.length).toBeGreaterThanOrEqual(25);
    for (const entry of manifest.cases) {
      const [count = 0, ...rest] = inputOf(entry).dims;
      expect(entry.classes.length).toBe(count);
      expect(kinds.get(entry.name)).toSatisfy((kind: string) => kind in manifest.kinds);
      for (const method of entry.methods) {
        const { dims, data } = valuesOf(entry, method);
        expect(dims[0]).toBe(count);
        expect(data.every(Number.isFinite)).toBe(true);
        if (manifest.methods[method]?.kind === "pixels") expect(dims.slice(1)).toEqual(rest);
      }
    }
  });

  it("has a manifest of its schema", async () => {
    const app = fastify({ bodyLimit: 2 ** 24, ajv: { customOptions: { removeAdditional: false } } });
    app.post("/", { schema: { body: JSON.parse(read("conformance/manifest.schema.json")) } }, () => "valid");
    const answer = async (payload: object) => (await app.inject({ method: "POST", url: "/", payload })).statusCode;
    expect(await answer(manifest)).toBe(200);
    expect(await answer({ ...manifest, cases: [] })).toBe(400);
    expect(await answer({ ...manifest, other: 1 })).toBe(400);
  });

  it("has one map that is blank behind its ReLU", () => {
    const entry = manifest.cases.find(({ kind }) => kind === "blank") as Entry;
    expect(valuesOf(entry, "grad-cam").data.every((value) => value < 0)).toBe(true);
  });
});

describe("the reader", () => {
  const exact = { dims: [2, 2], data: Float64Array.of(1, -2, 0, 0.5) };

  it("measures each image by its own largest magnitude", () => {
    expect(difference([1, -2, 0, 0.5], exact, "grad-cam")).toBe(0);
    expect(difference([1, -2, 0, 0.4], exact, "grad-cam")).toBeCloseTo(0.2);
    expect(difference([1, -1, 0, 0.5], exact, "grad-cam")).toBeCloseTo(0.5);
  });

  it("leaves open what a definition does: a sign, a factor", () => {
    expect(difference([-1, 2, 0, 0.5], exact, "eigen-cam")).toBe(0);
    expect(difference([3, -6, 0, 1], exact, "grad-cam++")).toBeCloseTo(0);
    expect(difference([-1, 2, 0, 0.5], exact, "grad-cam++")).toBeGreaterThan(1);
  });

  it("compares behind the ReLU what a tool gives so", () => {
    expect(difference([1, 0, 0, 0.5], exact, "grad-cam", { afterRelu: true })).toBe(0);
  });

  it("takes no other number of values, and no value that is none", () => {
    expect(difference([1], exact, "grad-cam")).toBeNaN();
    expect(difference([Number.NaN, -2, 0, 0.5], exact, "grad-cam")).toBeNaN();
  });

  it("refuses arrays of other types", () => {
    const path = new URL("../fixtures/peers/meta.json", import.meta.url);
    expect(() => readArray(path.pathname)).toThrow("expected float32 or float64");
  });
});
