/** @file Buckets of Google Cloud Storage as stores. */

import type { Bucket, Storage } from "@google-cloud/storage";
import { Interrupted } from "../../../files/transfer/answer.js";
import { FoveaError } from "../../../foundation/error.js";
import type { ByteRange, StoredFile } from "../store.js";
import { bucketAndKey, clientPackage } from "./client-package.js";
import { collect, paced } from "./collect.js";
import type { Objects, ObjectsAt } from "./objects.js";
import { isPassing, isPassingCode, retrying } from "./retry.js";

/**
 * Credentials are found as all programs find them that use Google's library, and so is `STORAGE_EMULATOR_HOST`.
 * @throws FoveaError `bad-input`
 */
export async function openGs(address: string): Promise<ObjectsAt> {
  const { bucket, key } = bucketAndKey(address);
  const library = await clientPackage(address, "@google-cloud/storage", () => import("@google-cloud/storage"));
  const storage = new library.Storage();
  return { objects: new GoogleBucket(storage, bucket), key };
}

/** Names in one answer. */
const pageSize = 1000;

class GoogleBucket implements Objects {
  readonly #bucket: Bucket;

  constructor(storage: Storage, name: string) {
    this.#bucket = storage.bucket(name);
  }

  address(key: string): string {
    return `gs://${this.#bucket.name}/${key}`;
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncGenerator<StoredFile> {
    for (let pageToken: string | undefined, isFirst = true; isFirst || pageToken !== undefined; isFirst = false) {
      signal?.throwIfAborted();
      const query = { prefix, maxResults: pageSize, autoPaginate: false, ...(pageToken ? { pageToken } : {}) };
      const [files, next] = await this.#asking(prefix, () => this.#bucket.getFiles(query));
      for (const { name, metadata } of files) yield { name, ...described(metadata) };
      pageToken = pageTokenOf(next);
    }
  }

  async find(key: string): Promise<StoredFile | undefined> {
    try {
      const [metadata] = await this.#asking(key, () => this.#bucket.file(key).getMetadata());
      return { name: key, ...described(metadata) };
    } catch (error) {
      if (error instanceof FoveaError && error.code === "not-found") return undefined;
      throw error;
    }
  }

  async read(key: string, range?: ByteRange): Promise<Uint8Array> {
    // Its last byte is read as well; sums of the whole file say nothing of a part.
    const part = range ? { start: range.start, end: range.end - 1, validation: false } : {};
    const bytes = range && range.end - range.start;
    return this.#asking(key, () =>
      paced((pace) => {
        const stream = this.#bucket.file(key).createReadStream({ ...part, decompress: false });
        pace.signal.addEventListener("abort", () => stream.destroy(new Error(String(pace.signal.reason))), {
          once: true,
        });
        return collect(stream, { where: this.address(key), bytes, orFewer: true, pace });
      }),
    );
  }

  async close(): Promise<void> {}

  /** Asks, and once more where that may help. Google's library does that as well, but not for what breaks off in the middle. */
  #asking<Result>(key: string, ask: () => Promise<Result>): Promise<Result> {
    return retrying(async () => {
      try {
        return await ask();
      } catch (error) {
        const cause = error instanceof Interrupted && error.cause !== undefined ? error.cause : error;
        if (cause instanceof FoveaError) throw cause;
        throw refusalOf(cause, this.address(key), this.#bucket.name);
      }
    });
  }
}

interface Metadata {
  readonly size?: string | number | undefined;
  readonly generation?: string | number | undefined;
}

function described({ size, generation }: Metadata): Omit<StoredFile, "name"> {
  return {
    bytes: size === undefined ? undefined : Number(size),
    version: generation === undefined ? undefined : String(generation),
  };
}

function pageTokenOf(next: unknown): string | undefined {
  const { pageToken }: { pageToken?: unknown } = Object(next);
  return typeof pageToken === "string" && pageToken !== "" ? pageToken : undefined;
}

const logIn = "log in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS";

/** A sentence for each refusal. Words of the library are left out: they may hold what is secret. */
function refusalOf(error: unknown, where: string, bucket: string): FoveaError {
  const { code, message }: { code?: unknown; message?: unknown } = Object(error);
  const status = Number(code);
  const refused = (kind: "network" | "not-found", expected: string, got: string) =>
    new FoveaError(kind, `${where}: expected ${expected}, got ${got}`);
  if (status === 404) {
    const isBucket = /bucket does not exist/i.test(String(message));
    return refused(
      "not-found",
      isBucket ? "a bucket" : "a file",
      isBucket ? `none that is called ${bucket}` : "none there",
    );
  }
  if (status === 401 || status === 403) {
    return refused("network", "to be allowed to read it", `no permission (${status}): ${logIn}`);
  }
  if (/could not load the default credentials/i.test(String(message))) {
    return refused("network", "credentials", `none: ${logIn}`);
  }
  const isBroken = /premature close|socket hang up|aborted|nothing for|only \d+ bytes in/i.test(String(message));
  if (isBroken || isPassing(status) || isPassingCode(String(code))) {
    const got = isBroken ? "one that broke off" : String(code);
    return new Interrupted(`${where}: expected an answer, got ${got}: try again later`);
  }
  return refused("network", "an answer", code === undefined ? "none" : String(code).slice(0, 80));
}
