/** @file The terminal that commands write to: results on stdout, notes on stderr, and on a terminal a status line below both. */

import { visible, visibleJson } from "../../foundation/visible.js";

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

/** What of a command is shown. */
export interface Showing {
  /** Errors and results that were asked for, and nothing else. Default false. */
  readonly quiet?: boolean;
  /** What is printed only tells of results, which are files: nothing of it is asked for. Default false. */
  readonly narrates?: boolean;
  /** Standard output is the result's own: what is printed goes to stderr. Default false. */
  readonly piped?: boolean;
}

export class Screen {
  readonly #out: TextStream;
  readonly #err: TextStream;
  #status = "";
  #showing: Showing = {};
  #isClosed = false;

  constructor(out: TextStream, err: TextStream) {
    this.#out = out;
    this.#err = err;
  }

  /** For the command that runs. */
  show(showing: Showing): void {
    this.#showing = showing;
  }

  /** Nobody reads any more: nothing is written from now on. */
  close(): void {
    this.#isClosed = true;
  }

  /** Whether a status line can be seen. */
  get hasStatus(): boolean {
    return this.#err.isTTY === true && !this.#showing.quiet;
  }

  /** Characters that fit in the status line. */
  get statusWidth(): number {
    // A terminal may wrap once the last column is filled.
    return (this.#err.columns || usualColumns) - 1;
  }

  /** One line of results, whatever the text holds. */
  print(line = ""): void {
    const { quiet, narrates, piped } = this.#showing;
    if (quiet && (narrates || piped)) return;
    this.#above(piped ? this.#err : this.#out, `${visible(line)}\n`);
  }

  /** @param indent spaces for each level. Default 2; with 0 it is one line */
  printJson(value: unknown, indent = 2): void {
    this.#above(this.#out, `${visibleJson(value, indent)}\n`);
  }

  /** One line on stderr, whatever the text holds; nothing for those who want to hear errors alone. */
  note(text: string): void {
    if (!this.#showing.quiet) this.error(text);
  }

  /** One line on stderr, whatever the text holds. */
  error(text: string): void {
    const shortened = text.length > longestNote ? `${text.slice(0, longestNote)} ...` : text;
    this.#above(this.#err, `${visible(shortened)}\n`);
  }

  /** Shows a status line in place of the one before; an empty text takes it away. Nothing where stderr is no terminal. */
  setStatus(text: string): void {
    if (!this.hasStatus) return;
    const line = visible(text).slice(0, this.statusWidth);
    if (line !== this.#status) this.#err.write(`${erase}${line}`);
    this.#status = line;
  }

  #above(stream: TextStream, text: string): void {
    if (this.#isClosed) return;
    if (this.#status === "" || !stream.isTTY) {
      stream.write(text);
      return;
    }
    this.#err.write(erase);
    stream.write(text);
    this.#err.write(this.#status);
  }
}
