/** @file What stores in the net refuse: a sentence for each, with what to do, and nothing secret in any; and what is asked once more. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { bytesOfImage } from "../../../src/data/sources/image-of.js";
import { openSource } from "../../../src/data/sources/open-source.js";
import { serveGs } from "../../support/stores/gs.js";
import { commit, type DatasetHub, serveDatasets, token } from "../../support/stores/hub.js";
import { bucket, type S3Server, serveBucket } from "../../support/stores/s3.js";
import { tarOf } from "../../support/stores/tar.js";
import { serveFiles, type WebServer } from "../../support/stores/web.js";
import { pngOf } from "../photos/folder.js";

afterEach(() => vi.unstubAllEnvs());

function variables(all: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
}

async function names(address: string): Promise<string[]> {
  const source = await openSource(address);
  try {
    const found: string[] = [];
    for await (const image of source.images()) {
      await bytesOfImage(image);
      found.push(image.name);
    }
    return found;
  } finally {
    await source.close();
  }
}

/** The sentence of an error, which holds nothing secret. */
async function sentence(address: string): Promise<string> {
  const error: unknown = await names(address).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "FoveaError" });
  const whole = `${error} ${JSON.stringify(error)} ${String((error as Error).cause)} ${(error as Error).stack}`;
  for (const secret of ["HUSH", "AKIA", "Signature=", token]) expect(whole).not.toContain(secret);
  return (error as Error).message;
}

/** A server that does one thing, whatever is asked. */
async function serving(answer: Parameters<typeof createServer>[1]): Promise<{ origin: string; server: Server }> {
  const server = createServer(answer as never);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe("s3://", () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await serveBucket();
    await server.put("photos/cat/1.png", await pngOf("1"));
    await server.put("photos/dog/1.png", await pngOf("2"));
  });
  afterAll(() => server.close());
  beforeEach(() => variables(server.variables));

  it("names a bucket, a folder or a file that is not there", async () => {
    expect(await names(`s3://${bucket}/photos`)).toEqual(["cat/1.png", "dog/1.png"]);
    expect(await sentence("s3://elsewhere/photos")).toMatch(
      /^s3:\/\/elsewhere\/photos\/: expected a bucket, got none that is called elsewhere$/,
    );
    expect(await sentence(`s3://${bucket}/photo`)).toMatch(
      /s3:\/\/photos\/photo: photos: expected a folder or a file, got nothing there$/,
    );
    expect(await sentence("s3:///photos")).toBe("s3:///photos: expected s3://bucket/path, got no bucket");
  });

  it("says that it may not be read, by unknown keys, without keys, and without a region", async () => {
    variables({ AWS_ACCESS_KEY_ID: "AKIAHUSH", AWS_SECRET_ACCESS_KEY: "HUSH" });
    expect(await sentence(`s3://${bucket}/photos`)).toMatch(
      /expected credentials that the server knows, got others \(InvalidAccessKeyId\): set AWS_ACCESS_KEY_ID/,
    );
    variables({
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_CONFIG_FILE: "/nowhere",
      AWS_SHARED_CREDENTIALS_FILE: "/nowhere",
      AWS_EC2_METADATA_DISABLED: "true",
      HOME: "/nowhere",
    });
    expect(await sentence(`s3://${bucket}/photos`)).toMatch(/expected credentials, got none: set AWS_ACCESS_KEY_ID/);
    variables({ ...server.variables, AWS_REGION: undefined });
    expect(await sentence(`s3://${bucket}/photos`)).toMatch(/expected a region, got none: set AWS_REGION$/);
  });

  it("goes on where the server denies nothing but one file, and asks once more where an answer breaks off", async () => {
    const png = await pngOf("1");
    let asked = 0;
    const { origin, server: broken } = await serving((request, response) => {
      if (request.url?.includes("list-type")) {
        const item = (key: string) =>
          `<Contents><Key>photos/${key}</Key><Size>${png.length}</Size><ETag>"1"</ETag></Contents>`;
        response.end(
          `<ListBucketResult><IsTruncated>false</IsTruncated>${item("cat/1.png")}${item("dog/2.png")}</ListBucketResult>`,
        );
      } else if (request.method === "HEAD") response.writeHead(404).end();
      else if (request.url?.includes("dog")) {
        response
          .writeHead(403, { "content-type": "application/xml" })
          .end("<Error><Code>AccessDenied</Code><Message>HUSH</Message></Error>");
      } else if (++asked < 3) {
        response.writeHead(200, { "content-length": png.length });
        response.write(png.subarray(0, 20));
        setTimeout(() => response.destroy(), 10);
      } else response.end(png);
    });
    variables({ AWS_ENDPOINT_URL_S3: origin });
    const source = await openSource(`s3://${bucket}/photos`);
    const outcomes: string[] = [];
    for await (const image of source.images()) {
      outcomes.push(
        await bytesOfImage(image).then(
          (bytes) => `${bytes.length === png.length}`,
          (error: Error) => error.message,
        ),
      );
    }
    expect(outcomes).toEqual([
      "true",
      `s3://${bucket}/photos/dog/2.png: expected to be allowed to read it, got no permission: ask for s3:GetObject and s3:ListBucket`,
    ]);
    expect(asked).toBe(3);
    await source.close();
    broken.closeAllConnections();
    broken.close();
  });
});

