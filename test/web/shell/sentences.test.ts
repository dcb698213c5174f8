/** @file Errors in sentences for people, and names that every file system takes. */

import { describe, expect, it } from "vitest";
import { isCancelled, sentence } from "../../../web/src/shared/errors.js";
import { stemOf } from "../../../web/src/shell/download.js";

describe("sentence(error)", () => {
  it("is the error's message, or what was thrown", () => {
    expect(sentence(new Error("a.onnx: expected a model"))).toBe("a.onnx: expected a model");
    expect(sentence("stopped")).toBe("stopped");
    expect(sentence(undefined)).toBe("undefined");
  });

  it.each(["RangeError: Array buffer allocation failed", "Out of memory", "std::bad_alloc"])(
    "says what to do about `%s`",
    (message) => {
      expect(sentence(new Error(message))).toMatch(/^The browser has no more memory for this: close other tabs/);
    },
  );
});

it("isCancelled(error) holds for requests that a newer one ended, and for no other error", () => {
  const errors = [new DOMException("a newer request came", "AbortError"), new Error("AbortError"), undefined];
  expect(errors.map(isCancelled)).toEqual([true, false, false]);
});

describe("stemOf(name)", () => {
  it.each([
    ["photos/cat.jpg", "cat"],
    ["C:\\photos\\cat.final.jpeg", "cat.final"],
    ["a drawn 0", "a-drawn-0"],
    ["été – 1?.png", "été-1"],
    [".png", "image"],
    ["photos/", "image"],
  ])("of `%s` is `%s`", (name, stem) => {
    expect(stemOf(name)).toBe(stem);
  });
});
