/** @file The passes that bring a file into the form that explainers know. */

import { describe, expect, it } from "vitest";
import type { Model } from "../../src/model/model.js";
import { openModel, passes, passTable } from "../../src/model/open.js";
import { definePass, hasFields } from "../../src/model/passes/pass.js";
import { convNet } from "../explain/architectures/networks.js";
import { runtime } from "../support/runtime.js";

describe("the passes of a model", () => {
  it("have names of their own, and a sentence each", () => {
    const names = passes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, does } of passes) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(does).toMatch(/^[A-Z][^|\n]+\.$/);
    }
  });

  it("need only what the passes before them give", () => {
    const fields = new Set<keyof Model>(["graph", "beside", "given", "notes"]);
    for (const { name, needs, gives } of passes) {
      expect([name, needs.filter((field) => !fields.has(field))]).toEqual([name, []]);
      for (const field of gives) fields.add(field);
    }
  });

  it("fill in every field that they say they give, and no other", async () => {
    let draft: Partial<Model> = { graph: convNet(), beside: undefined, given: undefined, notes: [] };
    for (const pass of passes) {
      const next = await pass.apply(draft, { where: "model", runtime, options: {} });
      const changed = Object.entries(next).flatMap(([field, value]) =>
        field in draft && draft[field as keyof Model] === value ? [] : [field],
      );
      expect([pass.name, changed.filter((field) => !["notes", ...pass.gives].includes(field))]).toEqual([
        pass.name,
        [],
      ]);
      expect(hasFields(next, pass.gives)).toBe(true);
      draft = next;
    }
    expect(Object.keys(await openModel(convNet(), runtime)).sort()).toEqual(Object.keys(draft).sort());
  });

  it("do not run without what they need", async () => {
    const pass = definePass({
      name: "name-scores",
      does: "Needs the scores.",
      needs: ["scores"],
      gives: [],
      apply: () => ({}),
    });
    await expect(pass.apply({ graph: convNet() }, { where: "model", runtime, options: {} })).rejects.toThrow(
      /^internal: pass name-scores needs scores$/,
    );
  });

  it("are a table for the docs, in their order", () => {
    const rows = passTable().trim().split("\n").slice(2);
    expect(rows.map((row) => row.split("|")[1]?.trim())).toEqual(passes.map(({ name }) => name));
    expect(rows.every((row) => row.split("|").length === 6)).toBe(true);
  });
});
