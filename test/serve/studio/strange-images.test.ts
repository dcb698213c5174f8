/** @file Images given to the studio that are no pictures, that links lead to, and pipes in their place. */

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../../src/image/node.js";
import type { Resource } from "../../../src/serve/studio/content.js";
import { serveImages } from "../../../src/serve/studio/images.js";
import { type StudioServer, serveStudio } from "../../../src/serve/studio/server.js";
import { workFolder } from "../../cli/fovea.js";
import { everything } from "../../support/share.js";
import { askInside } from "./ask.js";

const folder = workFolder();
const at = (...names: string[]) => join(folder, ...names);
const resources = new Map<string, Resource>();
let studio: StudioServer;
let png: Uint8Array;

beforeAll(async () => {
  mkdirSync(at("page"));
  writeFileSync(at("page", "index.html"), "");
  png = await encodePng({ width: 4, height: 3, channels: 3, pixels: new Uint8Array(36) });
  studio = await serveStudio({ page: at("page"), resources, port: 0 });
});

afterAll(() => studio?.close());

describe("serveImages", () => {
  it.runIf(everything)(
    "refuses whatever is called a picture and is none, and pages in pictures of vectors",
    async () => {
      mkdirSync(at("names"));
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"><script>alert(1)</script></svg>`;
      for (const name of ["vectors.png", "vectors.svg"]) writeFileSync(at("names", name), svg);
      writeFileSync(at("names", "page.gif"), "<html>");
      writeFileSync(at("names", "users.png"), "root:x:0:0:root:/root:/bin/sh");
      writeFileSync(at("names", "photo.svg"), await sharp(png).jpeg().toBuffer());
      const images = await serveImages([at("names")], resources);
      const answers = await Promise.all(images.map(({ url }) => askInside(studio.address, url)));
      const found = images.map(({ name }, i) => [name, answers[i]?.status, answers[i]?.headers["content-type"]]);
      expect(found).toEqual([
        ["page.gif", 422, "text/plain; charset=utf-8"],
        ["photo.svg", 200, "image/jpeg"],
        ["users.png", 422, "text/plain; charset=utf-8"],
        ["vectors.png", 200, "image/png"],
        ["vectors.svg", 200, "image/png"],
      ]);
      for (const { body } of answers) expect(body.toString()).not.toContain("<svg");
    },
  );

  it("refuses links out of a folder, of a list and of a pattern, when it begins and whenever one is put there", async () => {
    mkdirSync(at("guarded"));
    for (const name of ["guarded/own.png", "outside.png"]) writeFileSync(at(name), png);
    symlinkSync("../outside.png", at("guarded", "out.png"));
    symlinkSync("own.png", at("guarded", "in.png"));
    writeFileSync(at("list.csv"), "path,label\nguarded/own.png,a\n");
    writeFileSync(at("guarded", "list.tsv"), "path\tlabel\nown.png\ta\nout.png\tb\n");
    const named = async (...given: string[]) => {
      const notes: string[] = [];
      const images = await serveImages(given, resources, { onNote: (note) => notes.push(note) });
      return [images.map(({ name }) => name), notes.length, notes.join().match(/out\.png/g)?.length ?? 0];
    };
    expect(await named(at("list.csv"))).toEqual([["own.png"], 0, 0]);
    expect(await named(at("guarded", "list.tsv"))).toEqual([["own.png"], 1, 1]);
    rmSync(at("guarded", "list.tsv"));
    expect(await named(at("guarded"))).toEqual([["in.png", "own.png"], 1, 1]);
    expect(await named(at("guarded", "*.png"))).toEqual([["in.png", "own.png"], 1, 1]);
    expect(await named(at("guarded", "out.png"))).toEqual([["out.png"], 0, 0]);
    const [image] = await serveImages([at("guarded")], resources);
    rmSync(at("guarded", "in.png"));
    symlinkSync("../outside.png", at("guarded", "in.png"));
    const { status, body } = await askInside(studio.address, image?.url ?? "");
    expect([status, body.toString()]).toEqual([
      404,
      expect.stringContaining("expected an image in the given folder, got a link out of it"),
    ]);
  });

  it("waits for no pipe in an image's place", async () => {
    mkdirSync(at("pipes"));
    writeFileSync(at("pipes", "a.png"), png);
    const [image] = await serveImages([at("pipes")], resources);
    rmSync(at("pipes", "a.png"));
    execFileSync("mkfifo", [at("pipes", "a.png")]);
    const { status, body } = await askInside(studio.address, image?.url ?? "");
    expect([status, body.toString()]).toEqual([
      422,
      expect.stringContaining("expected a regular file, got a pipe or a device"),
    ]);
    await expect(serveImages([at("pipes", "a.png")], resources)).rejects.toThrow(
      "a.png: image: expected a regular file, got a pipe",
    );
  });
});
