/** @file Downloads from servers that send too much, too little, too slowly, another file, or lead elsewhere; and the way on from what broke off. */

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { download } from "../../src/files/download.js";
import { type Answer, type Mirror, startMirror } from "../data/idx/mirror.js";
import { share } from "../support/share.js";

const good = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 3);
const sumOf = (kind: string) => createHash(kind).update(good).digest("hex");
const published = { md5: sumOf("md5"), sha256: sumOf("sha256"), bytes: good.length, loopback: true, pause: 10 };

let folder: string;
let path: string;
const mirrors: Mirror[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-guards-"));
  path = join(folder, "file");
});
afterEach(async () => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true, force: true });
  await Promise.all(mirrors.splice(0).map((mirror) => mirror.close()));
});

async function mirrorOf(file: Answer): Promise<Mirror & { readonly address: string }> {
  const mirror = await startMirror({ file });
  mirrors.push(mirror);
  return { ...mirror, address: `${mirror.url}file` };
}

const fetched = (address: string, options: Partial<Parameters<typeof download>[2]> = {}) =>
  download([address], path, { ...published, ...options });
const failureOf = async (address: string, options = {}) => {
  const error: unknown = await fetched(address, options).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: "FoveaError" });
  return error as Error & { code: string };
};
const expectGood = () => {
  expect(new Uint8Array(readFileSync(path))).toEqual(good);
  expect(readdirSync(folder)).toEqual(["file"]);
};

