/** @file Texts of strangers on a terminal, in JSON and on a page. */

import { describe, expect, it } from "vitest";
import { brief, isolated, visible, visibleJson } from "../../src/foundation/visible.js";

describe("visible(text)", () => {
  it.each<[string, string, string]>([
    ["a line break, a tab", "cat\n  wrote /etc/shadow\r\t", "cat\\n  wrote /etc/shadow\\r\\t"],
    ["escape sequences of 7 and of 8 bits", "\u001b[31m\u009b2J\u007f\u0000", "\\u001b[31m\\u009b2J\\u007f\\u0000"],
    [
      "overrides and isolates of direction",
      "\u202egnp\u202c \u2066\u2069\u200f\u061c",
      "\\u202egnp\\u202c \\u2066\\u2069\\u200f\\u061c",
    ],
    ["line and paragraph separators, and NEL", "a\u2028b\u2029c\u0085", "a\\u2028b\\u2029c\\u0085"],
    ["what nobody sees", "c\u200bat\ufeff\u2060\u{e0041}", "c\\u200bat\\ufeff\\u2060\\udb40\\udc41"],
    ["half a pair of surrogates", "a\ud800b", "a\\ud800b"],
  ])("escapes %s", (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it("leaves what scripts and emoji are made of", () => {
    for (const text of [
      "Ärger",
      "e\u0301",
      "קָטָן",
      "قط",
      "ไทย",
      "नमस्ते",
      "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}",
      "\u2764\ufe0f",
      "می\u200cخواهم",
    ])
      expect(visible(text)).toBe(text);
    const england = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
    expect(visible(`${england} lion`)).toBe(`${england} lion`);
  });
});

describe("visibleJson(value)", () => {
  const value = { "a\u009b": "\u202e\u001b\n\u2028\u{e0041}\ud800", list: [1, null, "ü"] };

  it("is the same value, and holds nothing that steers a terminal", () => {
    for (const indent of [0, 2]) {
      const text = visibleJson(value, indent);
      expect(JSON.parse(text)).toEqual(value);
      expect(text.replaceAll("\n", "")).toBe(visible(text.replaceAll("\n", "")));
    }
    expect(visibleJson(value)).not.toContain("\n");
    expect(visibleJson({ a: [1] }, 2)).toBe(JSON.stringify({ a: [1] }, null, 2));
  });

  it("of nothing is null", () => expect(visibleJson(undefined)).toBe("null"));
});

it("brief(text) cuts with an ellipsis", () => {
  expect(brief("abcdef", 6)).toBe("abcdef");
  expect(brief("abcdefg", 6)).toBe("abcde…");
});

it("isolated(line) turns nothing around it", () => {
  expect(isolated("cat")).toBe("cat");
  expect(isolated("قط")).toBe("\u2068قط\u2069");
});
