/** @file JSON that strangers wrote: nested no deeper than whoever walks through it can bear. */

/** Deeper than any settings, and far less than what exhausts the stack of a function that calls itself. */
const deepest = 256;

/**
 * The value of a JSON text.
 * @throws SyntaxError for other text, and for brackets that are nested more than 256 deep
 */
export function parseJson(text: string): unknown {
  if (isDeep(text)) throw new SyntaxError(`brackets nested more than ${deepest} deep`);
  return JSON.parse(text);
}

const [quote, backslash] = [0x22, 0x5c];
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

/** Character by character: of a text that is no JSON it may say anything. */
function isDeep(text: string): boolean {
  let [depth, quoted] = [0, false];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) quoted = !quoted;
    else if (quoted) i += code === backslash ? 1 : 0;
    else if (opening.has(code)) depth++;
    else if (closing.has(code)) depth--;
    if (depth > deepest) return true;
  }
  return false;
}
