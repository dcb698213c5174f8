/** @file Buckets of Amazon S3, and of servers that speak its language, as stores. */

import type { ListObjectsV2CommandInput, ListObjectsV2CommandOutput, S3Client } from "@aws-sdk/client-s3";
import { Interrupted } from "../../../files/transfer/answer.js";
import type { Pace } from "../../../files/transfer/pace.js";
import { FoveaError } from "../../../foundation/error.js";
import type { ByteRange, StoredFile } from "../store.js";
import { bucketAndKey, clientPackage } from "./client-package.js";
import { collect, paced } from "./collect.js";
import type { Objects, ObjectsAt } from "./objects.js";
import { isPassing, isPassingCode, retrying } from "./retry.js";

type Library = typeof import("@aws-sdk/client-s3");

/**
 * Region, server and credentials are found as all programs find them that use Amazon's library: in its environment variables and files.
 * @throws FoveaError `bad-input`
 */
export async function openS3(address: string): Promise<ObjectsAt> {
  const { bucket, key } = bucketAndKey(address);
  const library = await clientPackage(address, "@aws-sdk/client-s3", () => import("@aws-sdk/client-s3"));
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const client = new library.S3Client({
    followRegionRedirects: true,
    // Servers of one's own seldom have a name for each bucket.
    forcePathStyle: Boolean(AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL),
    requestHandler: { connectionTimeout: 10_000, socketTimeout: 30_000 },
  });
  return { objects: new S3Bucket(library, client, bucket), key };
}

class S3Bucket implements Objects {
  readonly #library: Library;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #versions = new Map<string, string>();

  constructor(library: Library, client: S3Client, bucket: string) {
    this.#library = library;
    this.#client = client;
    this.#bucket = bucket;
  }

  address(key: string): string {
    return `s3://${this.#bucket}/${key}`;
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncGenerator<StoredFile> {
    for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
      signal?.throwIfAborted();
      const page = await this.#page({ Prefix: prefix, ContinuationToken: token }, prefix);
      for (const { Key, Size, ETag } of page.Contents ?? []) {
        if (Key !== undefined) yield { name: Key, bytes: Size, version: ETag };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    }
  }

  async find(key: string): Promise<StoredFile | undefined> {
    const command = new this.#library.HeadObjectCommand({ Bucket: this.#bucket, Key: key });
    try {
      const { ContentLength, ETag } = await this.#asking(key, () => this.#client.send(command));
      if (ETag !== undefined) this.#versions.set(key, ETag);
      return { name: key, bytes: ContentLength, version: ETag };
    } catch (error) {
      if (error instanceof FoveaError && error.code === "not-found") return undefined;
      // Such an answer has no body that would tell why it refuses.
      await this.#page({ Prefix: key, MaxKeys: 1 }, key);
      throw error;
    }
  }

  async read(key: string, range?: ByteRange): Promise<Uint8Array> {
    try {
      return await this.#asking(key, () => paced((pace) => this.#part(key, range, pace)));
    } catch (error) {
      // Behind the end there is nothing.
      if (error instanceof FoveaError && codeOf(error.cause) === "InvalidRange") return new Uint8Array();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  #page(what: Omit<ListObjectsV2CommandInput, "Bucket">, key: string): Promise<ListObjectsV2CommandOutput> {
    const command = new this.#library.ListObjectsV2Command({ Bucket: this.#bucket, ...what });
    return this.#asking(key, () => this.#client.send(command));
  }

  async #part(key: string, range: ByteRange | undefined, pace: Pace): Promise<Uint8Array> {
    const command = new this.#library.GetObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Range: range && `bytes=${range.start}-${range.end - 1}`,
      IfMatch: this.#versions.get(key),
    });
    const { Body, ContentLength } = await this.#client.send(command, { abortSignal: pace.signal });
    const bytes = range ? Math.min(ContentLength ?? 0, range.end - range.start) : ContentLength;
    return collect(isStream(Body) ? Body : nothing(), { where: this.address(key), bytes, pace });
  }

  /** Asks, and once more where that may help. Amazon's library does that as well, but not for what breaks off in the middle. */
  #asking<Result>(key: string, ask: () => Promise<Result>): Promise<Result> {
    return retrying(async () => {
      try {
        return await ask();
      } catch (error) {
        if (error instanceof FoveaError) throw error;
        throw refusalOf(error, this.address(key), this.#bucket);
      }
    });
  }
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** What the server, the library or the system calls an error. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function statusOf(error: unknown): number {
  const { $metadata }: { $metadata?: { httpStatusCode?: number } } = Object(error);
  return $metadata?.httpStatusCode ?? 0;
}

const logIn = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or log in with aws sso login";

/** A sentence for each refusal. Words of the library are left out: they may hold keys. */
function refusalOf(error: unknown, where: string, bucket: string): FoveaError {
  const [code, status] = [codeOf(error), statusOf(error)];
  const refused = (kind: "network" | "not-found" | "bad-file", expected: string, got: string) =>
    new FoveaError(kind, `${where}: expected ${expected}, got ${got}`, { cause: bare(code) });
  if (code === "NoSuchBucket") return refused("not-found", "a bucket", `none that is called ${bucket}`);
  if (code === "NoSuchKey" || code === "NotFound") return refused("not-found", "a file", "none there");
  if (code === "InvalidRange") return refused("bad-file", "a longer file", "one that ends before");
  if (code === "PreconditionFailed") return refused("bad-file", "an unchanged file", "a newer version");
  if (/credentials/i.test(code)) return refused("network", "credentials", `none: ${logIn}`);
  if (/^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken)/.test(code)) {
    return refused("network", "credentials that the server knows", `others (${code}): ${logIn}`);
  }
  if (status === 401 || status === 403 || code === "AccessDenied") {
    return refused("network", "to be allowed to read it", "no permission: ask for s3:GetObject and s3:ListBucket");
  }
  if (error instanceof Error && /region is missing/i.test(error.message)) {
    return refused("network", "a region", "none: set AWS_REGION");
  }
  if (isPassing(status) || isPassingCode(code) || code === "TimeoutError" || code === "AbortError") {
    return new Interrupted(`${where}: expected an answer, got ${status || code}: try again later`);
  }
  const server = "set AWS_ENDPOINT_URL_S3 where it is not Amazon's";
  return refused("network", "an answer", `${code}${status > 0 ? ` (${status})` : ""}: ${server}`);
}

/** An error of that code and nothing else. */
function bare(code: string): Error {
  return Object.assign(new Error(code), { code });
}
