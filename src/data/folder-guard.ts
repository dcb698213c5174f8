/** @file What a walk through a folder may enter: it stays in the folder, ends where links go in circles, and takes files alone. */

import type { Dirent, readdir } from "node:fs";
import { readdir as list, stat } from "node:fs/promises";
import { join } from "node:path";
import { liesBelow, realPath } from "../files/own-folder.js";
import { mapAhead } from "../foundation/map-ahead.js";
import { count } from "../foundation/words.js";

export interface WalkOptions {
  /** Which links that lead out of the folder are followed: those to files, none, or those to folders as well. Default `files`. */
  readonly linksOut?: "files" | "none" | "all";
  /** What to do about links that are not followed, for the note. Default: to give what they lead to by its own path. */
  readonly advice?: string;
}

export interface WalkLimits {
  /** Files and folders. */
  readonly entries: number;
  /** Links to folders that are followed. */
  readonly links: number;
  /** Folders within each other. */
  readonly depth: number;
}

const usualLimits: WalkLimits = { entries: 2_000_000, links: 10_000, depth: 100 };

/** What is left out: how one is told, and several. */
const kinds = {
  out: [
    "1 link that leads out of the folder is not followed:",
    "links that lead out of the folder are not followed, the first",
  ],
  circle: [
    "1 link back to a folder above it is not followed:",
    "links back to folders above them are not followed, the first",
  ],
  broken: ["1 link that leads nowhere is left out:", "links that lead nowhere are left out, the first"],
  special: ["1 pipe, socket or device is left out:", "pipes, sockets and devices are left out, the first"],
  unreadable: ["1 folder that cannot be read is left out:", "folders that cannot be read are left out, the first"],
  deep: ["1 folder too deep in others is left out:", "folders too deep in others are left out, the first"],
} as const satisfies Record<string, readonly [one: string, several: string]>;
type Kind = keyof typeof kinds;

/** Links looked at at a time. */
const ahead = 16;

type Entry = Pick<Dirent, "name" | "isFile" | "isDirectory" | "isSymbolicLink">;

/** A folder that links led to. */
interface Linked {
  readonly real: string;
  /** The real folders that these links lie in. */
  readonly way: readonly string[];
}

/** Lists folders for one walk, and keeps what it leaves out. */
export class FolderGuard {
  readonly #options: WalkOptions;
  readonly #limits: WalkLimits;
  /** The folder that is walked: as it is called, with a slash at the end, and with links followed. */
  #home: { readonly name: string; readonly real: string } | undefined;
  #entries = 0;
  #links = 0;
  readonly #linked = new Map<string, Linked>();
  readonly #left = new Map<Kind, { count: number; readonly first: string }>();

  constructor(options: WalkOptions = {}, limits = usualLimits) {
    this.#options = options;
    this.#limits = limits;
  }

  /** Lists a folder as Node does, for walkers that take such a function; the first is the one that is walked. */
  readonly readdir = ((folder: string, _: unknown, done: (error: null, entries: Entry[]) => void) => {
    // What the walker makes of the entries is no failure to list them.
    this.list(folder).then((entries) => setImmediate(done, null, entries));
  }) as typeof readdir;

  /** The limit that was exceeded; nothing is listed any more then. */
  get exceeded(): { readonly what: string; readonly most: number } | undefined {
    const { entries, links } = this.#limits;
    if (this.#entries > entries) return { what: "files and folders", most: entries };
    return this.#links > links ? { what: "links to folders", most: links } : undefined;
  }

  /** What was left out, a sentence for each kind. */
  notes(): string[] {
    const { advice = "give what it leads to by its own path" } = this.#options;
    return [...this.#left].map(([kind, { count: left, first }]) => {
      const [one, several] = kinds[kind];
      const what = left === 1 ? one : `${count(left)} ${several}`;
      return `${what} ${first}${kind === "out" ? ` (${advice})` : ""}`;
    });
  }

  /** @param folder with a slash at the end @returns files and folders, those that links lead to under the links' names */
  async list(folder: string): Promise<Entry[]> {
    if (this.exceeded) return [];
    try {
      this.#home ??= { name: folder, real: realPath(folder) };
      if (this.#nameOf(folder).split("/").length > this.#limits.depth) return this.#leave("deep", folder);
      const entries = await list(folder, { withFileTypes: true });
      this.#entries += entries.length;
      return await this.#allowed(folder, entries);
    } catch {
      // Without its first folder a walk finds nothing, and whoever asked for it says so.
      return this.#home ? this.#leave("unreadable", folder) : [];
    }
  }

  async #allowed(folder: string, entries: readonly Dirent[]): Promise<Entry[]> {
    const linked = this.#linked.get(folder);
    const allowed: Entry[] = [];
    const links: string[] = [];
    for (const entry of entries) {
      const { name } = entry;
      if (entry.isFile()) allowed.push(entry);
      else if (entry.isDirectory()) {
        allowed.push(entry);
        if (linked) this.#linked.set(`${folder}${name}/`, { ...linked, real: join(linked.real, name) });
      } else if (name.startsWith(".")) continue;
      else if (entry.isSymbolicLink()) links.push(name);
      else this.#leave("special", folder + name);
    }
    const { real, way } = linked ?? { real: join(this.#home?.real ?? "", this.#nameOf(folder)), way: [] };
    const here = { folder, real, way: [...way, real] };
    for await (const found of mapAhead(links, ahead, (name) => this.#follow(here, name))) allowed.push(...found);
    return allowed;
  }

  /** What a link leads to, if it may be followed. @param here the folder that it lies in, and the way up to there */
  async #follow(here: Linked & { readonly folder: string }, name: string): Promise<Entry[]> {
    const path = here.folder + name;
    // Through the real folder: the system would go through all links on the way once more.
    const link = join(here.real, name);
    const target = await stat(link).catch(() => undefined);
    if (target === undefined) return this.#leave("broken", path);
    const { linksOut = "files" } = this.#options;
    const home = this.#home?.real ?? "";
    if (target.isFile()) {
      const isAllowed = linksOut !== "none" || liesBelow(home, realPath(link));
      return isAllowed ? [entryOf(name, true)] : this.#leave("out", path);
    }
    if (!target.isDirectory()) return this.#leave("special", path);
    const real = realPath(link);
    if (linksOut !== "all" && real !== home && !liesBelow(home, real)) return this.#leave("out", path);
    if (here.way.some((each) => each === real || liesBelow(real, each))) return this.#leave("circle", path);
    if (++this.#links > this.#limits.links) return [];
    this.#linked.set(`${path}/`, { real, way: here.way });
    return [entryOf(name, false)];
  }

  #leave(kind: Kind, path: string): [] {
    const left = this.#left.get(kind);
    if (left) left.count++;
    else this.#left.set(kind, { count: 1, first: this.#nameOf(path) || path });
    return [];
  }

  #nameOf(path: string): string {
    return path.slice(this.#home?.name.length ?? 0).replace(/\/$/, "");
  }
}

function entryOf(name: string, isFile: boolean): Entry {
  return { name, isFile: () => isFile, isDirectory: () => !isFile, isSymbolicLink: () => false };
}
