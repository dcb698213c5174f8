/** @file Reads Python's literals, as exporters write them into metadata with `str()`: dicts, lists, tuples, texts, numbers. */

const none = Symbol("no literal");

/** The value of a literal: dicts as objects, tuples as lists, None as null; undefined for text that is no literal. */
export function readPythonLiteral(text: string): unknown {
  const reader = new LiteralReader(text);
  const value = reader.value(0);
  return value !== none && reader.atEnd() ? value : undefined;
}

/** Deeper than any settings. */
const mostDepth = 16;
const constants: readonly (readonly [name: string, value: unknown])[] = [
  ["None", null],
  ["True", true],
  ["False", false],
];
const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "" };

/** Where a text in quotes that begins at `start` ends, its quote included; undefined for no quote, or one that is never closed. */
export function endOfQuoted(text: string, start: number): number | undefined {
  const quote = text[start];
  if (quote !== '"' && quote !== "'") return undefined;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return at + 1;
  }
  return undefined;
}

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    this.#skipSpace();
    return this.#at === this.#text.length;
  }

  value(depth: number): unknown {
    if (depth > mostDepth) return none;
    this.#skipSpace();
    if (this.#take("{")) return this.#dict(depth + 1);
    if (this.#take("[")) return this.#list("]", depth + 1);
    if (this.#take("(")) return this.#list(")", depth + 1);
    const text = this.#quoted();
    if (text !== undefined) return text;
    const number = this.#match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y);
    if (number) return Number(number[0]);
    const constant = constants.find(([name]) => this.#take(name));
    return constant ? constant[1] : none;
  }

  #list(end: string, depth: number): unknown {
    const values: unknown[] = [];
    while (!this.#take(end)) {
      const value = this.value(depth);
      if (value === none || !this.#separated(end)) return none;
      values.push(value);
    }
    return values;
  }

  #dict(depth: number): unknown {
    const entries: [string, unknown][] = [];
    while (!this.#take("}")) {
      const key = this.value(depth);
      if (typeof key !== "string" && typeof key !== "number") return none;
      if (!this.#take(":")) return none;
      const value = this.value(depth);
      if (value === none || !this.#separated("}")) return none;
      entries.push([String(key), value]);
    }
    return Object.fromEntries(entries);
  }

  #quoted(): string | undefined {
    const [start, end] = [this.#at, endOfQuoted(this.#text, this.#at)];
    if (end === undefined) return undefined;
    this.#at = end;
    return unescaped(this.#text.slice(start + 1, end - 1));
  }

  /** Whether a comma, or the end, stands behind a value. */
  #separated(end: string): boolean {
    return this.#take(",") || this.#text[this.#at] === end;
  }

  #take(text: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #skipSpace(): void {
    this.#match(/\s+/y);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    this.#at += match?.[0].length ?? 0;
    return match;
  }
}

function unescaped(text: string): string {
  return text.replaceAll(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g,
    (_, x, u, long, other) => {
      const code: unknown = x ?? u ?? long;
      if (typeof code !== "string") return escapes[String(other)] ?? String(other);
      const point = Number.parseInt(code, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : "";
    },
  );
}