describe("a server that sends another file than the published one", () => {
  it("is stopped one byte behind the published size, however much it would send", async () => {
    let sent = 0;
    const { address } = await mirrorOf((response) => {
      const piece = Buffer.alloc(16_384);
      const send = () => {
        while (!response.destroyed && response.write(piece)) sent += piece.length;
        response.once("drain", send);
      };
      send();
    });
    const { code, message } = await failureOf(address);
    expect(code).toBe("checksum");
    expect(message).toContain(`${address}: wrong size: expected 100000 bytes, got more`);
    expect(sent).toBeLessThan(50 * good.length);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is not listened to where it promises another size", async () => {
    const { address, asked } = await mirrorOf(good.subarray(1));
    const { code, message } = await failureOf(address);
    expect([code, asked.length]).toEqual(["checksum", 1]);
    expect(message).toContain(`${address}: wrong size: expected 100000 bytes, got 99999`);
  });

  it("is refused by SHA-256 where md5 would let it through", async () => {
    const { address } = await mirrorOf(good);
    const { message } = await failureOf(address, { sha256: "0".repeat(64) });
    expect(message).toContain(`wrong checksum: expected sha256 ${"0".repeat(64)}, got ${published.sha256}`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("may pack it for the way, but not a larger one", async () => {
    const packed = (bytes: Uint8Array) => (response: ServerResponse) =>
      response.writeHead(200, { "content-encoding": "gzip", etag: '"1"' }).end(gzipSync(bytes));
    const [bomb, right] = [await mirrorOf(packed(Buffer.alloc(2e7))), await mirrorOf(packed(good))];
    expect((await failureOf(bomb.address)).message).toContain("wrong size: expected 100000 bytes, got more");
    await fetched(right.address);
    expectGood();
    const broken = await mirrorOf((response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end("no gzip at all"),
    );
    expect((await failureOf(broken.address)).code).toBe("network");
  });
});

it("gives up a trickle, and says how little came", async () => {
  const { address } = await mirrorOf((response) => {
    const timer = setInterval(() => response.write("a"), 100);
    response.on("close", () => clearInterval(timer));
  });
  const { code, message } = await failureOf(address, { patience: 500 });
  expect(code).toBe("network");
  expect(message).toMatch(/: only \d+ bytes in 1 s$/);
});

describe("addresses", () => {
  const leading =
    (location: string): Answer =>
    (response) =>
      response.writeHead(302, { location }).end();

  it("are followed to where the file is, on the same terms", async () => {
    const { address } = await mirrorOf(good);
    const { address: first } = await mirrorOf(leading(address));
    await fetched(first);
    expectGood();
  });

  it.each([
    ["http://example.invalid/file", /: redirect: expected an address of https, got http$/],
    ["file:///etc/hostname", /: redirect: expected an address of https, got file$/],
    ["data:,x", /: redirect: expected an address of https, got data$/],
    ["//[", /: redirect: expected an address of https, got none$/],
    ["file", /: expected a file, got more than 5 redirects$/],
  ])("that lead to %s are refused", async (location, message) => {
    const { address } = await mirrorOf(leading(location));
    expect((await failureOf(address)).message).toMatch(message);
  });

  it("of http are refused unless they are on this machine and that is asked for, and never behind one of https", async () => {
    const { address, asked } = await mirrorOf(good);
    for (const mirror of [address, "http://example.invalid/file", "file:///etc/hostname", "/etc/hostname"]) {
      const { message } = await failureOf(mirror, { loopback: mirror !== address });
      expect(message).toMatch(/: expected an address of https, got (http|file|none)$/);
    }
    vi.stubGlobal("fetch", async () => new Response(null, { status: 302, headers: { location: address } }));
    const { message } = await failureOf("https://example.invalid/file");
    expect(message).toContain("https://example.invalid/file: redirect: expected an address of https, got http");
    expect(asked).toEqual([]);
  });
});

/** Time to read what has come, also where the machine held up this process, in which the reader is, too. */
async function untilRead(): Promise<void> {
  await wait(100);
  for (let i = 0; i < 20; i++) await turn();
}

/** Serves ranges of a file under a version; breaks off after so many bytes, or stops there where they are negative, while there are some in the list. */
function serving(file: Uint8Array, version: string | undefined, breaks: number[]) {
  const ranges: (string | undefined)[] = [];
  // What has come but was not read when the connection breaks is lost to the reader: it gets time.
  const answer = (response: ServerResponse, { headers }: IncomingMessage) => {
    ranges.push(headers.range);
    const start = headers["if-range"] === version ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0) : 0;
    const rest = file.subarray(start);
    const range = start > 0 ? { "content-range": `bytes ${start}-${file.length - 1}/${file.length}` } : {};
    const tag = version === undefined ? {} : { etag: version };
    response.writeHead(start > 0 ? 206 : 200, { "content-length": rest.length, ...range, ...tag });
    const end = breaks.shift();
    if (end === undefined) response.end(rest);
    else if (end < 0) response.write(rest.subarray(0, -end));
    else response.write(rest.subarray(0, end), () => void untilRead().then(() => response.destroy()));
  };
  return { answer, ranges };
}

describe("a transfer that broke off", () => {
  it("goes on where it was, in the same call and in a later one", async () => {
    const { answer, ranges } = serving(good, '"one"', [30_000, 20_000, 10_000, 5000]);
    const { address } = await mirrorOf(answer);
    expect((await failureOf(address)).message).toContain("terminated");
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^file\.[0-9a-f]{8}\.part$/)]);
    const told: number[] = [];
    await fetched(address, { onBytes: (done: number) => told.push(done) });
    expect(ranges).toEqual([undefined, "bytes=30000-", "bytes=50000-", "bytes=60000-", "bytes=65000-"]);
    expect([Math.min(...told) > 60_000, told.at(-1)]).toEqual([true, good.length]);
    expectGood();
  });

  it("goes on after it was stopped by its signal", async () => {
    const { answer, ranges } = serving(good, '"one"', [-40_000]);
    const { address } = await mirrorOf(answer);
    const stop = new AbortController();
    const onBytes = (done: number) => void (done === 40_000 && stop.abort(new Error("enough")));
    await expect(fetched(address, { onBytes, signal: stop.signal })).rejects.toThrow("enough");
    await fetched(address);
    expect(ranges).toEqual([undefined, "bytes=40000-"]);
    expectGood();
  });

  it.each(
    share<[string, Answer | undefined]>(
      [
        ["ignores ranges", good],
        ["has another version by now", serving(good, '"two"', []).answer],
        ["has fewer bytes than that", (response, { headers }) => sendUnless(headers.range, response, 416, {})],
        [
          "sends another range than the one asked for",
          (response, { headers }) => sendUnless(headers.range, response, 206, { "content-range": "bytes 0-9/100000" }),
        ],
        ["sends the rest of another file", undefined],
      ],
      3,
    ),
  )("begins again where the server %s", async (_, later) => {
    const first = serving(good.toReversed(), '"one"', [30_000, 1, 1]);
    let answer: Answer = first.answer;
    const { address } = await mirrorOf(
      (response, request) => typeof answer === "function" && answer(response, request),
    );
    await failureOf(address);
    const sent = later ?? serving(good, '"one"', []).answer;
    answer = typeof sent === "function" ? sent : (response) => void response.end(sent);
    await fetched(address);
    expectGood();
  });

  it("leaves nothing where the server does not say of which version its bytes are", async () => {
    const { address } = await mirrorOf(serving(good, undefined, [30_000, 30_000, 30_000]).answer);
    expect((await failureOf(address)).message).toContain("terminated");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("does not trust a partial file that says nothing, or holds too much", async () => {
    const { answer, ranges } = serving(good, '"one"', [30_000, 1, 1]);
    const { address } = await mirrorOf(answer);
    await failureOf(address);
    const [partial = ""] = readdirSync(folder);
    const texts = ["", "\n", '"one"', '"one"\n', `${"x".repeat(5000)}\nabc`, `"one"\n${"x".repeat(100_001)}`];
    for (const text of share(texts, 5)) {
      writeFileSync(join(folder, partial), text);
      rmSync(path, { force: true });
      await fetched(address);
      expect(ranges.at(-1)).toBeUndefined();
      expectGood();
    }
  });

  it("is tried again after a pause where the server was busy, by this mirror or the next", async () => {
    let asked = 0;
    const busy = await mirrorOf((response) => (asked++ < 1 ? response.writeHead(503).end() : response.end(good)));
    const broken = await mirrorOf(404);
    expect(await download([broken.address, busy.address], path, published)).toBe(1);
    expect([broken.asked.length, busy.asked.length]).toEqual([1, 2]);
    expectGood();
  });
});

/** Sends the whole file, unless a range is asked for. */
function sendUnless(range: string | undefined, response: ServerResponse, status: number, headers: object): void {
  if (range === undefined) response.end(good);
  else response.writeHead(status, { ...headers }).end("0123456789");
}

it("is right when several are at it at once, each with what the others left", async () => {
  const { answer } = serving(good, '"one"', [30_000, 20_000, 10_000, 5000, 1, 2, 3]);
  const { address } = await mirrorOf(answer);
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => fetched(address)));
  expect(results.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
  await fetched(address);
  expect(new Uint8Array(readFileSync(path))).toEqual(good);
});