describe("gs://", () => {
  it("names a bucket or a file that is not there, and what may not be read", async () => {
    const server = await serveGs(
      "photos",
      new Map([
        ["a/cat/1.png", await pngOf("1")],
        ["secret/cat/1.png", await pngOf("2")],
      ]),
    );
    variables(server.variables);
    expect(await names("gs://photos/a")).toEqual(["cat/1.png"]);
    expect(await sentence("gs://elsewhere/a")).toMatch(/expected a bucket, got none that is called elsewhere$/);
    expect(await sentence("gs://photos/b")).toMatch(
      /gs:\/\/photos\/b: photos: expected a folder or a file, got nothing there$/,
    );
    expect(await sentence("gs://photos/secret/cat/1.png")).toMatch(
      /expected to be allowed to read it, got no permission \(403\): log in with gcloud/,
    );
    await server.close();
  });
});

describe("hf://datasets/", () => {
  let hub: DatasetHub;
  beforeAll(async () => {
    hub = await serveDatasets(new Map([["data/cat/1.png", await pngOf("1")]]));
  });
  afterAll(() => hub.close());
  beforeEach(() =>
    variables({
      HF_ENDPOINT: hub.endpoint,
      HF_HUB_CACHE: "/nowhere",
      HF_TOKEN: undefined,
      HF_TOKEN_PATH: "/nowhere",
      HF_HUB_OFFLINE: undefined,
    }),
  );

  it("says what is missing, and what to do about what is closed", async () => {
    expect(await names("hf://datasets/people/photos/data")).toEqual(["cat/1.png"]);
    expect(await names(`hf://datasets/people/photos@${commit}`)).toEqual(["data/cat/1.png"]);
    expect(await sentence("hf://datasets/people/nothing")).toMatch(
      /expected a dataset of http\S+, got none: look at its spelling; for a private one set HF_TOKEN$/,
    );
    expect(await sentence("hf://datasets/people/photos@v9")).toMatch(
      /expected a branch, a tag or a commit of people\/photos, got "v9", which it does not have$/,
    );
    expect(await sentence("hf://datasets/people/photos/nowhere")).toMatch(/nowhere\/: expected files, got none there$/);
    expect(await sentence("hf://datasets/people/gated/data")).toMatch(
      /got a gated one: ask for access at \S+, and set HF_TOKEN/,
    );
    expect(await sentence("hf://people/photos")).toMatch(/expected hf:\/\/datasets\/owner\/name/);
  });

  it("gives the token to the hub alone, and asks nothing offline", async () => {
    variables({ HF_TOKEN: token });
    hub.asked.length = 0;
    expect(await names("hf://datasets/people/private/data")).toEqual(["cat/1.png"]);
    expect(hub.asked.every((asked) => asked.endsWith(" with token"))).toBe(true);
    hub.asked.length = 0;
    variables({ HF_HUB_OFFLINE: "1" });
    expect(await sentence("hf://datasets/people/photos")).toMatch(
      /HF_HUB_OFFLINE is set: expected it in the cache, got nothing of it/,
    );
    expect(hub.asked).toEqual([]);
  });
});

