/** @file Who may ask: hosts, origins, and the token. */

import { describe, expect, it } from "vitest";
import { everything } from "../../support/share.js";
import { serving } from "./serve.js";

const token = "0123456789abcdef-secret";

describe("a server on the loopback", () => {
  it("answers to its own names, and to those that it is told", async () => {
    const server = await serving({ opens: false, hosts: ["models.example"] });
    const { port } = new URL(server.url);
    const status = async (headers: Record<string, string>) => (await server.ask("/v2", { headers })).status;
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, "LOCALHOST", "models.example:80"])
      expect(await status({ Host: host }), host).toBe(200);
    for (const host of ["example.com", `localhost.example.com:${port}`, "127.0.0.1.example.com", "models.example.com"])
      expect(await status({ Host: host }), host).toBe(403);
    const { body } = await server.ask("/v2/health/live", { headers: { Host: "evil.example" } });
    expect(body).toEqual({ error: "Host: expected a name of this server, got another: --allow-host adds one" });
  });

  it("refuses pages of other sites, allows none by CORS, and answers its own", async () => {
    const server = await serving({ opens: false });
    const { host } = new URL(server.url);
    const ask = (headers: Record<string, string>, method = "GET") => server.ask("/v2", { headers, method });
    expect((await ask({ Origin: `http://${host}` })).status).toBe(200);
    const others: readonly Record<string, string>[] = [
      { Origin: "https://example.com" },
      { Origin: "null" },
      { Origin: "http://localhost:1" },
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
    ];
    for (const headers of others) expect((await ask(headers)).status, JSON.stringify(headers)).toBe(403);
    const preflight = await ask({ Origin: "https://example.com", "Access-Control-Request-Method": "POST" }, "OPTIONS");
    expect(preflight.status).toBe(403);
    const { headers } = await ask({});
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });
});

describe("a server with a token", () => {
  it("answers whoever has it, and to all others only whether it lives and is ready", async () => {
    const server = await serving({ opens: false, token });
    const ask = (path: string, authorization?: string) =>
      server.ask(path, { headers: authorization === undefined ? {} : { Authorization: authorization } });
    for (const path of ["/v2", "/v1/models", "/metrics", "/openapi.json", "/nothing", "/v2/models/mnist"]) {
      expect((await ask(path)).status, path).toBe(401);
      expect((await ask(path, `Bearer ${token}`)).status, path).not.toBe(401);
    }
    for (const wrong of [
      token,
      `Basic ${token}`,
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}`,
      "Bearer",
      "Bearer  ",
    ])
      expect((await ask("/v2", wrong)).status, wrong).toBe(401);
    const { headers, body } = await ask("/v2");
    expect(headers["www-authenticate"]).toBe("Bearer");
    expect(body.error).toBe("Authorization: expected Bearer and the server's token, got none or another");
    expect((await ask("/v2/health/live")).status).toBe(200);
    expect((await ask("/v2/health/ready")).status).toBe(503);
    expect(JSON.stringify(server.log)).not.toContain(token.slice(0, -1));
  });

  it("refuses before a body is read", async () => {
    const server = await serving({ opens: false, token });
    const { status } = await server.ask("/v1/models/mnist:explain", { body: Buffer.alloc(8_000_000) });
    expect(status).toBe(401);
  });

  it("answers to any host where none is named", async () => {
    const server = await serving({ opens: false, token, hosts: undefined });
    const headers = { Host: "pod.example", Authorization: `Bearer ${token}` };
    expect((await server.ask("/v2", { headers })).status).toBe(200);
  });
});

describe("before its models are open a server", () => {
  it.runIf(everything)("lives, is not ready, and refuses requests for them for now", async () => {
    const server = await serving({ opens: false });
    expect((await server.ask("/v2/health/live")).status).toBe(200);
    const ready = await server.ask("/v2/health/ready");
    expect([ready.status, ready.body]).toEqual([503, { ready: false }]);
    const { status, headers, body } = await server.ask("/v1/models/mnist:explain", { body: { instances: [] } });
    expect([status, headers["retry-after"]]).toEqual([503, "1"]);
    expect(body.error).toBe("model mnist: expected an open one, got one that is being opened");
    expect((await server.ask("/v2/models/mnist/ready")).status).toBe(503);
    await server.open();
    expect((await server.ask("/v2/models/mnist/ready")).status).toBe(200);
  });
});
