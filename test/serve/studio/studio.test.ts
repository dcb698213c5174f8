/** @file `fovea studio` as a user runs it: what it prints, what it opens, how it ends, and what it refuses. */

import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../../src/image/node.js";
import { writeModel } from "../../../src/onnx/write.js";
import { type Ran, workFolder } from "../../cli/fovea.js";
import { convNet } from "../../explain/architectures/networks.js";
import { everything, share } from "../../support/share.js";
import { ask, askInside } from "./ask.js";

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
  it.runIf(everything)("hands out a protocol as it is, and refuses a file that is none", async () => {
    const protocol = { version: 1, subject: "net on set", seed: "1", model: "a", data: "b" };
    writeFileSync(join(folder, "better.improve.json"), JSON.stringify(protocol));
    const { url } = start(["--protocol", "better.improve.json", ...quiet]);
    const given = JSON.parse((await askInside(await url, "/given.json")).body.toString());
    expect(given).toEqual({ images: [], protocol: { name: "better.improve.json", url: "/given/protocol" } });
    expect(JSON.parse((await askInside(await url, given.protocol.url)).body.toString())).toEqual(protocol);
    for (const [file, got] of [
      ["notes.txt", /^fovea: notes\.txt: expected a protocol of fovea improve, version 1, got [^\n]+\n$/],
      ["gone.json", /^fovea: gone\.json: expected a protocol of fovea improve, got no such file\n$/],
    ] as const) {
      const { code, err } = await start(["--protocol", file, ...quiet]).done;
      expect(err).toMatch(got);
      expect(code).toBe(2);
    }
  });

  it("serves what was given until Ctrl-C, and ends with exit code 0", async () => {
    const args = ["net.onnx", "x.png", "set", "--labels", "pets.txt", "--mean", "1,2,3", "--channels", "bgr", ...quiet];
    const { child, done, url } = start(args);
    const address = await url;
    const given = JSON.parse((await askInside(address, "/given.json")).body.toString());
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
    expect((await askInside(address, "/")).body.toString()).toBe("<!doctype html>");
    child.kill("SIGINT");
    const { code, out, err } = await done;
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(`net.onnx, 2 images\nthe studio is at ${address} (Ctrl-C ends it)\n`);
    await expect(ask(address, "/")).rejects.toThrow("ECONNREFUSED");
  });

  const pages: readonly [args: string[], given: object, line: string][] = [
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
  ];
  it.each(share(pages, 3))("of %j gives the page %j", async (args, given, line) => {
    const { child, done, url } = start([...args, ...quiet]);
    expect(JSON.parse((await askInside(await url, "/given.json")).body.toString())).toEqual(given);
    child.kill("SIGINT");
    expect((await done).out.split("\n")[0]).toBe(line);
  });

  it.skipIf(process.platform !== "linux")(
    "opens the browser on a file of its user's alone, so that no argument shows the token, and goes on where there is none",
    { timeout: 60_000 },
    async () => {
      const browser = join(folder, "browser.sh");
      const opened = join(folder, "opened");
      writeFileSync(
        browser,
        `#!/bin/sh\n{ echo "$1"; stat -c %a "$1" "$(dirname "$1")"; cat "$1"; } > "${opened}.part" && mv "${opened}.part" "${opened}"\n`,
      );
      chmodSync(browser, 0o755);
      const desktop = { DISPLAY: "", WAYLAND_DISPLAY: "", XDG_CURRENT_DESKTOP: "", DESKTOP_SESSION: "" };
      const { child, done, url } = start(["--port", "0"], { env: { ...desktop, BROWSER: browser } });
      await expect.poll(() => existsSync(opened), { timeout: 40_000 }).toBe(true);
      const [file = "", mode, folderMode, html] = readFileSync(opened, "utf8").trim().split("\n");
      expect([mode, folderMode]).toEqual(["600", "700"]);
      expect(file).toMatch(/^\/.*fovea-studio-\w+\/open\.html$/);
      expect(html).toContain(`content="0; url=${await url}"`);
      expect(existsSync(file)).toBe(true);
      expect((await askInside(await url, "/")).status).toBe(200);
      await expect.poll(() => existsSync(dirname(file))).toBe(false);
      child.kill("SIGINT");
      expect(await done).toMatchObject({ code: 0, err: "" });
      const none = start(["--port", "0"], { env: { ...desktop, BROWSER: "/nowhere/browser" } });
      expect((await askInside(await none.url, "/")).status).toBe(200);
      none.child.kill("SIGINT");
      expect(await none.done).toMatchObject({ code: 0 });
    },
  );

  it.runIf(everything)(
    "leaves out what links lead to out of a folder, with a line, unless it is told to follow them",
    async () => {
      mkdirSync(join(folder, "linked"));
      writeFileSync(join(folder, "secret.png"), "no picture");
      for (const [name, target] of [
        ["own.png", "../x.png"],
        ["secret.png", "../secret.png"],
        ["root", "/"],
      ] as const) {
        symlinkSync(target, join(folder, "linked", name));
      }
      writeFileSync(join(folder, "linked", "z.png"), readFileSync(join(folder, "x.png")));
      const given = async (...args: string[]) => {
        const { child, done, url } = start(["linked", ...args, ...quiet]);
        const { images } = JSON.parse((await askInside(await url, "/given.json")).body.toString());
        const answers: (number | undefined)[] = [];
        for (const image of images) answers.push((await askInside(await url, image.url)).status);
        child.kill("SIGINT");
        return { names: images.map(({ name }: { name: string }) => name), answers, err: (await done).err };
      };
      expect(await given()).toEqual({
        names: ["z.png"],
        answers: [200],
        err: expect.stringMatching(
          /^linked: 3 links that lead out of the folder are not followed, the first \S+ \(--follow-links follows them\)\n$/,
        ),
      });
      expect(await given("--follow-links")).toEqual({
        names: ["own.png", "secret.png", "z.png"],
        answers: [200, 422, 200],
        err: "linked: 1 link back to a folder above it is not followed: root\n",
      });
    },
  );

  const refused: readonly [args: string[], sentence: RegExp][] = [
    [["gone.onnx"], /^fovea: gone\.onnx: expected a readable ONNX file: ENOENT/],
    [
      ["net.onnx", "notes.txt"],
      /^fovea: notes\.txt: image: expected a JPEG, .* file, got text that begins "no picture"$/,
    ],
    [["net.onnx", "--labels", "gone.txt"], /^fovea: gone\.txt: labels: expected a file, got none there$/],
  ];
  it.each(share(refused, 3))("refuses %j in one line", async (args, sentence) => {
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

  it.runIf(everything)("says how the page is built where it is not", async () => {
    const { code, out, err } = await start(["net.onnx", "--no-open"], { page: join(folder, "set") }).done;
    expect([code, out, err]).toEqual([2, "", "fovea: the studio's page is not built: run `npm run build:web`\n"]);
  });
});
