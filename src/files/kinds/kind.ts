/** @file The type of a kind of file, and how its first bytes are compared. */

/** How many bytes from the start are looked at. */
export const startLength = 512;

/** The start of a file. */
export interface FileStart {
  /** The first bytes, a letter for each. */
  readonly text: string;
}

export function startOf(head: Uint8Array): FileStart {
  return { text: String.fromCharCode(...head.subarray(0, startLength)) };
}

/** A kind of file that can be told from others. */
export interface FileKind {
  /** With its article, e.g. `a zip archive`. */
  readonly what: string | ((start: FileStart) => string);
  /** A model that Fovea opens, by its format; `foreign`: a network that it does not. */
  readonly holds: "onnx" | "hdf5" | "zip" | "foreign" | "picture" | "array" | "other";
  /** What to do with it where another file was expected; `NAME` stands for the file. Empty where that goes without saying. */
  readonly advice: string;
  readonly is: (start: FileStart) => boolean;
  /** Endings of names that tell it where the first bytes tell nothing. Default none. */
  readonly named?: readonly string[];
}

export type StartTest = FileKind["is"];

/** The file holds these letters at that place. */
export function holds(letters: string, at = 0): StartTest {
  return ({ text }) => text.startsWith(letters, at);
}

/** The file's first letters match. */
export function matches(pattern: RegExp): StartTest {
  return ({ text }) => pattern.test(text);
}

/**
 * The file's first bytes match.
 * @param pattern hexadecimal bytes `0a`, ranges of them `01-7f`, any byte `..`, and numbers as protobuf writes them, `varint`
 */
export function bytes(pattern: string): StartTest {
  const parts = pattern.split(" ").map(bytePart);
  return ({ text }) => {
    let at = 0;
    for (const { low, high, continued } of parts) {
      if (continued) while (text.charCodeAt(at) >= 0x80) at++;
      const byte = text.charCodeAt(at++);
      // Behind the end of the text there is no number, and this is false.
      if (!(byte >= low && byte <= high)) return false;
    }
    return true;
  };
}

function bytePart(part: string): { readonly low: number; readonly high: number; readonly continued: boolean } {
  if (part === "varint") return { low: 1, high: 0x7f, continued: true };
  if (part === "..") return { low: 0, high: 0xff, continued: false };
  const [low = "", high = low] = part.split("-");
  return { low: Number.parseInt(low, 16), high: Number.parseInt(high, 16), continued: false };
}

export function either(...tests: readonly StartTest[]): StartTest {
  return (start) => tests.some((test) => test(start));
}
