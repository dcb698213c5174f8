/** @file Comma-separated values: what RFC 4180 allows, what it does not, and time in proportion to the size. */

import { describe, expect, it } from "vitest";
import { firstLine, readCsv } from "../../src/files/csv.js";
import { timeOf } from "../support/time-of.js";

const fields = (text: string) => readCsv(text, "a.csv").map((record) => record.fields);

describe("readCsv(text) reads", () => {
  it.each<[string, string, string[][]]>([
    [
      "fields with spaces around them",
      "a, b \nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "quoted fields with delimiters, quotes and line ends",
      '"a,b","c""d"\r\n"e\nf",g',
      [
        ["a,b", 'c"d'],
        ["e\nf", "g"],
      ],
    ],
    [
      "empty fields, also the last",
      "a,,\n,b,",
      [
        ["a", "", ""],
        ["", "b", ""],
      ],
    ],
    [
      "nothing of empty lines",
      "\n\na,b\n\n\r\nc,d\n\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "tabs in the place of commas",
      "a\tb\nc,\td",
      [
        ["a", "b"],
        ["c,", "d"],
      ],
    ],
    [
      "semicolons in the place of commas",
      "a;b\nc;d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "line ends of old Macs, and a byte order mark",
      "\ufeffa,b\rc,d\r",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ["an empty quoted field", '"",""', [["", ""]]],
    ["nothing", "", []],
  ])("%s", (_, text, expected) => {
    expect(fields(text)).toEqual(expected);
  });

  it("the lines that records begin at", () => {
    expect(readCsv('a,b\n"c\nd",e\n\nf,g', "").map(({ line }) => line)).toEqual([1, 2, 5]);
  });
});

describe("readCsv(text) refuses", () => {
  it.each<[string, string, string]>([
    ["a quote that is never closed", 'a\n"b', 'a.csv: line 2: expected a field, quoted as a whole or not, got "\\"b"'],
    ["a quote within a field", 'a"b,c', 'a.csv: line 1: expected a field, quoted as a whole or not, got "a\\"b,c"'],
    [
      "letters behind a quoted field",
      '"a"b',
      'a.csv: line 1: expected a field, quoted as a whole or not, got "\\"a\\"b"',
    ],
    [
      "a field of two megabytes",
      `a,${"x".repeat(2 ** 21)}`,
      "a.csv: line 1: expected a field of at most 1048576 characters, got 2097152",
    ],
    [
      "more fields than fit into memory",
      ",".repeat(5_000_000),
      "a.csv: line 1: expected at most 5000000 fields in all, got more",
    ],
  ])("%s", (_, text, message) => {
    expect(() => readCsv(text, "a.csv")).toThrow(expect.objectContaining({ code: "bad-file", message }));
  });
});

it.each<[string, (times: number) => string]>([
  ["doubled quotes", (times) => `"${'""'.repeat(times)}"`],
  ["doubled quotes that are never closed", (times) => `"${'""'.repeat(times)}`],
  ["quoted fields", (times) => '"a",'.repeat(times)],
  ["quotes on lines of their own", (times) => '""\n'.repeat(times)],
  ["line ends in a quoted field", (times) => `"${"\r\n".repeat(times)}"`],
  ["spaces", (times) => `${" ".repeat(times)},a`],
])("takes time in proportion to the number of %s", (_, textOf) => {
  const time = (times: number) => {
    const text = textOf(times);
    return timeOf(() => readCsv(text, ""));
  };
  expect(time(160_000)).toBeLessThan(100 * Math.max(time(10_000), 10));
});

it("firstLine(text) ends at any line end", () => {
  expect(["a\nb", "a\r\nb", "a\rb", "a", ""].map(firstLine)).toEqual(["a", "a", "a", "a", ""]);
});
