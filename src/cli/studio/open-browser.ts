/** @file Opens the browser at an address that other users of the machine shall not see: arguments of programs are seen by all. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../foundation/error.js";

/** Milliseconds after which a browser has come, or does not come. */
const patience = 20_000;

/** One attempt to bring a browser to the studio. */
export class BrowserOpening {
  readonly #note: (sentence: string) => void;
  #folder: string | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  /** @param note is called where there is no browser, or none comes */
  constructor(note: (sentence: string) => void) {
    this.#note = note;
  }

  /** Opens the usual browser on a file that leads to the address. The file is its user's alone, and goes at the end. */
  async open(address: string): Promise<void> {
    try {
      this.#folder = mkdtempSync(join(visibleFolder(), "fovea-studio-"));
      const file = join(this.#folder, "open.html");
      writeFileSync(file, pageTo(address), { mode: 0o600 });
      const { default: open } = await import("open");
      await open(file);
      if (this.#ended) return;
      this.#waiting = setTimeout(() => this.#note("no browser has come yet: open the address yourself"), patience);
      this.#waiting.unref();
    } catch (error) {
      this.end();
      this.#note(`no browser could be opened (${messageOf(error)}): open the address yourself`);
    }
  }

  /** To be called when a browser has come, and when the server ends. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#waiting);
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A folder whose files browsers may read: those installed as snaps see neither the temporary folder nor hidden ones. */
function visibleFolder(): string {
  const home = homedir();
  return existsSync(join(home, "snap")) ? home : tmpdir();
}

function pageTo(address: string): string {
  const head = `<meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Fovea studio</title>`;
  const text = address.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<!doctype html>${head}<meta http-equiv="refresh" content="0; url=${text}"><a href="${text}">Open the studio</a>\n`;
}
