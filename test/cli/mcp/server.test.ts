/** @file The server of tools in this process, with a program that stands in for the real one. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, InMemoryTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Roots } from "../../../src/cli/mcp/roots.js";
import { createToolServer } from "../../../src/cli/mcp/server.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-mcp-"));
const client = new Client({ name: "test", version: "1" });
const [, program = ""] = process.argv;

beforeAll(async () => {
  writeFileSync(join(folder, "photo.png"), "");
  process.argv[1] = fileURLToPath(new URL("program.mjs", import.meta.url));
  const places = { roots: new Roots([folder]), model: (name = "m.onnx") => name };
  const server = createToolServer({ version: "1.2.3", places, options: ["--labels", "a.txt"] });
  const [here, there] = InMemoryTransport.createLinkedPair();
  await server.connect(there);
  await client.connect(here);
});

afterAll(async () => {
  await client.close();
  process.argv[1] = program;
  rmSync(folder, { recursive: true });
});

const call = (layer: string, options = {}) =>
  client.callTool({ name: "explain_image", arguments: { image: "photo.png", classes: ["--out=x"], layer } }, options);

const running = () => {
  try {
    return execFileSync("pgrep", ["-f", "--", "--layer=endless"], { encoding: "utf8" }).trim().split("\n").length;
  } catch {
    return 0;
  }
};

describe("createToolServer(options)", () => {
  it("runs the command with the options of models, and gives what clients say as values alone", async () => {
    const { content } = await call("relu");
    const picture = { type: "image", data: Buffer.from("\u0089PNG, and the rest", "latin1").toString("base64") };
    expect(content).toMatchObject([{ type: "text" }, { ...picture, mimeType: "image/png" }]);
    const [words] = content;
    expect(words?.type === "text" && words.text.split("\n")).toEqual([
      "photo.png: a model",
      `explain --labels a.txt --isolate --out=- --model=m.onnx --class=--out=x --layer=relu -- ${join(folder, "photo.png")}`,
    ]);
  });

  it("tells progress to a client that asks for it, and only to it", async () => {
    const told: unknown[] = [];
    await call("relu", { onprogress: (progress: unknown) => told.push(progress) });
    expect(told).toEqual([
      { progress: 1, message: "explaining: 1 of 4 (25 %), 3 s left" },
      { progress: 2, message: "reading: 2 of 4 (50 %)" },
    ]);
  });

  it("ends the commands of calls that are cancelled, those that wait included, and goes on", async () => {
    const client = new AbortController();
    const { signal } = client;
    const calls = Array.from({ length: 4 }, () => call("endless", { signal }).catch(({ message }) => message));
    await expect.poll(running).toBe(2);
    client.abort();
    expect(new Set(await Promise.all(calls)).size).toBe(1);
    await expect.poll(running).toBe(0);
    expect((await call("relu")).isError).toBeUndefined();
  });
});
