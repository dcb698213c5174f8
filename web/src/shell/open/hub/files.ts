/**
 * @file A model's files from the hub, in a page: without a token, with checksums, and kept in the browser's cache by their commit, so that
 * the second time only the revision is asked for.
 */

import { refuseSize } from "../../../../../src/files/input/input-kinds.js";
import { FoveaError } from "../../../../../src/foundation/error.js";
import { chooseModel } from "../../../../../src/hub/choose-model.js";
import {
  askFiles,
  askRevision,
  fileAddress,
  type HubClientOptions,
  type HubFile,
} from "../../../../../src/hub/client.js";
import { filesBeside, isMeant } from "../../../../../src/hub/files-beside.js";
import { readHubName, shownName } from "../../../../../src/hub/name.js";
import { away, refusalOf } from "../../../../../src/hub/refusals.js";

export interface HubFilesOptions {
  readonly endpoint: string;
  /** How many bytes of the missing files have come. */
  readonly onProgress: (done: number, total: number) => void;
  /** Told where the hub does not answer, and what was kept is taken. */
  readonly onNote: (note: string) => void;
}

/** Pages of the same origin share it; the files of a page itself are kept by its service worker. */
const cacheName = "fovea-hub";
/** Milliseconds for a list, and between two pieces of a file. */
const patience = { list: 10_000, piece: 30_000 };

/**
 * The model's file, by the model's name, and those beside it by their own.
 * @param text `owner/name`, with `hf:` or without
 * @throws FoveaError as `modelFromHub`
 */
export async function filesFromHub(text: string, options: HubFilesOptions): Promise<File[]> {
  const name = readHubName(/^hf:/i.test(text) ? text : `hf:${text}`);
  // Other origins than https and this machine's have no cache.
  const cache = "caches" in globalThis ? await caches.open(cacheName) : undefined;
  const asked = { name, endpoint: options.endpoint, hasToken: false, inPage: true };
  const client: HubClientOptions = { ...asked, ask: listsThrough(cache, asked, options.onNote) };
  const { commit, files } = await askRevision(client);
  const model = chooseModel(files, name);
  // A page opens one network at a time.
  const beside = filesBeside(model, files).filter((path) => !/\.onnx$/i.test(path));
  const paths = [model, ...beside];
  const kept = new Map<string, Blob>();
  for (const path of paths) {
    const response = await cache?.match(fileAddress(client, commit, path));
    if (response) kept.set(path, await response.blob());
  }
  const missing = paths.filter((path) => !kept.has(path));
  const described = missing.length > 0 ? await askFiles(client, commit, missing) : [];
  const meant = described.filter(isMeant);
  for (const { path, bytes } of meant) refuseSize(bytes, "model", `${name.text}: ${path}`);
  const total = meant.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const file of meant) {
    const blob = await fetched(client, commit, file, (done) => options.onProgress(before + done, total));
    // A full disk is no reason not to open it.
    await cache?.put(fileAddress(client, commit, file.path), new Response(blob)).catch(() => undefined);
    kept.set(file.path, blob);
    before += file.bytes;
  }
  const nameOf = (path: string) => (path === model ? mainName(shownName(name), model) : lastOf(path));
  return paths.flatMap((path) => {
    const blob = kept.get(path);
    return blob ? [new File([blob], nameOf(path))] : [];
  });
}

const lastOf = (path: string) => path.split("/").at(-1) ?? path;

/** The name tells the model's repository and its format. A model.json is known by its whole name. */
function mainName(shown: string, path: string): string {
  const ending = /\.[^.]+$/.exec(path)?.[0] ?? "";
  return ending === ".json" || shown.endsWith(ending) ? lastOf(path) : `${shown}${ending}`;
}

/** Asks for lists, and keeps the answers for when the hub cannot be reached. */
function listsThrough(cache: Cache | undefined, asked: Parameters<typeof away>[0], onNote: (note: string) => void) {
  const ask: typeof fetch = async (address) => {
    const url = String(address);
    const request = { signal: AbortSignal.timeout(patience.list), credentials: "omit" } as const;
    const response = await fetch(url, request).catch(() => undefined);
    if (response?.ok) await cache?.put(url, response.clone()).catch(() => undefined);
    if (response && response.status < 500) return response;
    const kept = await cache?.match(url);
    if (kept === undefined) throw away(asked, response ? `HTTP status ${response.status}` : "none");
    onNote(
      `${asked.endpoint} does not answer: what was kept of ${asked.name.repo} is taken, which may be an older one.`,
    );
    return kept;
  };
  return ask;
}

/** @throws FoveaError `network`, `checksum` */
async function fetched(client: HubClientOptions, commit: string, file: HubFile, onBytes: (done: number) => void) {
  const stop = new AbortController();
  let timer = setTimeout(() => stop.abort(), patience.piece);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  try {
    const address = fileAddress(client, commit, file.path);
    const response = await fetch(address, { signal: stop.signal, credentials: "omit" });
    if (!response.ok) throw refusalOf(response, client);
    const reader = response.body?.getReader();
    for (let piece = await reader?.read(); piece?.value; piece = await reader?.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => stop.abort(), patience.piece);
      pieces.push(piece.value);
      done += piece.value.length;
      if (done > file.bytes) break;
      onBytes(done);
    }
  } catch (error) {
    if (error instanceof FoveaError) throw error;
    throw away(client, `a transfer of ${file.path} that broke off`);
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
  const blob = new Blob(pieces);
  const got = blob.size === file.bytes ? await sumOf(blob, file) : `${blob.size} of ${file.bytes} bytes`;
  if (got === file.etag) return blob;
  throw new FoveaError("checksum", `${client.name.text}: expected ${file.path} as it was published, got ${got}`);
}

/** By the name that the hub gave its content: SHA-256, or git's. */
async function sumOf(blob: Blob, { isLarge, bytes }: HubFile): Promise<string> {
  const whole = isLarge ? blob : new Blob([`blob ${bytes}\0`, blob]);
  const digest = await crypto.subtle.digest(isLarge ? "SHA-256" : "SHA-1", await whole.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
