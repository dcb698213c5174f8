/** @file JSON of strangers. */

import { expect, it } from "vitest";
import { parseJson } from "../../src/foundation/parse-json.js";

it("reads what JSON.parse reads", () => {
  for (const text of [
    '{"a":[1,"[[{\\"",{"b":null}]}',
    " 1",
    '"\\\\"',
    `${"[".repeat(256)}${"]".repeat(256)}`,
    '["\\\\[",[]]',
  ])
    expect(parseJson(text)).toEqual(JSON.parse(text));
});

it("counts no brackets in texts", () => {
  const text = JSON.stringify([`${"[".repeat(1000)}\\"${"{".repeat(1000)}`]);
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

it.each([
  ["brackets", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ["braces", `${'{"a":'.repeat(257)}1${"}".repeat(257)}`],
])("refuses %s that are nested more than 256 deep", (_, text) => {
  expect(() => parseJson(text)).toThrow(/^brackets nested more than 256 deep$/);
});

it("refuses what is no JSON", () => {
  for (const text of ["", "[", '"', "]]]]", "{'a': 1}"]) expect(() => parseJson(text)).toThrow(SyntaxError);
});
