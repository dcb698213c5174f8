/** @file `fovea mcp` as a client starts it: a process that speaks the Model Context Protocol over its standard streams. */

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../../src/explain/node.js";
import { digitFiles, writeFiles } from "../../support/images/digit-folder.js";
import { fovea, start, workFolder } from "../fovea.js";

const folder = workFolder();
const root = join(folder, "photos");
const main = fileURLToPath(new URL("../../../dist/command/main.js", import.meta.url));
const client = new Client({ name: "test", version: "1" });

beforeAll(async () => {
  const files = await digitFiles(20);
  writeFiles(root, files);
  writeFiles(folder, [{ path: "secret.png", bytes: files[0]?.bytes ?? new Uint8Array() }]);
  symlinkSync(join(folder, "secret.png"), join(root, "link.png"));
  mkdirSync(join(root, "linked"));
  symlinkSync(folder, join(root, "linked", "out"));
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [main, "mcp", "--root", root, "--model", embeddedModelPath],
      cwd: folder,
    }),
  );
});

afterAll(() => client.close());

async function call(name: string, given: Record<string, unknown> = {}) {
  const { content, isError = false } = await client.callTool({ name, arguments: given });
  const words = content.flatMap((each) => (each.type === "text" ? [each.text] : [])).join("\n");
  const [picture] = content.flatMap((each) => (each.type === "image" ? [Buffer.from(each.data, "base64")] : []));
  return { words, picture, isError };
}

describe("fovea mcp", { timeout: 120_000 }, () => {
  it("lists its tools with what they take", async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "explain_image",
      "inspect_model",
      "list_methods",
      "evaluate_model",
      "write_report",
    ]);
    expect(tools[0]).toMatchObject({
      inputSchema: { type: "object", required: ["image"], additionalProperties: false },
      annotations: { readOnlyHint: false, destructiveHint: false },
    });
    expect(tools[1]?.annotations?.readOnlyHint).toBe(true);
  });

  it("explains an image in words and as a picture, and writes that where it is told to", async () => {
    const file = (await digitFiles(1))[0];
    const { words, picture, isError } = await call("explain_image", { image: file?.path, out: "map.png" });
    expect(isError).toBe(false);
    expect(words).toMatch(new RegExp(`\\n +[\\d.]+ % {2}${file?.digit}\\n`));
    expect(words).toContain(`wrote ${join(root, "map.png")}`);
    const { width = 0, height = 0, format } = await sharp(picture).metadata();
    expect({ format, wide: width > height }).toEqual({ format: "png", wide: true });
    expect(await sharp(join(root, "map.png")).metadata()).toMatchObject({ width, height });
    const again = await call("explain_image", { image: file?.path, out: "map.png" });
    expect(again).toMatchObject({ isError: true, words: expect.stringContaining("that is not there yet") });
  });

  it("tells of models and methods", async () => {
    expect((await call("inspect_model")).words).toContain("layers that can be explained");
    expect((await call("list_methods")).words).toContain("grad-cam++");
  });

  it("measures a model on a folder, and writes a report", async () => {
    writeFiles(join(root, "digits"), await digitFiles(20));
    expect((await call("evaluate_model", { data: "digits" })).words).toMatch(/accuracy/i);
    const { words, isError } = await call("write_report", { data: "digits", out: "report.html" });
    expect(words).toContain(join(root, "report.html"));
    expect(isError).toBe(false);
  });

  it.each([
    ["a path out of its folders", "explain_image", { image: "../secret.png" }],
    ["an absolute path elsewhere", "explain_image", { image: join(folder, "secret.png") }],
    ["a link out of its folders", "explain_image", { image: "link.png" }],
    ["a model elsewhere", "inspect_model", { model: "../secret.png" }],
    ["a folder elsewhere", "evaluate_model", { data: ".." }],
    ["a folder with a link out of its folders", "evaluate_model", { data: "linked" }],
    ["a report elsewhere", "write_report", { data: "digits", out: "../report.html" }],
    ["an address", "explain_image", { image: "https://localhost/cat.jpg" }],
    ["a model of the hub that it was not started with", "inspect_model", { model: "hf:Xenova/resnet-50" }],
  ])("refuses %s", async (_, name, given) => {
    const { words, isError } = await call(name, given);
    expect(isError).toBe(true);
    expect(words).toMatch(/expected .*, got/);
    expect(words).not.toContain("\n");
  });

  it("tells what is wrong with other arguments", async () => {
    writeFileSync(join(root, "text.png"), "no picture");
    expect(await call("explain_image", { image: "text.png" })).toMatchObject({ isError: true });
    expect((await call("explain_image", { image: "map.png", classes: ["zebra"] })).words).toMatch(
      /^unknown class "zebra"/,
    );
    expect((await call("explain_image", { picture: "map.png" })).words).toContain("image");
  });

  it("ends with its client, and refuses a root that is none", async () => {
    expect(await fovea(folder, ["mcp", "--root", "nowhere"])).toMatchObject({
      code: 2,
      err: "fovea: --root nowhere: expected a folder, got none there\n",
      out: "",
    });
    // Its standard input has ended.
    expect(await start(folder, ["mcp"]).done).toMatchObject({ code: 0, out: "" });
  });
});
