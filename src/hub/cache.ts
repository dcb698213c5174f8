/**
 * @file The cache of one repository, as Python's library keeps it: `blobs` by their content, `snapshots` of links to them, and `refs` that
 * say which commit a branch or a tag was.
 */

import { existsSync, readdirSync, statSync } from "node:fs";
import { copyFile, readlink, rm, stat, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { writeFileAtomically } from "../files/atomic.js";
import { readInputSync } from "../files/input/read-input.js";
import { makeFolder } from "../files/make-folder.js";
import { systemCode } from "../files/system-error.js";
import { FoveaError } from "../foundation/error.js";
import { isCommit } from "./client.js";

/** Files of a commit that are looked at; of a model there are some ten. */
const most = 100_000;

export class RepoCache {
  readonly #root: string;
  readonly #folder: string;
  readonly #locks: string;

  constructor(root: string, repo: string) {
    const name = `models--${repo.replace("/", "--")}`;
    this.#root = root;
    this.#folder = join(root, name);
    this.#locks = join(root, ".locks", name);
  }

  /** Of all repositories. */
  get root(): string {
    return this.#root;
  }

  /** The folder that is locked by whoever downloads; made where it is not there. */
  async lockedFolder(): Promise<string> {
    await makeFolder(this.#locks);
    return this.#locks;
  }

  /** The commit that a revision was when it was last asked for. */
  commitOf(revision: string): string | undefined {
    if (isCommit(revision)) return revision;
    const path = this.#ref(revision);
    if (!isFile(path)) return undefined;
    const commit = new TextDecoder().decode(readInputSync(path, "settings")).trim();
    return isCommit(commit) ? commit : undefined;
  }

  /** Notes which commit a revision is. */
  async remember(revision: string, commit: string): Promise<void> {
    if (revision === commit || this.commitOf(revision) === commit) return;
    try {
      await writeFileAtomically(this.#ref(revision), commit);
    } catch (error) {
      // A cache that others share may be theirs alone to write; what it holds can be used.
      if (!(error instanceof FoveaError && error.code === "unwritable")) throw error;
    }
  }

  /** Where a file of a commit lies, once it is there. */
  placeOf(commit: string, path: string): string {
    return join(this.#folder, "snapshots", commit, ...path.split("/"));
  }

  has(commit: string, path: string): boolean {
    return isFile(this.placeOf(commit, path));
  }

  /** The paths of all files of a commit that are there. */
  filesOf(commit: string): string[] {
    const folder = join(this.#folder, "snapshots", commit);
    if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
    const paths: string[] = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return paths
      .slice(0, most)
      .map((path) => path.replaceAll("\\", "/"))
      .filter((path) => this.has(commit, path))
      .sort();
  }

  /** The folder of contents. */
  get blobs(): string {
    return join(this.#folder, "blobs");
  }

  /** Where the content of a file lies, once it is there. */
  blobOf(etag: string): string {
    return join(this.blobs, etag);
  }

  async hasBlob(etag: string, bytes: number): Promise<boolean> {
    const status = await stat(this.blobOf(etag)).catch(() => undefined);
    return status?.isFile() === true && status.size === bytes;
  }

  /** Makes the folder of contents. */
  async makeBlobs(): Promise<void> {
    await makeFolder(this.blobs);
  }

  /** Gives a content its path in a commit: by a link, and by a copy where the system lets nobody make links. */
  async link(commit: string, path: string, etag: string): Promise<void> {
    const [place, blob] = [this.placeOf(commit, path), this.blobOf(etag)];
    await makeFolder(dirname(place));
    // Nothing that can be read stands there, or it would not be asked for.
    await rm(place, { force: true });
    try {
      await symlink(relative(dirname(place), blob), place);
    } catch (error) {
      if (systemCode(error) === "EEXIST" && (await readlink(place).catch(() => "")) !== "") return;
      if (!["EPERM", "EACCES", "ENOSYS", "ENOTSUP", "UNKNOWN"].includes(systemCode(error))) throw error;
      await copyFile(blob, place);
    }
  }

  #ref(revision: string): string {
    return join(this.#folder, "refs", ...revision.split("/"));
  }
}

/** Links followed; what lies below a file in the place of a folder is not there either. */
function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
