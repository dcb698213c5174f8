/** @file Who gets something from the studio's server, and who gets one sentence: by address, cookie, site and user of the machine. */

import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Resource } from "../../../src/serve/studio/content.js";
import { userAtOtherEnd } from "../../../src/serve/studio/other-end.js";
import { type StudioServer, serveStudio } from "../../../src/serve/studio/server.js";
import { workFolder } from "../../cli/fovea.js";
import { share } from "../../support/share.js";
import { type Answer, type AskOptions, ask, askInside, enter } from "./ask.js";

const folder = workFolder();
const page = join(folder, "page");
const resources = new Map<string, Resource>([
  ["/given.json", () => ({ type: "application/json", source: Buffer.from("secret") })],
  ["/given/model", () => ({ type: "application/octet-stream", source: Buffer.from("secret") })],
]);
const paths = ["/", "/index.html", "/assets/app.js", "/given.json", "/given/model", "/gone", "/..", "/?token=", "/%ff"];
const sentence =
  "expected a browser that has opened the address which the terminal shows, got another: open that address\n";
const studios: StudioServer[] = [];
let studio: StudioServer;
let entered = 0;

async function start(port = 0): Promise<StudioServer> {
  const started = await serveStudio({ page, resources, port, onEnter: () => entered++ });
  studios.push(started);
  return started;
}

beforeAll(async () => {
  mkdirSync(join(page, "assets"), { recursive: true });
  for (const name of ["index.html", "assets/app.js"]) writeFileSync(join(page, name), "secret");
  studio = await start();
});

afterAll(async () => {
  for (const each of studios) await each.close();
});

const tokenOf = ({ address }: StudioServer) => new URL(address).searchParams.get("token") ?? "";
const portOf = ({ url }: StudioServer) => new URL(url).port;

function expectRefusal({ status, headers, body }: Answer, says: string | RegExp = sentence, isHead = false): void {
  expect([status, headers["content-type"]]).toEqual([403, "text/plain; charset=utf-8"]);
  expect(headers["cache-control"]).toBe("no-store");
  for (const name of ["set-cookie", "etag", "location", "allow", "refresh"]) expect(headers[name]).toBeUndefined();
  if (!isHead) expect(body.toString()).toMatch(says);
}

describe("without the cookie", () => {
  it("there is one sentence, whatever is asked for, and however", async () => {
    for (const path of paths) {
      for (const method of ["GET", "HEAD", "POST", "OPTIONS", "DELETE"]) {
        expectRefusal(await ask(studio.url, path, { method }), sentence, method === "HEAD");
      }
      const { headers } = await askInside(studio.address, path);
      const known = { headers: { "If-None-Match": String(headers.etag ?? "*"), Range: "bytes=0-3" } };
      expectRefusal(await ask(studio.url, path, known));
    }
  });

  it.each([
    ["none at all", {}],
    ["another value", { Cookie: "fovea-studio-PORT=c2VjcmV0" }],
    ["no value", { Cookie: "fovea-studio-PORT=" }],
    ["the token in its place", { Cookie: "fovea-studio-PORT=TOKEN" }],
    ["the cookie's value under another port's name", { Cookie: "fovea-studio-1=COOKIE" }],
    ["the token as another header", { Authorization: "token TOKEN", "X-Token": "TOKEN" }],
  ])("there is nothing for %s", async (_, headers: Readonly<Record<string, string>>) => {
    const { Cookie } = await enter(studio.address);
    const sent = Object.entries(headers).map(([name, value]) => [
      name,
      value
        .replace("PORT", portOf(studio))
        .replace("TOKEN", tokenOf(studio))
        .replace("COOKIE", Cookie.split("=")[1] ?? ""),
    ]);
    expectRefusal(await ask(studio.url, "/given.json", { headers: Object.fromEntries(sent) }));
  });

  it.each(["/?token=c2VjcmV0", "/?token=", "/?Token=TOKEN", "/given.json?token=TOKEN", "/assets/app.js?token=TOKEN"])(
    "there is nothing at %s",
    async (path) => {
      expectRefusal(await ask(studio.url, path.replace("TOKEN", tokenOf(studio))));
    },
  );
});

