/** @file The text of an XML file, in the encoding that it declares. */

import { FoveaError } from "../../foundation/error.js";

/**
 * The text of an XML file: as its byte order mark says, else its declaration, else in UTF-8 (Extensible Markup Language 1.0,
 * appendix F). Bytes that the encoding has not become U+FFFD; `check` refuses them, and encodings that are not known.
 */
export function decodeXml(bytes: Uint8Array, where: string): { readonly text: string; check(): void } {
  const encoding = encodingOf(bytes);
  const exactDecoder = createDecoder(encoding);
  // ASCII is enough to tell whether a file of an unknown encoding is of interest.
  const text = (exactDecoder ?? new TextDecoder("latin1")).decode(bytes);
  const check = () => {
    if (!exactDecoder) {
      throw new FoveaError("bad-file", `${where}: encoding: expected one of the Encoding Standard, got "${encoding}"`);
    }
    if (!text.includes("\uFFFD")) return;
    try {
      createDecoder(encoding, true)?.decode(bytes);
    } catch (cause) {
      const line = text.slice(0, text.indexOf("\uFFFD")).split("\n").length;
      throw new FoveaError("bad-file", `${where}: line ${line}: expected ${encoding}, got other bytes`, { cause });
    }
  };
  return { text, check };
}

function createDecoder(encoding: string, fatal = false): TextDecoder | undefined {
  try {
    return new TextDecoder(encoding, { fatal });
  } catch {
    return undefined;
  }
}

/** Bytes in which a declaration is looked for. */
const declarationBytes = 256;

function encodingOf(bytes: Uint8Array): string {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, declarationBytes));
  if (/^(ÿþ|<\0)/.test(start)) return "utf-16le";
  if (/^(þÿ|\0<)/.test(start)) return "utf-16be";
  const [, declared = "utf-8"] = /^<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)/.exec(start) ?? [];
  // A declaration that can be read byte by byte is not in UTF-16, whatever it says.
  return /^(utf-?16|ucs-?2)/i.test(declared) ? "utf-8" : declared;
}
