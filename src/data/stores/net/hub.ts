/** @file Datasets of the Hugging Face hub as stores: `hf://datasets/owner/name@revision/path`, at one commit, from the hub's cache where it lies there. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type HubSettings, hubSettings } from "../../../files/hub-settings.js";
import { readInputText } from "../../../files/input/read-input.js";
import { FoveaError } from "../../../foundation/error.js";
import { diskStore } from "../disk.js";
import type { ByteRange, Store, StoredFile } from "../store.js";
import { askWeb, type WebFile } from "./ask-web.js";
import type { Objects, ObjectsAt } from "./objects.js";

interface HubDataset {
  readonly repo: string;
  readonly revision: string;
  readonly path: string;
}

const usualRevision = "main";

/** @throws FoveaError `bad-input` for what names no dataset; `not-found`, `network` */
export async function openHub(address: string): Promise<ObjectsAt> {
  const dataset = readAddress(address);
  const settings = hubSettings();
  const folder = join(settings.cache, `datasets--${dataset.repo.replace("/", "--")}`);
  const commit = settings.isOffline ? await cachedCommit(folder, dataset) : await askCommit(settings, dataset);
  const kept = diskStore(join(folder, "snapshots", commit));
  if (settings.isOffline) return { objects: offline(dataset, kept), key: dataset.path };
  return { objects: new HubObjects(settings, dataset, commit, kept), key: dataset.path };
}

function readAddress(address: string): HubDataset {
  const parts = /^hf:\/\/datasets\/([\w.-]+\/[\w.-]+)(?:@([^/]+))?(?:\/(.*))?$/is.exec(address);
  const [, repo = "", revision = usualRevision, path = ""] = parts ?? [];
  if (parts && !/--|\.\.|\.git$/.test(repo) && !/^\.+$/.test(revision)) {
    // Branches with a slash in their names are written so.
    return { repo, revision: revision.replaceAll(/%2f/gi, "/"), path };
  }
  const expected = "expected hf://datasets/owner/name, with @revision and a path behind it where they are meant";
  throw new FoveaError("bad-input", `${address}: ${expected}, got another address`);
}

const shown = ({ repo, revision }: HubDataset) =>
  `hf://datasets/${repo}${revision === usualRevision ? "" : `@${revision.replaceAll("/", "%2F")}`}/`;

const isCommit = (text: string) => /^[0-9a-f]{40}$/.test(text);

/** @throws FoveaError `not-found` where the cache does not hold it */
async function cachedCommit(folder: string, dataset: HubDataset): Promise<string> {
  const { revision } = dataset;
  const ref = join(folder, "refs", revision);
  const commit = isCommit(revision) ? revision : existsSync(ref) ? (await readInputText(ref, "settings")).trim() : "";
  if (isCommit(commit) && existsSync(join(folder, "snapshots", commit))) return commit;
  const advice = "download it once without HF_HUB_OFFLINE";
  throw new FoveaError(
    "not-found",
    `${shown(dataset)}: HF_HUB_OFFLINE is set: expected it in the cache, got nothing of it: ${advice}`,
  );
}

/** What the cache holds of a commit. */
function offline(dataset: HubDataset, kept: Store): Objects {
  return {
    ...kept,
    address: (key) => shown(dataset) + key,
    async *list(prefix) {
      for (const file of (await kept.list()).files) if (file.name.startsWith(prefix)) yield file;
    },
  };
}

async function askCommit(settings: HubSettings, dataset: HubDataset): Promise<string> {
  if (isCommit(dataset.revision)) return dataset.revision;
  const { datasetInfo } = await import("@huggingface/hub");
  return asking(dataset, async () => {
    const { sha } = await datasetInfo({
      ...{ name: dataset.repo, revision: dataset.revision, additionalFields: ["sha"] },
      ...{ hubUrl: settings.endpoint, fetch: guarded(settings, dataset, shown(dataset)) },
    });
    if (typeof sha === "string" && isCommit(sha)) return sha;
    throw new Error("one without a commit");
  });
}

/** Whatever the library makes of an answer of another form is said in one way. */
async function asking<Result>(dataset: HubDataset, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof FoveaError) throw error;
    throw new FoveaError(
      "network",
      `${shown(dataset)}: expected an answer of the hub, got something else: try again later`,
    );
  }
}

/** As whom files are asked for, and whether http will do. */
function termsOf({ endpoint, token, patience }: HubSettings) {
  const pace = { patience: patience.download, leastRate: 1000 };
  return { bearer: token, loopback: new URL(endpoint).protocol === "http:", pace };
}

