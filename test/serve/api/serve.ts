/** @file Servers for tests, as they are built: their workers run files of JavaScript. */

import { request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { embeddedModelPath, shapesModelPath } from "../../../src/explain/node.js";
import type * as api from "../../../src/serve/api/server.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const { serveModels }: typeof api = await import(join(root, "dist/serve/api/server.js"));

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  /** The body as JSON; a text where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form.
  readonly body: any;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface TestServer extends api.ModelServer {
  /** Lines of the log, read. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  ask(path: string, sent?: Sent): Promise<Reply>;
  /** The value of a line of /metrics, without the name's first part; 0 for a line that is not there. */
  metric(line: string): Promise<number>;
}

const servers: api.ModelServer[] = [];
afterAll(() => Promise.all(servers.splice(0).map((server) => server.stop())));

/** Starts a server of the digit model and the model of shapes, which is open unless `opens` is false. */
export async function serving(
  options: Partial<api.ServeModelsOptions> & { readonly opens?: boolean } = {},
): Promise<TestServer> {
  const log: Readonly<Record<string, unknown>>[] = [];
  const { opens = true, ...others } = options;
  const server = await serveModels({
    models: [
      { name: "mnist", file: embeddedModelPath, options: {} },
      { name: "shapes", file: shapesModelPath, options: {} },
    ],
    ...{ host: "127.0.0.1", port: 0, token: undefined, hosts: [], workers: 1, threads: 1, device: "cpu", limits: {} },
    ...{ maxBatch: 8, maxDelay: 5, maxQueue: 64, maxInstances: 16, maxBody: 4e6, maxPixels: 4e6, deadline: 20_000 },
    ...{ log: { write: (line: string) => void log.push(JSON.parse(line)) }, level: "info" },
    ...others,
  });
  servers.push(server);
  if (opens) await server.open();
  const ask = (path: string, sent: Sent = {}) => send(server.url, path, sent);
  const metric = async (line: string) => {
    const { body } = await ask("/metrics");
    const found = String(body)
      .split("\n")
      .find((each) => each.startsWith(`fovea_${line} `));
    return Number(found?.split(" ").at(-1) ?? 0);
  };
  return { ...server, log, ask, metric };
}

/** Sends exactly what is said; an object as JSON. */
export function send(url: string, path: string, { method, headers = {}, body }: Sent = {}): Promise<Reply> {
  const { hostname, port } = new URL(url);
  const bytes = Buffer.isBuffer(body) || typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  const type = bytes === undefined ? {} : { "Content-Type": "application/json" };
  const how = { hostname, port, path, method: method ?? (bytes === undefined ? "GET" : "POST"), agent: false as const };
  return new Promise((resolve, reject) => {
    const asked = request({ ...how, headers: { ...type, ...headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const all = Buffer.concat(parts);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: all, body: read(all) });
      });
    });
    asked.on("error", reject).end(bytes);
  });
}

function read(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return bytes.toString("utf8");
  }
}

export const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** Instances of KServe's first protocol. */
export const instancesOf = (...files: readonly Uint8Array[]) => files.map((file) => ({ image: { b64: base64(file) } }));
