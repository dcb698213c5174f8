/** @file Downloads files of a repository into its cache: what is there is left, what broke off goes on, and each has its checksum. */

import { writeFileAtomically } from "../files/atomic.js";
import { download } from "../files/download.js";
import type { HubSettings } from "../files/hub-settings.js";
import { FoveaError, messageOf } from "../foundation/error.js";
import type { RepoCache } from "./cache.js";
import { askFiles, fileAddress, type HubClientOptions, type HubFile } from "./client.js";
import { isMeant } from "./files-beside.js";
import { termsOf } from "./guarded-fetch.js";
import { lockWhenFree } from "./lock-cache.js";
import { HubRefusal, refusalOf } from "./refusals.js";

export interface BringOptions {
  readonly settings: HubSettings;
  readonly client: HubClientOptions;
  readonly cache: RepoCache;
  /** How many bytes of the missing files have come, and which file comes now. Default: nobody is told. */
  readonly onProgress?: ((file: string, done: number, total: number) => void) | undefined;
  /** A sentence for people. Default: nobody is told. */
  readonly onNote?: ((note: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings files of a commit into the cache, in this order.
 * @throws HubRefusal; FoveaError `network`, `checksum`, `unwritable`; the signal's reason
 */
export async function bringFiles(commit: string, paths: readonly string[], options: BringOptions): Promise<void> {
  const { cache, client, settings, signal, onNote } = options;
  const missing = () => paths.filter((path) => !cache.has(commit, path));
  if (missing().length === 0) return;
  const files = await askFiles(client, commit, missing());
  const meant = files.filter(isMeant);
  await cache.makeBlobs();
  const lock = await lockWhenFree(await cache.lockedFolder(), {
    progress: cache.blobs,
    patience: 2 * settings.patience.download,
    onWait: () => onNote?.(`${client.name.text}: waiting for another process that downloads it`),
    signal,
  });
  try {
    const left = meant.filter(({ path }) => !cache.has(commit, path));
    const total = left.reduce((sum, { bytes }) => sum + bytes, 0);
    let before = 0;
    for (const file of left) {
      await bringBlob(commit, file, options, (done) => options.onProgress?.(file.path, before + done, total));
      await cache.link(commit, file.path, file.etag);
      before += file.bytes;
    }
  } finally {
    await lock.release();
  }
}

async function bringBlob(commit: string, file: HubFile, options: BringOptions, onBytes: (done: number) => void) {
  const { settings, client, cache, signal } = options;
  const { path, bytes, etag, isLarge } = file;
  const place = cache.blobOf(etag);
  if (await cache.hasBlob(etag, bytes)) return;
  // There is nothing to ask for.
  if (bytes === 0) return writeFileAtomically(place, "");
  try {
    await download([fileAddress(client, commit, path)], place, {
      ...termsOf(settings),
      ...{ bytes, [isLarge ? "sha256" : "gitBlob"]: etag, alone: true, onBytes, signal },
      patience: settings.patience.download,
      // The servers that the hub leads to say nothing of repositories.
      refusal: (response) => (response.headers.has("x-error-code") ? refusalOf(response, client) : undefined),
    });
  } catch (error) {
    throw inWords(error, client, path);
  }
}

function inWords(error: unknown, { name }: HubClientOptions, path: string): unknown {
  if (!(error instanceof FoveaError) || error.code === "unwritable") return error;
  if (error.cause instanceof HubRefusal) return error.cause;
  const got = messageOf(error.cause ?? error);
  const advice = error.code === "network" ? ": what came is kept, and the same command goes on" : "";
  return new FoveaError(error.code, `${name.text}: expected ${path} as it was published, got ${got}${advice}`);
}
