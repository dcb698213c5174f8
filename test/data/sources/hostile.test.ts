/** @file Archives that are damaged, or made to do harm: refused in words or left out with a note, in little time and room. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeParquet } from "../../../src/data/parquet/write.js";
import { loadPhotos } from "../../../src/data/photos/load-photos.js";
import { bytesOfImage } from "../../../src/data/sources/image-of.js";
import { openSource } from "../../../src/data/sources/open-source.js";
import { random } from "../../../src/foundation/random.js";
import { everything } from "../../support/share.js";
import { type TarEntry, tarOf } from "../../support/stores/tar.js";
import { pngOf, type TestFolder, testFolder } from "../photos/folder.js";

let folder: TestFolder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder.remove());

/** Names of the images, and notes. */
async function opened(name: string): Promise<{ names: string[]; notes: readonly string[] }> {
  const source = await openSource(join(folder.path, name));
  const names: string[] = [];
  try {
    for await (const image of source.images()) {
      await bytesOfImage(image);
      names.push(image.name);
    }
    return { names, notes: source.notes };
  } finally {
    await source.close();
  }
}

const refused = (name: string) =>
  opened(name).then(
    () => "nothing",
    (error: unknown) => {
      expect(error).toMatchObject({ code: "bad-file" });
      return String(error);
    },
  );

const png = await pngOf("one");
const sample = (name: string): TarEntry[] => [
  [`${name}.png`, png],
  [`${name}.cls`, "cat"],
];

describe("a tar archive", () => {
  it("gives no member whose name leads out of it, no links and no devices, and says so", async () => {
    const entries: TarEntry[] = [
      ...sample("../../evil"),
      ...sample("/etc/evil"),
      ...sample("C:\\evil"),
      ["link.png", "", { type: "symlink", linkname: "/etc/passwd" }],
      ["hard.png", "", { type: "link", linkname: "good.png" }],
      ["pipe.png", "", { type: "fifo" }],
      ...sample("./good"),
      ...sample(".hidden/other"),
    ];
    await folder.write({ "a.tar": await tarOf(entries) });
    const { names, notes } = await opened("a.tar");
    expect(names).toEqual(["a.tar/good.png"]);
    expect(notes.map((note) => note.replace(/ \S*evil\S*$/, " ..."))).toEqual([
      "6 members whose names lead out of their archives are left out, the first ...",
      "3 members that are no files are left out, the first a.tar/link.png",
    ]);
  });

  it("gives each name once, and tells of an end that is missing", async () => {
    const bytes = await tarOf([...sample("1"), ...sample("2"), ...sample("1")]);
    await folder.write({ "a.tar": bytes.subarray(0, bytes.length - 1024) });
    expect(await opened("a.tar")).toEqual({
      names: ["a.tar/1.png", "a.tar/2.png"],
      notes: [
        "1 archive ends without the mark of its end, images may be missing: a.tar",
        "1 member that comes twice is left out: a.tar/1.png",
      ],
    });
  });

  it("is refused where it is cut off, in words, wherever that is", async () => {
    const whole = await tarOf([...sample("1"), ...sample("2")]);
    const source = random("cut");
    for (let i = 0; i < 60; i++) {
      await folder.write({ "a.tar": whole.subarray(0, 1 + Math.floor(source.uniform() * (whole.length - 1536))) });
      const error = await refused("a.tar");
      if (error !== "nothing")
        expect(error).toMatch(/a\.tar: expected .*, got an archive that ends|ends within a header/);
    }
  });

  it("is refused or read where bytes are wrong, and takes no room for sizes that are not there", async () => {
    const whole = await tarOf([...sample("1"), ...sample("2")]);
    const source = random("wrong");
    for (let i = 0; i < (everything ? 300 : 60); i++) {
      const bytes = Uint8Array.from(whole);
      for (let k = 0; k < 3; k++)
        bytes[Math.floor(source.uniform() * 512) + 1024 * k] = Math.floor(256 * source.uniform());
      await folder.write({ "a.tar": bytes });
      await refused("a.tar");
    }
    const huge = Uint8Array.from(whole);
    // 8 exabytes, in bytes in the place of octal digits.
    huge.set([0x80, 0, 0, 0, 0x7f, 255, 255, 255, 255, 255, 255, 255], 124);
    await folder.write({ "a.tar": withSum(huge) });
    expect(await refused("a.tar")).toMatch(/expected \d+ bytes of "1\.png", got an archive that ends after \d+$/);
  });

  it("is refused where it is another file, or tells a name of a gigabyte", async () => {
    await folder.write({
      "a.tar": "no archive",
      "b.tar": png,
      "c.tar": new Uint8Array(512).fill(65),
      "d.tar.gz": "no gzip",
    });
    expect(await refused("a.tar")).toMatch(
      /expected the header of a tar archive at byte 0, got a file that ends within/,
    );
    expect(await refused("b.tar")).toMatch(/expected the header of a tar archive at byte 0/);
    expect(await refused("c.tar")).toMatch(/expected the header of a tar archive at byte 0, got something else$/);
    expect(await refused("d.tar.gz")).toMatch(/expected a whole gzip file, got another or a damaged one$/);
    const named = await tarOf([["x", new Uint8Array(2 ** 20 + 1)], ...sample("1")]);
    named[156] = "x".charCodeAt(0);
    await folder.write({ "e.tar": withSum(named) });
    expect(await refused("e.tar")).toMatch(/expected at most 1 MiB about the name of a member, got 1/);
  });
});