/** `fetch` for the library's questions: with the token for the hub's own address alone, and not for ever. */
function guarded(settings: HubSettings, dataset: HubDataset, where: string): typeof fetch {
  return async (address) => {
    const url = String(address);
    const isOwn = URL.canParse(url) && new URL(url).origin === new URL(settings.endpoint).origin;
    const file = { ...hubFile(settings, dataset, url, where), ...(isOwn ? {} : { bearer: undefined }) };
    const answer = await askWeb({ ...file, pace: { patience: settings.patience.answer, leastRate: 100 } });
    if (answer === undefined) throw new FoveaError("not-found", `${where}: expected files, got none there`);
    return new Response(new Uint8Array(answer.bytes), { headers: answer.headers });
  };
}

function hubFile(settings: HubSettings, dataset: HubDataset, url: string, where: string): WebFile {
  return {
    url,
    where,
    ...termsOf(settings),
    refusal: ({ status, headers }) =>
      headers.get("x-error-code") === "EntryNotFound" ? undefined : refusalOf(status, headers, settings, dataset),
  };
}

/** What the hub means; undefined for what is over the next time. */
function refusalOf(
  status: number,
  headers: Headers,
  { endpoint, token }: HubSettings,
  dataset: HubDataset,
): FoveaError | undefined {
  const [where, page] = [shown(dataset), `${endpoint}/datasets/${dataset.repo}`];
  const code = headers.get("x-error-code");
  if (code === "GatedRepo") {
    const advice = `ask for access at ${page}, and set HF_TOKEN to a token of the same account`;
    return new FoveaError("not-found", `${where}: expected a dataset that may be read, got a gated one: ${advice}`);
  }
  if (code === "RevisionNotFound") {
    const got = `${JSON.stringify(dataset.revision)}, which it does not have`;
    return new FoveaError("not-found", `${where}: expected a branch, a tag or a commit of ${dataset.repo}, got ${got}`);
  }
  if (code !== "RepoNotFound" && ![401, 403, 404].includes(status)) return undefined;
  const isPrivate =
    token === undefined ? "for a private one set HF_TOKEN" : "a private one must be open to the account of HF_TOKEN";
  return new FoveaError(
    "not-found",
    `${where}: expected a dataset of ${endpoint}, got none: look at its spelling; ${isPrivate}`,
  );
}

class HubObjects implements Objects {
  readonly #settings: HubSettings;
  readonly #dataset: HubDataset;
  readonly #commit: string;
  /** The files of the commit that programs have downloaded. */
  readonly #kept: Store;

  constructor(settings: HubSettings, dataset: HubDataset, commit: string, kept: Store) {
    this.#settings = settings;
    this.#dataset = dataset;
    this.#commit = commit;
    this.#kept = kept;
  }

  address(key: string): string {
    return shown(this.#dataset) + key;
  }

  async *list(prefix: string): AsyncGenerator<StoredFile> {
    const { listFiles } = await import("@huggingface/hub");
    const path = prefix.replace(/\/$/, "");
    const files = listFiles({
      ...{ repo: { type: "dataset", name: this.#dataset.repo }, revision: this.#commit, recursive: true },
      ...(path === "" ? {} : { path }),
      ...{ hubUrl: this.#settings.endpoint, fetch: guarded(this.#settings, this.#dataset, this.address(prefix)) },
    });
    for (;;) {
      const next = await asking(this.#dataset, () => files.next());
      if (next.done) return;
      const { type, path: name, size, oid, lfs } = next.value;
      if (type === "file") yield { name, bytes: lfs?.size ?? size, version: lfs?.oid ?? oid };
    }
  }

  async find(key: string): Promise<StoredFile | undefined> {
    const kept = await this.#kept.find(key);
    if (kept) return { ...kept, version: this.#commit };
    const part = await askWeb(this.#file(key), { start: 0, end: 1 });
    return part && { name: key, bytes: part.total, version: this.#commit };
  }

  async read(key: string, range?: ByteRange): Promise<Uint8Array> {
    if (await this.#kept.find(key)) return this.#kept.read(key, range);
    const part = await askWeb(this.#file(key), range);
    if (part?.isPart) return part.bytes;
    const got = part === undefined ? "none there" : "one that is not given in parts";
    throw new FoveaError("not-found", `${this.address(key)}: expected a file, got ${got}`);
  }

  async close(): Promise<void> {}

  #file(key: string): WebFile {
    const path = key.split("/").map(encodeURIComponent).join("/");
    const { repo } = this.#dataset;
    const url = `${this.#settings.endpoint}/datasets/${repo}/resolve/${this.#commit}/${path}`;
    return hubFile(this.#settings, this.#dataset, url, this.address(key));
  }
}
