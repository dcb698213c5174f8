/** @file Walks through folders with everything in them that walks have to leave alone: links out, circles, pipes, too much of all. */

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findInputs } from "../../src/data/find-inputs.js";
import { filesIn, filesMatching, folderOfPattern } from "../../src/data/walk.js";
import { workFolder } from "../cli/fovea.js";
import { everything } from "../support/share.js";

const folder = workFolder();
let folders = 0;

/** A new folder with empty files and with links, by what they lead to. */
function tree(files: readonly string[], links: Readonly<Record<string, string>> = {}): string {
  const root = join(folder, String(folders++));
  for (const name of [...files, ...Object.keys(links)]) mkdirSync(join(root, name, ".."), { recursive: true });
  for (const name of files) writeFileSync(join(root, name), "");
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name));
  return root;
}

describe("filesIn", () => {
  it("follows no link to a folder outside, however it is written, and says so", async () => {
    const outside = tree(["secret.png"]);
    const root = tree(["a/x.png"], { "a/root": "/", "a/up": "../..", "b/abs": outside });
    symlinkSync(join("..", "..", outside.split("/").at(-1) ?? ""), join(root, "b", "relative"));
    const { names, notes } = await filesIn(root);
    expect(names).toEqual(["a/x.png"]);
    expect(notes).toEqual([
      expect.stringMatching(
        /^4 links that lead out of the folder are not followed, the first [ab]\/\w+ \(give what it leads to by its own path\)$/,
      ),
    ]);
  });

  it("follows links to folders inside, and ends where they go in circles", async () => {
    const root = tree(["a/x.png", "b/y.png"], {
      c: "a",
      "a/to-b": "../b",
      "b/to-a": "../a",
      "b/self": ".",
      "b/home": "..",
    });
    const { names, notes } = await filesIn(root);
    expect(names).toEqual(["a/to-b/y.png", "a/x.png", "b/to-a/x.png", "b/y.png", "c/to-b/y.png", "c/x.png"]);
    expect(notes).toEqual([
      expect.stringMatching(/^\d+ links back to folders above them are not followed, the first /),
    ]);
  });

  it("takes links to files outside, unless it shall follow none, and links to folders where it shall follow all", async () => {
    const outside = tree(["d/secret.png"]);
    const links = { "file.png": join(outside, "d", "secret.png"), folder: join(outside, "d"), "inner.png": "x.png" };
    const root = tree(["x.png"], links);
    const names = async (linksOut: "files" | "none" | "all") => (await filesIn(root, { linksOut })).names;
    expect(await names("files")).toEqual(["file.png", "inner.png", "x.png"]);
    expect(await names("none")).toEqual(["inner.png", "x.png"]);
    expect(await names("all")).toEqual(["file.png", "folder/secret.png", "inner.png", "x.png"]);
    const { notes } = await filesIn(root, { linksOut: "none", advice: "do this" });
    expect(notes).toEqual([
      expect.stringMatching(
        /^2 links that lead out of the folder are not followed, the first (file\.png|folder) \(do this\)$/,
      ),
    ]);
  });

  it("walks a folder that is itself a link, and one that links lead through", async () => {
    const root = tree(["a/x.png"]);
    symlinkSync(root, join(folder, "linked"));
    expect(await filesIn(join(folder, "linked"))).toEqual({ names: ["a/x.png"], notes: [] });
    expect((await filesIn(join(folder, "linked", "a"))).names).toEqual(["x.png"]);
  });

  it("leaves out pipes, sockets, links to devices and to nowhere, and hidden files and folders", async () => {
    const root = tree(["x.png", ".git/y.png", ".z.png"], {
      "zero.png": "/dev/zero",
      "gone.png": "nowhere",
      ".out": "/",
    });
    execFileSync("mkfifo", [join(root, "pipe.png"), join(root, "pipe")]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, "socket"), resolve));
    const { names, notes } = await filesIn(root);
    server.close();
    expect(names).toEqual(["x.png"]);
    expect(notes).toEqual([
      expect.stringMatching(/^4 pipes, sockets and devices are left out, the first /),
      "1 link that leads nowhere is left out: gone.png",
    ]);
  });

  it.skipIf(process.getuid?.() === 0)("leaves out folders that it may not read", async () => {
    const root = tree(["x.png", "closed/y.png"]);
    chmodSync(join(root, "closed"), 0);
    const walked = await filesIn(root);
    chmodSync(join(root, "closed"), 0o700);
    expect(walked).toEqual({ names: ["x.png"], notes: ["1 folder that cannot be read is left out: closed"] });
  });

  it.runIf(everything)(
    "ends at links that double from folder to folder, and at more files than it is allowed",
    async () => {
      const links = Array.from({ length: 24 }, (_, i) => [
        [`${i}/a`, `../${i + 1}`],
        [`${i}/b`, `../${i + 1}`],
      ]).flat();
      const doubling = tree(["24/x.png"], Object.fromEntries(links));
      await expect(filesIn(doubling)).rejects.toThrow(
        `${doubling}: expected at most 10,000 links to folders in it, got more: give the folder that holds the images`,
      );
      const root = tree(Array.from({ length: 30 }, (_, i) => `${i % 3}/${i}.png`));
      const limits = { entries: 20, links: 10, depth: 10 };
      await expect(filesIn(root, {}, limits)).rejects.toThrow(
        `${root}: expected at most 20 files and folders in it, got more`,
      );
      expect((await filesIn(root, {}, { ...limits, entries: 33 })).names.length).toBe(30);
    },
  );

  it("goes no deeper than it is allowed", async () => {
    const deep = `${"d/".repeat(150)}x.png`;
    const { names, notes } = await filesIn(tree(["y.png", deep]));
    expect(names).toEqual(["y.png"]);
    expect(notes).toEqual([expect.stringMatching(/^1 folder too deep in others is left out: d\/d\/d/)]);
  });

  it("says nothing of a folder that is not there", async () => {
    expect(await filesMatching(join(folder, "gone/*.png"))).toEqual({ names: [], notes: [] });
  });
});

describe("findInputs", () => {
  it("hands on what was left out of folders and patterns, by argument", async () => {
    const root = tree(["x.png", "y.png"], { out: "/" });
    const found = await findInputs([root, join(root, "**/y.png")]);
    expect(found.inputs.map(({ path }) => path)).toEqual([join(root, "x.png"), join(root, "y.png")]);
    const left = "1 link that leads out of the folder is not followed: out (give what it leads to by its own path)";
    expect(found.notes).toEqual([`${root}: ${left}`, `${join(root, "**/y.png")}: ${left}`]);
  });

  it("opens no pipe to see whether it is a picture", async () => {
    const root = tree(["x.png"]);
    execFileSync("mkfifo", [join(root, "pipe")]);
    symlinkSync("pipe", join(root, "linked"));
    expect((await findInputs([root])).inputs.map(({ path }) => path)).toEqual([join(root, "x.png")]);
  });
});

describe("folderOfPattern", () => {
  it.each([
    ["*.png", "."],
    ["photos/*.png", "photos"],
    ["photos/a/**/x/*.png", "photos/a"],
    ["../photos/{a,b}/x.png", "../photos"],
    ["/*/x.png", "/"],
    ["/photos/?.png", "/photos"],
  ])("of %s is %s", (pattern, expected) => {
    expect(folderOfPattern(pattern)).toBe(expected);
  });
});
