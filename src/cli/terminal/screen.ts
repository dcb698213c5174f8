/** @file Where commands write: results on stdout, notes on stderr, and on a terminal a status line below both. */

/** The part of `process.stdout` that is used. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Erases the line that the cursor is in. */
const erase = "\r\u001b[2K";

/** Columns of a terminal that does not say how many it has. */
const usualColumns = 80;

const longestNote = 600;

export class Screen {
  readonly #out: TextStream;
  readonly #err: TextStream;
  #status = "";

  constructor(out: TextStream, err: TextStream) {
    this.#out = out;
    this.#err = err;
  }

  /** Whether a status line can be seen. */
  get hasStatus(): boolean {
    return this.#err.isTTY === true;
  }

  /** Characters that fit in the status line. */
  get statusWidth(): number {
    // A terminal may wrap once the last column is filled.
    return (this.#err.columns || usualColumns) - 1;
  }

  /** A line of results. */
  print(line = ""): void {
    this.#above(this.#out, `${printable(line)}\n`);
  }

  printJson(value: unknown): void {
    this.#above(this.#out, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** One line on stderr, whatever the text holds. */
  note(text: string): void {
    const line = text.replace(/\s+/g, " ");
    const shortened = line.length > longestNote ? `${line.slice(0, longestNote)} ...` : line;
    this.#above(this.#err, `${printable(shortened)}\n`);
  }

  /** Shows a status line in place of the one before; an empty text takes it away. Nothing where stderr is no terminal. */
  setStatus(text: string): void {
    if (!this.hasStatus) return;
    const visible = printable(text).slice(0, this.statusWidth);
    if (visible !== this.#status) this.#err.write(`${erase}${visible}`);
    this.#status = visible;
  }

  #above(stream: TextStream, text: string): void {
    if (this.#status === "" || !stream.isTTY) {
      stream.write(text);
      return;
    }
    this.#err.write(erase);
    stream.write(text);
    this.#err.write(this.#status);
  }
}

/** A file's own texts must not steer the terminal: control characters and changes of direction become a replacement sign. */
function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}