/** The header with the sum of its bytes. */
function withSum(archive: Uint8Array): Uint8Array {
  archive.fill(0x20, 148, 156);
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  archive.set(Buffer.from(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return archive;
}

describe("a packed archive", () => {
  it("is read, and refused where it ends too early", async () => {
    const packed = gzipSync(await tarOf(sample("1")));
    await folder.write({ "a.tgz": packed.subarray(0, packed.length - 20), "c.tgz": packed });
    expect(await refused("a.tgz")).toMatch(/expected a whole gzip file, got one that ends too early$/);
    expect((await opened("c.tgz")).names).toEqual(["c.tgz/1.png"]);
  });
});

describe("samples", () => {
  it("have their label from .cls, .json, .txt, or a class's folder; what is wrong with it is told", async () => {
    const entries: TarEntry[] = [
      ["1.jpg", png],
      ["1.cls", "7\n"],
      ["2.png", png],
      ["2.json", JSON.stringify({ label: "dog", split: "val", boxes: [[1, 2, 5, 6]] })],
      ["3.png", png],
      ["3.txt", "a cat"],
      ["4.seg.png", png],
      ["4.png", png],
      ["4.cls", "mouse"],
      ["5.png", png],
      ["5.json", "{ no json"],
      ["6.png", png],
      ["6.txt", "a long story\nof two lines"],
      ["bird/7.x.png", png],
      ["bird/7.y.png", png],
    ];
    await folder.write({ "a.tar": await tarOf(entries) });
    const source = await openSource(join(folder.path, "a.tar"));
    const found: string[] = [];
    for await (const { name, label, split, boxes, reason } of source.images()) {
      found.push([name, label, split, boxes && JSON.stringify(boxes), reason].filter(Boolean).join(" | "));
    }
    await source.close();
    expect(found).toEqual([
      "a.tar/1.jpg | 7",
      'a.tar/2.png | dog | validation | [{"x":1,"y":2,"width":4,"height":4}]',
      "a.tar/3.png | a cat",
      "a.tar/4.png | mouse",
      expect.stringMatching(/^a\.tar\/5\.png \| "5\.json": expected JSON, got /),
      "a.tar/6.png | label: expected a class beside it (.cls, .json or .txt), or a class's folder, got none in them",
      "a.tar/bird/7.x.png | bird",
      "a.tar/bird/7.y.png | bird",
    ]);
  });
});

describe("a table", () => {
  it("tells which rows have no image, and what columns it lacks", async () => {
    await writeParquet(join(folder.path, "a.parquet"), { image: "bytes", label: "int64" } as const, [
      { image: png, label: 3n },
      { label: 4n },
      { image: png, label: -1n },
      { image: await pngOf("two"), label: 4n },
    ]);
    const { skipped, classes } = await loadPhotos(join(folder.path, "a.parquet"), { undivided: true });
    expect(classes).toEqual(["3", "4"]);
    expect(skipped.map(({ path, reason }) => `${path.slice(-11)}: ${reason}`)).toEqual([
      "a.parquet/1: expected the bytes of an image, got none in its row",
      "a.parquet/2: label: expected a class, got -1",
    ]);
    await writeParquet(join(folder.path, "b.parquet"), { x: "string" } as const, [{ x: "y" }]);
    expect(await refused("b.parquet")).toMatch(/expected a column of images .*, got "x"$/);
  });

  it("lists no path that leaves its folder", async () => {
    const columns = { path: "string", label: "string" } as const;
    await writeParquet(join(folder.path, "a.parquet"), columns, [{ path: "../x.png", label: "cat" }]);
    expect(await refused("a.parquet")).toMatch(
      /a\.parquet: row 0: path: expected one inside the manifest's folder, got/,
    );
    await writeParquet(join(folder.path, "b.parquet"), columns, [{ label: "cat" }]);
    expect(await refused("b.parquet")).toMatch(/b\.parquet: row 0: path: expected one, got none$/);
    expect((await readFile(join(folder.path, "b.parquet"))).length).toBeGreaterThan(0);
  });
});

describe("names in braces", () => {
  it("are ranges and choices, of files that must be there", async () => {
    await folder.write({
      "s-08.tar": await tarOf(sample("1")),
      "s-09.tar": await tarOf(sample("1")),
      "s-10.tar": await tarOf(sample("1")),
    });
    expect((await opened("s-{08..10}.tar")).names).toEqual(["s-08.tar/1.png", "s-09.tar/1.png", "s-10.tar/1.png"]);
    expect((await opened("{s-10,s-08}.tar")).names).toEqual(["s-10.tar/1.png", "s-08.tar/1.png"]);
    await expect(opened("s-{08..12}.tar")).rejects.toThrow(
      /s-11\.tar: expected a file, got none there \(4 of 5 in the range\)$/,
    );
    await expect(opened("s-{0..999999999}.tar")).rejects.toThrow("expected at most 100,000 files in all, got more");
    await expect(opened("s-{9..1}.tar")).rejects.toThrow("expected a range that rises");
  });
});
