/** @file Files at addresses of the web as a store: a list, an archive, and what lies beside them. Folders cannot be listed there. */

import { isAllowed } from "../../../files/transfer/answer.js";
import { FoveaError } from "../../../foundation/error.js";
import { Pool } from "../../sources/pool.js";
import { expandBraces } from "../braces.js";
import type { ByteRange, StoredFile } from "../store.js";
import { askWeb, type WebFile } from "./ask-web.js";
import { copyWhole } from "./copy-whole.js";
import type { Objects, ObjectsAt } from "./objects.js";

/** Copies of files that are kept at a time. */
const mostCopies = 2;

/** @throws FoveaError `bad-input` for http that is not on this machine, and for an address with a user's name in it */
export function openWeb(address: string): ObjectsAt {
  const [, root = "", key = "", query = ""] = /^([^?#]*\/)([^/?#]*)(\?[^#]*)?/.exec(address) ?? [];
  const base = URL.canParse(root) ? new URL(root) : undefined;
  const shown = `${root}${key}`;
  if (base?.username || base?.password) {
    const got = "one with a user's name in it";
    throw new FoveaError("bad-input", `an address of ${base.host}: expected one without a login, got ${got}`);
  }
  if (base === undefined || !isAllowed(base, true)) {
    const expected = "expected an address of https, or of http on this machine";
    throw new FoveaError(
      "bad-input",
      `${shown}: ${expected}, got ${base ? base.protocol.replace(":", "") : "another"}`,
    );
  }
  return { objects: new WebObjects(base, query, decoded(key)), key: decoded(key) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

class WebObjects implements Objects {
  readonly #base: URL;
  /** What the address had behind a question mark, often a signature: it goes to the files that were named, and is never shown. */
  readonly #query: string;
  readonly #named: ReadonlySet<string>;
  /** What `find` told of files: their versions, and whether the server gives parts. */
  readonly #found = new Map<string, Found>();
  readonly #copies: Pool<Awaited<ReturnType<typeof copyWhole>>>;

  constructor(base: URL, query: string, named: string) {
    this.#base = base;
    this.#query = query;
    this.#named = new Set(expandBraces(named));
    this.#copies = new Pool(mostCopies, (key) => copyWhole(this.#file(key)));
  }

  address(key: string): string {
    return `${this.#base.href}${key}`;
  }

  // biome-ignore lint/correctness/useYield: there is nothing to list
  async *list(prefix: string): AsyncGenerator<StoredFile> {
    const expected = "expected the address of a list of photos, or of a tar or Parquet file";
    const got = "none there, or a folder, and folders cannot be listed on the web";
    throw new FoveaError("not-found", `${this.address(prefix.replace(/\/$/, ""))}: ${expected}, got ${got}`);
  }

  async find(key: string): Promise<StoredFile | undefined> {
    const part = await askWeb(this.#file(key), { start: 0, end: 1 });
    if (part === undefined) return undefined;
    this.#found.set(key, { version: part.version, givesParts: part.isPart });
    const bytes = part.isPart ? part.total : undefined;
    return {
      name: key,
      bytes: bytes ?? (await this.#copies.use(key, async ({ byteLength }) => byteLength)),
      version: part.version,
    };
  }

  async read(key: string, range?: ByteRange): Promise<Uint8Array> {
    if (range && this.#found.get(key)?.givesParts === false) return this.#readCopy(key, range);
    const part = await askWeb(this.#file(key), range);
    if (part === undefined) throw new FoveaError("not-found", `${this.address(key)}: expected a file, got none there`);
    const isBeginning = range === undefined || range.start === 0;
    return part.isPart || isBeginning ? part.bytes : this.#readCopy(key, range);
  }

  close(): Promise<void> {
    return this.#copies.close();
  }

  #readCopy(key: string, { start, end }: ByteRange): Promise<Uint8Array> {
    return this.#copies.use(key, ({ byteLength, read }) => {
      const first = Math.min(start, byteLength);
      return read(first, Math.min(end, byteLength) - first);
    });
  }

  #file(key: string): WebFile {
    const path = key.split("/").map(encodeURIComponent).join("/");
    // Files beside the one that was named have no signature of their own.
    const query = this.#named.has(key) ? this.#query : "";
    const { version } = this.#found.get(key) ?? {};
    return { url: `${this.#base.href}${path}${query}`, where: this.address(key), loopback: true, version };
  }
}

interface Found {
  readonly version: string | undefined;
  readonly givesParts: boolean;
}
