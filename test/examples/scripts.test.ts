/** @file The examples of Node, run as their pages say. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addShapes, copyOf, runNode, startNode } from "./app.js";

const photos = ["a.jpg", "b.jpg", "c.jpg"];

describe("examples/node", { timeout: 60_000 }, () => {
  const folder = copyOf("node");

  it("writes an overlay of each photo, names its class, and goes on after one that is none", async () => {
    const shown = await addShapes(folder, photos);
    const { code, out, err } = await runNode(folder, [
      "explain.mjs",
      "model.onnx",
      "a.jpg",
      "gone.jpg",
      "b.jpg",
      "c.jpg",
    ]);
    expect(code).toBe(0);
    const lines = out.trim().split("\n");
    expect(lines.map((line) => line.replace(/, [\d.]+$/, ""))).toEqual(photos.map((name, i) => `${name}: ${shown[i]}`));
    expect(err).toMatch(/^gone\.jpg: .*expected a file, got none there\n$/);
    for (const name of photos) {
      const { width, height } = await sharp(join(folder, name)).metadata();
      const overlay = await sharp(join(folder, `${name}.overlay.png`)).metadata();
      expect(overlay).toMatchObject({ format: "png", width, height });
    }
  });

  it("prints the gradient of a graph, and its values", async () => {
    const { out } = await runNode(folder, ["gradient.mjs"]);
    const slopes = out
      .match(/^slopes at 0, 1, 2: (.*)$/m)?.[1]
      ?.split(" ")
      .map(Number);
    const slope = (x: number) => Math.tanh(x) + x / Math.cosh(x) ** 2;
    expect(slopes).toEqual([0, 1, 2].map((x) => expect.closeTo(slope(x), 5)));
  });
});

describe("examples/worker-threads", { timeout: 60_000 }, () => {
  it("shares the photos among threads, each with a model of its own", async () => {
    const folder = copyOf("worker-threads");
    const shown = await addShapes(folder, photos);
    const { code, out, err } = await runNode(folder, ["main.mjs", "model.onnx", ...photos, "gone.jpg"]);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/^gone\.jpg: .*\n$/) });
    const lines = photos.map((name, i) =>
      expect.stringMatching(new RegExp(`^${name}: ${shown[i]}, map of \\d+x\\d+$`)),
    );
    expect(out.trim().split("\n").sort()).toEqual(lines);
  });
});

describe("examples/http", { timeout: 60_000 }, () => {
  const folder = copyOf("http");
  let shown: string[];
  let server: ReturnType<typeof startNode>;
  let address: string;

  beforeAll(async () => {
    shown = await addShapes(folder, photos);
    server = startNode(folder, ["server.mjs"], { MODEL: "model.onnx", PORT: "0" });
    const port = await new Promise((resolve) => server.stdout?.once("data", (text) => resolve(/\d+/.exec(text)?.[0])));
    address = `http://127.0.0.1:${port}`;
  });
  afterAll(() => server.kill());

  /** The handler in a process of its own, asked as a framework asks it. */
  async function handled(method: string, file: string) {
    const script = `import handler from "./fetch-handler.mjs";
      import { readFileSync } from "node:fs";
      const body = ${JSON.stringify(method)} === "POST" ? readFileSync(${JSON.stringify(file)}) : undefined;
      const headers = body ? { "Content-Length": body.length } : {};
      const answer = await handler.fetch(new Request("http://localhost/", { method: ${JSON.stringify(method)}, body, headers }));
      const bytes = Buffer.from(await answer.arrayBuffer()).toString("base64");
      console.log(JSON.stringify({ status: answer.status, label: answer.headers.get("x-class"), bytes }));
      process.exit();`;
    const { out } = await runNode(folder, ["--input-type=module", "-e", script], { MODEL: "model.onnx" });
    const { status, label, bytes } = JSON.parse(out);
    return { status, label, body: Buffer.from(bytes, "base64") };
  }

  async function served(method: string, file: string) {
    const body = method === "POST" ? readFileSync(join(folder, file)) : null;
    const answer = await fetch(address, { method, body });
    return {
      status: answer.status,
      label: answer.headers.get("x-class"),
      body: Buffer.from(await answer.arrayBuffer()),
    };
  }

  it.each([
    ["server.mjs", served],
    ["fetch-handler.mjs", handled],
  ])("%s answers with the overlay and the class, and refuses what is no image", async (_, ask) => {
    const answer = await ask("POST", "a.jpg");
    expect(answer).toMatchObject({ status: 200, label: shown[0] });
    expect(await sharp(answer.body).metadata()).toMatchObject({ format: "png" });
    const refused = await ask("POST", "README.md");
    expect(refused.status).toBe(400);
    expect(refused.body.toString()).toContain("expected a JPEG");
    expect((await ask("GET", "")).status).toBe(405);
  });

  it("refuses bodies that are too large", async () => {
    const { status } = await fetch(address, { method: "POST", body: new Uint8Array(11e6) });
    expect(status).toBe(413);
  });
});
