/** @file `fovea studio` as a user runs it: what it prints, what it opens, how it ends, and what it refuses. */

import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../../src/image/node.js";
import { writeModel } from "../../../src/onnx/write.js";
import { type Ran, workFolder } from "../../cli/fovea.js";
import { convNet } from "../../explain/architectures/networks.js";
import { ask } from "./ask.js";

const folder = workFolder();
const page = join(folder, "page");
const command = fileURLToPath(new URL("../../../dist/cli/commands/studio.js", import.meta.url));
const children: ChildProcess[] = [];

beforeAll(async () => {
  mkdirSync(page);
  writeFileSync(join(page, "index.html"), "<!doctype html>");
  writeFileSync(join(folder, "net.onnx"), writeModel(convNet()));
  writeFileSync(join(folder, "pets.txt"), "a\nb\n");
  writeFileSync(join(folder, "notes.txt"), "no picture");
  const png = await encodePng({ width: 2, height: 2, channels: 1, pixels: new Uint8Array(4) });
  mkdirSync(join(folder, "set", "cat"), { recursive: true });
  for (const name of ["x.png", "set/cat/y.png"]) writeFileSync(join(folder, name), png);
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** Starts the command on a page of ours, whether the true one is built or not. */
function start(args: readonly string[], { page: from = page, env = {} as Record<string, string> } = {}) {
  const script = `
    const { Command } = await import(${JSON.stringify(import.meta.resolve("commander"))});
    const { studioCommand } = await import(${JSON.stringify(command)});
    await new Command().addCommand(studioCommand(${JSON.stringify(from)})).parseAsync(["studio", ...process.argv.slice(1)], { from: "user" });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, "--", ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let [out, err] = ["", ""];
  const done = new Promise<Ran>((resolve) => child.on("close", (code) => resolve({ code, out, err })));
  const url = new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (part) => {
      out += part;
      const [, found] = /at (http:\S+) /.exec(out) ?? [];
      if (found) resolve(found);
    });
    child.stderr.on("data", (part) => {
      err += part;
    });
    child.on("close", (code) => reject(new Error(`ended with ${code}: ${err}`)));
  });
  url.catch(() => {});
  return { child, done, url };
}

const quiet = ["--no-open", "--port", "0"];

describe("fovea studio", () => {
  it("serves what was given until Ctrl-C, and ends with exit code 0", async () => {
    const args = ["net.onnx", "x.png", "set", "--labels", "pets.txt", "--mean", "1,2,3", "--channels", "bgr", ...quiet];
    const { child, done, url } = start(args);
    const address = await url;
    const given = JSON.parse((await ask(address, "/given.json")).body.toString());
    expect(given).toEqual({
      model: {
        ...{ name: "net.onnx", url: "/given/model", external: {} },
        given: {
          origin: "as given",
          labelFiles: [{ origin: "as given", readings: [{ names: ["a", "b"] }] }],
          preprocessing: { mean: [1, 2, 3], order: "bgr" },
        },
      },
      images: [
        { name: "x.png", url: "/given/images/0" },
        { name: "set/cat/y.png", url: "/given/images/1", class: "cat" },
      ],
    });
    expect((await ask(address, "/")).body.toString()).toBe("<!doctype html>");
    child.kill("SIGINT");
    const { code, out, err } = await done;
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(`net.onnx, 2 images\nthe studio is at ${address} (Ctrl-C ends it)\n`);
    await expect(ask(address, "/")).rejects.toThrow("ECONNREFUSED");
  });

  it.each([
    [[], { images: [] }, "the embedded digit model, 0 images"],
    [["x.png"], { images: [{ name: "x.png", url: "/given/images/0" }] }, "the embedded digit model, 1 image"],
    [
      ["--scale", "1"],
      {
        model: {
          ...{ name: "mnist.onnx", url: "/given/model", external: {} },
          given: { origin: "as given", preprocessing: { scale: 1 } },
        },
        images: [],
      },
      "mnist.onnx, 0 images",
    ],
  ])("of %j gives the page %j", async (args, given, line) => {
    const { child, done, url } = start([...args, ...quiet]);
    expect(JSON.parse((await ask(await url, "/given.json")).body.toString())).toEqual(given);
    child.kill("SIGINT");
    expect((await done).out.split("\n")[0]).toBe(line);
  });

  it.skipIf(process.platform !== "linux")(
    "opens the browser at its address, and goes on where there is none",
    async () => {
      const browser = join(folder, "browser.sh");
      writeFileSync(
        browser,
        `#!/bin/sh\necho "$1" > "${folder}/opened.part" && mv "${folder}/opened.part" "${folder}/opened"\n`,
      );
      chmodSync(browser, 0o755);
      const desktop = { DISPLAY: "", WAYLAND_DISPLAY: "", XDG_CURRENT_DESKTOP: "", DESKTOP_SESSION: "" };
      const { child, done, url } = start(["--port", "0"], { env: { ...desktop, BROWSER: browser } });
      await expect.poll(() => existsSync(join(folder, "opened")), { timeout: 10_000 }).toBe(true);
      expect(readFileSync(join(folder, "opened"), "utf8").trim()).toBe(await url);
      child.kill("SIGINT");
      expect(await done).toMatchObject({ code: 0, err: "" });
      const none = start(["--port", "0"], { env: { ...desktop, BROWSER: "/nowhere/browser" } });
      expect((await ask(await none.url, "/")).status).toBe(200);
      none.child.kill("SIGINT");
      expect(await none.done).toMatchObject({ code: 0 });
    },
  );

  it.each([
    [["gone.onnx"], /^fovea: gone\.onnx: expected a readable ONNX file: ENOENT/],
    [
      ["net.onnx", "notes.txt"],
      /^fovea: notes\.txt: image: expected a JPEG, .* file, got text that begins "no picture"$/,
    ],
    [["net.onnx", "--labels", "gone.txt"], /^fovea: gone\.txt: labels: expected a file, got none there$/],
    [["--port", "65536"], /^fovea: --port: expected at most 65535, got 65536$/],
  ])("refuses %j in one line", async (args, sentence) => {
    const { code, out, err } = await start([...args, "--no-open"]).done;
    expect([code, out, err.trim().split("\n").length]).toEqual([2, "", 1]);
    expect(err.trim()).toMatch(sentence);
  });

  it("refuses a port that is taken and was asked for", async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
    });
    const { code, err } = await start(["--no-open", "--port", String(port)]).done;
    other.close();
    expect([code, err]).toEqual([2, `fovea: --port ${port}: expected a free port, got one that is taken\n`]);
  });

  it("says how the page is built where it is not", async () => {
    const { code, out, err } = await start(["net.onnx", "--no-open"], { page: join(folder, "set") }).done;
    expect([code, out, err]).toEqual([2, "", "fovea: the studio's page is not built: run `npm run build:web`\n"]);
  });
});