describe("the address with the token", () => {
  it("holds 256 bits, which are other ones for each server", async () => {
    const tokens = [tokenOf(studio), tokenOf(await start())];
    expect(tokens.map((token) => Buffer.from(token, "base64url").length)).toEqual([32, 32]);
    expect(tokens[0]).not.toBe(tokens[1]);
    expect(studio.address).toBe(`${studio.url}?token=${tokens[0]}`);
  });

  it("gives a cookie of the port for this site's own requests, out of reach of scripts, and leads to the address without it", async () => {
    const before = entered;
    const { status, headers, body } = await ask(studio.url, `/?token=${tokenOf(studio)}&provider=wasm&x=a%20b`);
    expect([status, headers.location, body.length]).toEqual([303, "/?provider=wasm&x=a+b", 0]);
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    const [cookie, ...others] = headers["set-cookie"] ?? [];
    expect(cookie).toMatch(
      new RegExp(`^fovea-studio-${portOf(studio)}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(others).toEqual([]);
    expect(cookie).not.toContain(tokenOf(studio));
    expect(entered).toBe(before + 1);
  });

  it("lets in for everything from then on, beside cookies of other ports and of its own name", async () => {
    const { Cookie } = await enter(studio.address);
    const [name = ""] = Cookie.split("=");
    for (const sent of [Cookie, `a=b; ${Cookie}`, `${name}=tossed; ${Cookie}; fovea-studio-1=x`]) {
      const { status, body } = await ask(studio.url, "/given.json", { headers: { Cookie: sent } });
      expect([status, body.toString()]).toEqual([200, "secret"]);
    }
  });

  it("loses a token that is of no use where the cookie lets in anyway", async () => {
    const { status, headers } = await askInside(studio.address, "/?token=old&provider=wasm");
    expect([status, headers.location, headers["set-cookie"]]).toEqual([303, "/?provider=wasm", undefined]);
  });

  it("lets in nobody who asks by the name of another host", async () => {
    for (const path of [new URL(studio.address).search.replace(/^/, "/"), "/given.json"]) {
      const rebound = { headers: { Host: `evil.example:${portOf(studio)}` } };
      expectRefusal(
        await askInside(studio.address, path, rebound),
        /^expected a request to 127\.0\.0\.1:\d+, got one to/,
      );
    }
  });

  it("never leads to another host", async () => {
    for (const path of [`//evil.example/?token=${tokenOf(studio)}`, `/\\evil.example?token=${tokenOf(studio)}`]) {
      expectRefusal(await ask(studio.url, path));
    }
  });

  it("is refused by another server at the same port, and so is the cookie", async () => {
    const first = await start();
    const cookie = await enter(first.address);
    await first.close();
    studios.splice(studios.indexOf(first), 1);
    const second = await start(Number(portOf(first)));
    expectRefusal(await ask(second.url, "/given.json", { headers: cookie }));
    expectRefusal(await ask(second.url, new URL(first.address).search.replace(/^/, "/")));
    expect((await askInside(second.address, "/given.json")).status).toBe(200);
  });
});

describe("requests from elsewhere", () => {
  const navigation = { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" };
  const sites = ["cross-site", "same-site", "none, cross-site", "anything"];

  it.each(share(sites, 2))("of the kind %s are refused with the cookie, navigations too", async (site) => {
    for (const more of [{}, navigation, { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image" }]) {
      for (const path of paths) {
        const headers = { "Sec-Fetch-Site": site, ...more };
        expectRefusal(await askInside(studio.address, path, { headers }), /^expected the studio's own page to ask/);
      }
    }
  });

  it.each(["same-origin", "none"])("of the kind %s are the page's own, or the user's", async (site) => {
    const { status } = await askInside(studio.address, "/given.json", { headers: { "Sec-Fetch-Site": site } });
    expect(status).toBe(200);
  });

  it("enter by the address with the token alone, as a page of its own that goes on by itself", async () => {
    const headers = { "Sec-Fetch-Site": "cross-site", ...navigation };
    const path = `/?token=${tokenOf(studio)}&provider=wasm&q=%22%3E`;
    const { status, headers: got, body } = await ask(studio.url, path, { headers });
    expect([status, got.refresh, got.location]).toEqual([200, "0; url=/?provider=wasm&q=%22%3E", undefined]);
    expect(got["set-cookie"]?.[0]).toMatch(/^fovea-studio-/);
    expect(body.toString()).toContain('href="/?provider=wasm&amp;q=%22%3E"');
    expect(body.toString()).not.toContain(tokenOf(studio));
    const framed = { headers: { ...headers, "Sec-Fetch-Dest": "iframe" } };
    expectRefusal(await ask(studio.url, path, framed), /^expected the studio's own page to ask/);
  });
});

describe("userAtOtherEnd", () => {
  it.skipIf(process.platform !== "linux").each(["127.0.0.1", "::ffff:127.0.0.1"])(
    "is whoever opened a connection from %s, as long as it is there",
    async (host) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const client = connect({ host, port: (server.address() as AddressInfo).port });
      const [socket] = (await once(server, "connection")) as [Socket];
      expect(await userAtOtherEnd(socket)).toBe(process.getuid?.());
      client.destroy();
      await once(socket.resume(), "close");
      expect(await userAtOtherEnd(new Socket())).toBeUndefined();
      server.close();
    },
  );
});

describe("another user of the machine", () => {
  const isRoot = process.getuid?.() === 0;
  const nobody = 65534;

  /** Asks as that user, in a process of their own. */
  async function askAs(uid: number, path: string, headers: AskOptions["headers"] = {}): Promise<string> {
    const script = `
      const [, url, headers] = process.argv;
      fetch(url, { headers: JSON.parse(headers), redirect: "manual" }).then(async (r) => console.log(process.getuid(), r.status, await r.text()));`;
    const args = ["-e", script, `${studio.url.slice(0, -1)}${path}`, JSON.stringify(headers)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { uid, gid: uid, cwd: "/", env: {} });
    return stdout;
  }

  it.skipIf(isRoot)("is tried where the tests may become another user", ({ skip }) => skip("needs root"));

  it.runIf(isRoot)("gets the sentence for everything", async () => {
    const got = await Promise.all(["/", "/given.json", "/given/model"].map((path) => askAs(nobody, path)));
    for (const text of got) expect(text).toBe(`${nobody} 403 ${sentence}\n`);
  });

  it.runIf(isRoot && process.platform === "linux")(
    "has no use of the cookie, which the browser sends to a server of theirs at another port",
    async () => {
      const cookie = await enter(studio.address);
      expect(await askAs(0, "/given.json", cookie)).toBe("0 200 secret\n");
      expect(await askAs(nobody, "/given.json", cookie)).toBe(`${nobody} 403 ${sentence}\n`);
    },
  );
});
