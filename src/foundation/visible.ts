/** @file Texts that strangers wrote, shown so that they neither steer a terminal, nor break a line, nor turn its direction. */

/**
 * Controls (C0, DEL, C1), line and paragraph separators, marks and overrides of direction, signs that nobody sees, and halves of
 * surrogate pairs. What scripts and emoji are made of stays: combining marks, joiners, variation selectors, and tags in a flag
 * (England's), which the first alternative takes.
 */
const hidden =
  /\u{1F3F4}[\u{E0020}-\u{E007E}]{1,8}\u{E007F}|[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\u{E0000}-\u{E007F}]/gu;

const usual: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The text with escapes of JavaScript in the place of what a line must not hold: a line break as `\n`, ESC as `\u001b`. */
export function visible(text: string): string {
  return text.replace(hidden, (match) => usual[match] ?? escaped(match));
}

/** JSON that is fit for a terminal: the same value, with escapes for all that `visible` escapes. @param indent spaces for each level. Default none */
export function visibleJson(value: unknown, indent = 0): string {
  // In strings all line breaks are escaped already.
  return (JSON.stringify(value, null, indent) ?? "null").replace(hidden, (match) =>
    match === "\n" ? match : escaped(match),
  );
}

/** `\u202e`; of a pair of surrogates both, as JSON has it. */
function escaped(match: string): string {
  if (match.startsWith("\u{1F3F4}")) return match;
  return Array.from({ length: match.length }, (_, i) => `\\u${match.charCodeAt(i).toString(16).padStart(4, "0")}`).join(
    "",
  );
}

/** Letters of scripts that are written from right to left. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A line for the middle of other text: one with letters from right to left between isolates, so that it turns nothing around it. */
export function isolated(line: string): string {
  return rightToLeft.test(line) ? `\u2068${line}\u2069` : line;
}

/** The text, or its beginning with an ellipsis, in at most so many characters. */
export function brief(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
