/** @file Errors as one sentence, whatever is wrong. */

import { describe, expect, it } from "vitest";
import { FoveaError, messageOf, namedError, shortened, shownJson, unknownName } from "../../src/foundation/error.js";

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

const throwing = () => {
  throw new Error("no");
};
const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

describe("a value in a message", () => {
  it.each<[string, unknown, string]>([
    ["a text", "ab\u001bc", '"ab\\u001bc"'],
    ["a text of a megabyte", "x".repeat(2 ** 20), `"${"x".repeat(78)}…`],
    ["an array nested 100,000 deep", nested(100_000), "an array of 1"],
    ["sizes of a tensor that are none", { dims: [nested(100_000), 3] }, "a tensor [object, 3]"],
    ["an object that holds itself", cyclic, "an object"],
    ["an object without a prototype", Object.create(null), "an object"],
    ["a revoked proxy", revoked, "a value that cannot be shown (object)"],
    [
      "a proxy that refuses all",
      new Proxy({}, { get: throwing, has: throwing }),
      "a value that cannot be shown (object)",
    ],
    [
      "a getter that throws",
      Object.defineProperty({}, "constructor", { get: throwing }),
      "a value that cannot be shown (object)",
    ],
    ["an object whose toString is a number", { toString: 1, valueOf: 1 }, "an object"],
    ["a symbol", Symbol("a\nb"), "Symbol(a\\nb)"],
    ["a whole number of a million digits", -(10n ** 100_000n), "a whole number of many digits"],
    ["a typed array", new Uint8Array(4), "a Uint8Array of 4 bytes"],
    ["nothing", undefined, "undefined"],
  ])("%s", (_, value, shown) => {
    expect(shortened(value)).toBe(shown);
  });

  it("is JSON where that is asked for, and there is some", () => {
    expect(shownJson({ a: ["\u202e"] })).toBe('{"a":["\\u202e"]}');
    expect(shownJson("x".repeat(1000))).toHaveLength(80);
    expect(shownJson(nested(100_000))).toBe("an array of 1");
    expect(shownJson(cyclic)).toBe("an object");
    expect(shownJson(1n)).toBe("1");
  });
});

describe("a message", () => {
  it("is one line that steers no terminal", () => {
    expect(new FoveaError("bad-file", "a\nb\u001b[2J.png: image: \u202e").message).toBe(
      "a\\nb\\u001b[2J.png: image: \\u202e",
    );
  });

  it("of a megabyte keeps its beginning and its end", () => {
    const { message } = new FoveaError("bad-file", `a.png: ${"x".repeat(2 ** 20)}: give another file`);
    expect(message.length).toBeLessThan(2000);
    expect(message).toMatch(/^a\.png: x+ … x+: give another file$/);
  });

  it("names its place once, also where that has to be escaped", () => {
    const error = new FoveaError("bad-file", "a\nb: broken");
    expect(namedError("a\nb", error)).toBe(error);
    expect(namedError("c\nd", error).message).toBe("c\\nd: a\\nb: broken");
  });

  it("of anything thrown is one line", () => {
    expect(messageOf(new Error("a\n  b"))).toBe("a b");
    expect(messageOf({ toString: 1 })).toBe("an object");
    expect(messageOf(nested(100_000))).toBe("an array of 1");
  });
});

describe("an unknown name", () => {
  it("suggests the nearest, and those of which it is a part first", () => {
    expect(unknownName("class", "retriever", ["cat", "retrievr", "golden retriever"]).message).toBe(
      'unknown class "retriever": expected one of golden retriever, retrievr, cat',
    );
  });

  it("of two thousand letters among twenty thousand such names is told in seconds", () => {
    const long = "x".repeat(2000);
    const names = Array.from({ length: 20_000 }, (_, i) => `${i}${long}`);
    const began = process.cpuUsage();
    const { message } = unknownName("class", `y${long}`, names);
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(5);
    expect(message.length).toBeLessThan(1000);
    expect(message).toMatch(/\(nearest of 20000\)$/);
  });
});