describe("https://", () => {
  let web: WebServer | undefined;
  afterEach(() => web?.close());

  it("sends what follows the question mark with the file that was named, and tells nobody", async () => {
    const tar = await tarOf([
      ["1.png", await pngOf("1")],
      ["1.cls", "cat"],
    ]);
    web = await serveFiles(new Map([["/a.tar", tar]]));
    expect(await names(`${web.origin}/a.tar?Signature=HUSH`)).toEqual(["a.tar/1.png"]);
    expect(web.asked.every((asked) => asked.includes("?Signature=HUSH"))).toBe(true);
    expect(await sentence(`${web.origin}/b.tar?Signature=HUSH`)).toMatch(
      /\/b\.tar: expected the address of a list of photos, or of a tar or Parquet file, got none there/,
    );
  });

  it("asks once more where the server is busy, not where it refuses", async () => {
    const tar = await tarOf([
      ["1.png", await pngOf("1")],
      ["1.cls", "cat"],
    ]);
    web = await serveFiles(new Map([["/a.tar", tar]]), {
      fail: (_, response, times) => times === 1 && Boolean(response.writeHead(503).end()),
    });
    expect(await names(`${web.origin}/a.tar`)).toEqual(["a.tar/1.png"]);
    await web.close();
    web = await serveFiles(new Map(), { fail: (_, response) => Boolean(response.writeHead(403).end()) });
    expect(await sentence(`${web.origin}/a.tar?Signature=HUSH`)).toMatch(
      /a\.tar: expected a file that may be read, got HTTP status 403: it may need a login, or a signed address may have expired$/,
    );
    expect(web.asked).toHaveLength(1);
  });

  it("goes on where an answer breaks off, and refuses another version of the file", async () => {
    let broken = false;
    const tar = await tarOf([
      ["1.png", await pngOf("1")],
      ["1.cls", "cat"],
    ]);
    web = await serveFiles(new Map([["/a.tar", tar]]), {
      fail: (request, response) => {
        const isWhole = request.headers.range === `bytes=0-${tar.length - 1}`;
        if (!isWhole || broken) return false;
        broken = true;
        const range = `bytes 0-${tar.length - 1}/${tar.length}`;
        response.writeHead(206, { "content-range": range, "content-length": tar.length });
        response.write(tar.subarray(0, 100));
        setTimeout(() => response.destroy(), 10);
        return true;
      },
    });
    expect(await names(`${web.origin}/a.tar`)).toEqual(["a.tar/1.png"]);
    expect(broken).toBe(true);
    await web.close();
    web = await serveFiles(new Map([["/a.tar", tar]]), {
      fail: (request, response) => request.headers["if-match"] !== undefined && Boolean(response.writeHead(412).end()),
    });
    expect(await sentence(`${web.origin}/a.tar`)).toMatch(/a\.tar: expected an unchanged file, got a newer version$/);
  });

  it("refuses http elsewhere, addresses with a login, and other schemes", async () => {
    expect(await sentence("http://example.com/a.tar")).toMatch(
      /expected an address of https, or of http on this machine, got http$/,
    );
    expect(await sentence("https://me:HUSH@example.com/a.tar")).toBe(
      "an address of example.com: expected one without a login, got one with a user's name in it",
    );
    expect(await sentence("ftp://example.com/a.tar")).toMatch(/expected a file, got an address, which is not fetched/);
  });
});
