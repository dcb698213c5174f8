/** @file Numbers and elements of tensors, as JSON and as bytes. */

import { describe, expect, it } from "vitest";
import {
  base64At,
  bytesOfElements,
  bytesOfFloats,
  elementsIn,
  floatsIn,
  numbersAt,
  sizesOf,
} from "../../../../src/serve/api/protocol/numbers.js";

describe("numbersAt", () => {
  it("reads nested and flat lists in the same order", () => {
    const nested = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    expect([...numbersAt(nested, [2, 3], "data")]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...numbersAt([1, 2, 3, 4, 5, 6], [2, 3], "data")]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([
    [[[1, 2], [3]], "data[1]: expected 2 elements, got 1"],
    [[[1, 2], "no"], "data[1]: expected a list, got a text"],
    [[1, 2, 3], "data: expected 4 elements, got 3"],
    [[1, 2, 3, "4"], "data[3]: expected a number, got a text"],
    [[1, 2, 3, null], "data[3]: expected a number, got null"],
    ["1234", "data: expected a list, got a text"],
    [undefined, "data: expected a list, got none"],
  ])("refuses %j", (value, sentence) => {
    expect(() => numbersAt(value, [2, 2], "data")).toThrow(sentence);
  });
});

describe("sizesOf", () => {
  it("follows the first elements", () => expect(sizesOf([[[1, 2]], [[3, 4]]], "x")).toEqual([2, 1, 2]));
  it("refuses empty lists at any depth", () => {
    expect(() => sizesOf([], "x")).toThrow("x: expected a list of numbers, got an empty one");
    expect(() => sizesOf([[]], "x")).toThrow("x: expected a list of numbers, got an empty one");
  });
});

describe("binary tensors", () => {
  it("hold floats with the lowest byte first", () => {
    expect([...bytesOfFloats(Float32Array.of(1, -2.5))]).toEqual([0, 0, 128, 63, 0, 0, 32, 192]);
    expect([...floatsIn(Buffer.from([0, 0, 128, 63, 0, 0, 32, 192]))]).toEqual([1, -2.5]);
  });

  it("hold elements behind their lengths", () => {
    const bytes = bytesOfElements(["cat", "", "ö"]);
    expect([...bytes]).toEqual([3, 0, 0, 0, 99, 97, 116, 0, 0, 0, 0, 2, 0, 0, 0, 195, 182]);
    expect(elementsIn(bytes, "x").map(String)).toEqual(["cat", "", "ö"]);
  });

  it.each([[[1, 0, 0]], [[2, 0, 0, 0, 9]], [[255, 255, 255, 255, 1]], [[0, 0, 0, 0, 7]]])("refuse %j", (bytes) => {
    expect(() => elementsIn(Buffer.from(bytes), "x")).toThrow("x: expected elements of a length and as many bytes");
  });
});

describe("base64At", () => {
  it.each(["aGVsbG8=", "aGVsbG8", "aGVsbG8h"])("reads %s", (text) => {
    expect(base64At(text, "x").toString()).toMatch(/^hello!?$/);
  });
  it.each(["", "a b!", "data:image/png;base64,aGVsbG8=", "https://example.com/a.png", 7, undefined, ["aGVs"]])(
    "refuses %j without repeating it",
    (value) => {
      expect(() => base64At(value, "x")).toThrow(
        /^x: expected an image file as base64, got (an empty text|another text|7|none|a list)$/,
      );
    },
  );
});
