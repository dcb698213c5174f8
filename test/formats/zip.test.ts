/** @file Zip archives read part by part: what they say of themselves is not believed. */

import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { bytesAsSource } from "../../src/files/input/byte-source.js";
import { openZip } from "../../src/formats/zip/member.js";
import { everything } from "../support/share.js";

const mebibyte = 2 ** 20;

async function textIn(bytes: Uint8Array, name = "a", most = mebibyte): Promise<string | undefined> {
  const member = await openZip(bytesAsSource(bytes, "x.zip"), "x.zip").member(name, most);
  return member && new TextDecoder().decode(member.read(0, member.byteLength));
}

const text = "to be read ".repeat(1000);
const stored = () => zipSync({ a: strToU8(text), b: strToU8("other") }, { level: 0 });
const deflated = () => zipSync({ a: strToU8(text), b: strToU8("other") }, { level: 9 });

/** The archive with some bytes of the table's first entry written anew, or of another place counted from there. */
function changed(bytes: Uint8Array, change: (view: DataView, entry: number, end: number) => void): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 22;
  change(view, view.getUint32(end + 16, true), end);
  return bytes;
}

describe("a zip archive", () => {
  it("gives its members, stored and deflated, and undefined for others", async () => {
    for (const bytes of [stored(), deflated()]) {
      expect(await textIn(bytes)).toBe(text);
      expect(await textIn(bytes, "b")).toBe("other");
      expect(await textIn(bytes, "c")).toBeUndefined();
    }
  });

  it("of stored members is not copied", async () => {
    const bytes = stored();
    const member = await openZip(bytesAsSource(bytes, "x"), "x").member("a", 1);
    expect(member?.read(0, 4).buffer).toBe(bytes.buffer);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["is cut short", deflated().subarray(0, 90), /one without a table at its end: it is cut short or damaged$/],
    ["is empty", new Uint8Array(), /one without a table/],
    [
      "counts too few bytes for its members",
      changed(stored(), (v, _, end) => v.setUint16(end + 10, 9, true)),
      /table is damaged/,
    ],
    [
      "begins its table elsewhere",
      changed(stored(), (v, entry, end) => v.setUint32(end + 16, entry + 1, true)),
      /table is damaged/,
    ],
    [
      "ends its table behind itself",
      changed(stored(), (v, _, end) => v.setUint32(end + 16, 2 ** 31, true)),
      /table is damaged/,
    ],
    [
      "names another place for a long table",
      changed(stored(), (v, _, end) => v.setUint32(end + 16, 0xffffffff, true)),
      /table is damaged/,
    ],
    [
      "has a member beyond its end",
      changed(stored(), (v, entry) => v.setUint32(entry + 20, 2 ** 30, true)),
      /reaches over what follows it/,
    ],
    [
      "has members that share bytes",
      changed(stored(), (v, entry) => v.setUint32(entry + 47 + 42, 0, true)),
      /reaches over what follows it/,
    ],
    [
      "has two members of one name",
      changed(stored(), (v, entry) => v.setUint8(entry + 47 + 46, 97)),
      /two members called "a"/,
    ],
    [
      "has a member of another name in its own header",
      changed(stored(), (v) => v.setUint8(30, 98)),
      /got a damaged one/,
    ],
    ["has an encrypted member", changed(stored(), (v, entry) => v.setUint8(entry + 8, 1)), /got an encrypted one/],
    [
      "has a member packed otherwise",
      changed(stored(), (v, entry) => v.setUint8(entry + 10, 12)),
      /packed by method 12/,
    ],
    [
      "stores fewer bytes than it says",
      changed(stored(), (v, entry) => v.setUint32(entry + 24, 7, true)),
      /bytes that says it has 7$/,
    ],
    [
      "unpacks to more than it says",
      changed(deflated(), (v, entry) => v.setUint32(entry + 24, 7, true)),
      /got more than the 7 bytes/,
    ],
    [
      "unpacks to less than it says",
      changed(deflated(), (v, entry) => v.setUint32(entry + 24, 12_000, true)),
      /expected 12000 bytes when unpacked, got 11000$/,
    ],
    [
      "says more than deflate packs",
      changed(deflated(), (v, entry) => v.setUint32(entry + 24, 900_000, true)),
      /got 900,000 bytes out of \d+ bytes$/,
    ],
    [
      "says more than there may be",
      changed(deflated(), (v, entry) => v.setUint32(entry + 24, 2 ** 31, true)),
      /expected at most 1 MiB when unpacked, got 2 GiB/,
    ],
  ])("that %s is refused in one sentence", async (_, bytes, sentence) => {
    await expect(textIn(bytes)).rejects.toThrow(sentence);
  });

  it.runIf(everything)("that packs zeros a hundredfold is refused before they are unpacked", async () => {
    const bytes = zipSync({ a: new Uint8Array(65 * mebibyte) }, { level: 1 });
    await expect(textIn(bytes, "a", 2 ** 30)).rejects.toThrow(/got 65 MiB out of/);
  });
});
