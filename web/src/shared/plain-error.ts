/** @file Errors as sentences with the next step: what a file is, what was expected of it, and what to do. */

export interface PlainError {
  readonly text: string;
  /** To be run or copied, e.g. a command that converts a file. */
  readonly command?: string;
}

/** `where: what: expected this, got that: advice`, as every error of Fovea is written. */
const written = /^(?<where>.*?): expected (?<expected>.*?), got (?<got>.*?)(?:: (?<advice>.*))?$/s;
/** The part of an advice that is to be copied. */
const command = /python -m .*$|torch\.onnx\.export\(.*\)$|model\.export\(.*\)$|numpy\.save\(.*\)$/s;

/** The error in sentences for people. */
export function plainError(error: unknown): PlainError {
  const message = (error as { message?: string } | null)?.message ?? String(error);
  if (/out of memory|allocation failed|failed to allocate|bad_alloc|Array buffer allocation/i.test(message))
    return { text: "The browser has no more memory for this: close other tabs, or take a smaller model or image." };
  const parts = written.exec(message)?.groups;
  if (parts === undefined) return { text: message };
  const { where: place = "", expected: needed = "", got = "", advice } = parts;
  const where = place.replace(": not a readable ONNX file", "");
  const expected = needed === "a whole protobuf ModelProto" ? "an ONNX model" : needed;
  const text = [whatIsWrong(where, expected, got), plainAdvice(advice)].filter(Boolean).join(" ");
  const found = advice && command.exec(advice)?.[0];
  return found ? { text, command: found } : { text };
}

function whatIsWrong(where: string, expected: string, got: string): string {
  if (isAboutShape(where, got))
    return `${where} takes numbers of the shape ${got}, not pictures. This page explains models of pictures.`;
  if (/^(none|neither)$/.test(got)) return `${where}: ${expected} is missing.`;
  const isFile = /^(an? |the )/.test(got) && !where.includes(": ");
  return `${where}${isFile ? " is" : ": got"} ${got}. It should be ${expected}.`;
}

/** Whether a network takes something else than pictures. */
function isAboutShape(where: string, got: string): boolean {
  return /(^|: )input "/.test(where) && /^\[[^\]]*\]$/.test(got);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function plainAdvice(advice: string | undefined): string {
  const said = advice?.replace(command, "").replace(/[:,;\s]+$/, "");
  if (!said) return advice && command.test(advice) ? "To convert it, run:" : "";
  return command.test(advice ?? "") ? `${capitalised(said)}:` : `${capitalised(said)}.`;
}
