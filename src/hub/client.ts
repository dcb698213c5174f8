/** @file Asks the hub what a repository holds; the same on Node and in a page, which fetch in their own ways. */

import { FoveaError } from "../foundation/error.js";
import { staysInside } from "./name.js";
import { type Asked, away, HubRefusal, refusalOf } from "./refusals.js";

/** Where a name leads now. */
export interface HubRevision {
  /** Forty hexadecimal digits. */
  readonly commit: string;
  /** The paths of all files. */
  readonly files: readonly string[];
}

/** A file as the hub describes it. */
export interface HubFile {
  readonly path: string;
  readonly bytes: number;
  /** What the cache calls its content: SHA-256 of large files, git's name of others. */
  readonly etag: string;
  /** Whether the name is SHA-256. */
  readonly isLarge: boolean;
}

export interface HubClientOptions extends Asked {
  /** Answers with what came, whatever its status; `HubRefusal`s are passed on. */
  readonly ask: typeof fetch;
}

export const isCommit = (text: unknown): text is string => typeof text === "string" && /^[0-9a-f]{40}$/.test(text);

/**
 * The commit that a name's revision is now, and its files: one question.
 * @throws HubRefusal `not-found`, `network`
 */
export function askRevision(options: HubClientOptions): Promise<HubRevision> {
  const { repo, revision } = options.name;
  return asking(options, async (library, common) => {
    const { sha, filePaths } = await library.modelInfo({
      ...common,
      ...{ name: repo, revision, additionalFields: ["sha", "filePaths"] },
    });
    if (!isCommit(sha)) throw away(options, "one without a commit");
    return { commit: sha, files: filePaths.filter((path) => typeof path === "string" && staysInside(path)) };
  });
}

/**
 * What the hub says of a commit's files.
 * @param paths of those that are asked for
 * @throws HubRefusal `not-found`, `network`
 */
export function askFiles(options: HubClientOptions, commit: string, paths: readonly string[]): Promise<HubFile[]> {
  return asking(options, async (library, common) => {
    const found = new Map<string, HubFile>();
    const repo = { type: "model", name: options.name.repo } as const;
    for await (const { path, size, oid, lfs } of library.listFiles({
      ...common,
      ...{ repo, revision: commit, recursive: true },
    })) {
      if (!paths.includes(path)) continue;
      const [etag, bytes, digits] = lfs ? [lfs.oid, lfs.size, 64] : [oid, size, 40];
      // It becomes the name of a file.
      const isEtag = typeof etag === "string" && etag.length === digits && /^[0-9a-f]+$/.test(etag);
      if (!isEtag || !Number.isSafeInteger(bytes) || bytes < 0) throw away(options, `one that does not tell ${path}`);
      found.set(path, { path, bytes, etag, isLarge: lfs !== undefined });
      if (found.size === paths.length) break;
    }
    return paths.map((path) => {
      const file = found.get(path);
      if (file === undefined) throw away(options, `a list without ${path}`);
      return file;
    });
  });
}

type Library = Pick<typeof import("@huggingface/hub"), "listFiles" | "modelInfo">;

/** The address of a file's bytes. */
export function fileAddress({ endpoint, name }: Asked, commit: string, path: string): string {
  return `${endpoint}/${name.repo}/resolve/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

async function asking<Result>(
  options: HubClientOptions,
  ask: (library: Library, common: { readonly hubUrl: string; readonly fetch: typeof fetch }) => Promise<Result>,
): Promise<Result> {
  // Its functions know tokens of one form alone, and follow redirects as they come: `fetch` asks in their place.
  const { listFiles, modelInfo } = await import("@huggingface/hub");
  const guarded: typeof fetch = async (address, init) => {
    const response = await options.ask(address, init);
    if (!response.ok) throw refusalOf(response, options);
    return response;
  };
  try {
    return await ask({ listFiles, modelInfo }, { hubUrl: options.endpoint, fetch: guarded });
  } catch (error) {
    if (error instanceof FoveaError) throw error;
    if (error instanceof Error && error.name === "AbortError") throw error;
    // What the library makes of an answer of another form, such as the page of a network that asks to log in.
    throw away(options, "something else than its lists");
  }
}

/** Whether an error says nothing of the model, so that the cache's copy may do. */
export function isAway(error: unknown): boolean {
  return error instanceof HubRefusal && error.isAway;
}
