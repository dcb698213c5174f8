/** @file The headers that docs/studio.md gives to other hosts are those of our own server. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { headersFile, immutable, studioHeaders } from "../../src/serve/studio/headers.js";

const text = readFileSync(new URL("../../docs/studio.md", import.meta.url), "utf8");

describe("docs/studio.md", () => {
  it("gives nginx the headers of `fovea studio`", () => {
    const found = [...text.matchAll(/^ {4}add_header ([\w-]+) (?:"(.*)"|(\S+)) always;$/gm)];
    expect(Object.fromEntries(found.map(([, name, quoted, plain]) => [name, quoted ?? plain]))).toEqual(studioHeaders);
    expect(text).toContain(`~/assets/ "${immutable}";`);
  });

  it("gives static hosts the same, in the file that the build writes", () => {
    const [, shown] = /```\n(\/\*\n[^`]*)```/.exec(text) ?? [];
    expect(shown).toBe(headersFile());
    const { "Content-Security-Policy": policy = "", ...others } = studioHeaders;
    for (const [name, value] of Object.entries(others)) expect(shown).toContain(`\n  ${name}: ${value}\n`);
    // Who may show a page in a frame is the page's own: policies add up.
    const [everywhere, framing] = policy.split("; frame-ancestors ");
    expect(framing).toBe("'none'");
    expect(shown).toContain(`/*\n  Content-Security-Policy: ${everywhere}\n`);
    for (const path of ["/", "/index.html", "/index"])
      expect(shown).toContain(`\n${path}\n  Content-Security-Policy: frame-ancestors 'none'\n`);
    expect(shown?.match(/\n.*\n {2}Content-Security-Policy: frame-ancestors \*/g)).toEqual([
      "\n/how.html\n  Content-Security-Policy: frame-ancestors *",
      "\n/how\n  Content-Security-Policy: frame-ancestors *",
    ]);
  });
});
