/** @file Sources of any size in little memory, and archives that swell. */

import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { writeParquet } from "../../../src/data/parquet/write.js";
import { bytesOfImage } from "../../../src/data/sources/image-of.js";
import { openSource } from "../../../src/data/sources/open-source.js";
import { askWeb } from "../../../src/data/stores/net/ask-web.js";
import { serveFiles } from "../../support/stores/web.js";
import { pngOf, type TestFolder, testFolder } from "../photos/folder.js";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

let folder: TestFolder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder.remove());

/** Mebibytes in use, garbage aside. */
async function inUse(): Promise<number> {
  // What buffers take is given back a little later.
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

/** Goes through a source, and looks at the memory in use at each quarter. @returns how many images, and the mebibytes */
async function measured(name: string, count: number, reads: boolean): Promise<{ images: number; memory: number[] }> {
  const source = await openSource(join(folder.path, name));
  const memory: number[] = [];
  let images = 0;
  for await (const image of source.images()) {
    if (reads && images % 10 === 0) await bytesOfImage(image);
    images++;
    if (images % (count / 4) === 0) memory.push(await inUse());
  }
  await source.close();
  return { images, memory };
}

function expectFlat(memory: readonly number[]): void {
  expect(memory).toHaveLength(4);
  // From the first quarter on a list of all that was seen would take tens of mebibytes more.
  expect(Math.max(...memory) - Math.min(...memory)).toBeLessThan(8);
}

describe("memory stays flat", () => {
  it("over a list of 200,000 lines", async () => {
    const file = createWriteStream(join(folder.path, "list.csv"));
    await pipeline(async function* () {
      yield "path,label,split,note\n";
      for (let i = 0; i < 200_000; i++) {
        yield `photos/of a rather long folder name/${i}.jpg,class ${i % 10},train,"a note, quoted ${i}"\n`;
      }
    }, file);
    const { images, memory } = await measured("list.csv", 200_000, false);
    expect(images).toBe(200_000);
    expectFlat(memory);
  });

  it("over a tar archive of 20,000 images, every tenth of which is read", async () => {
    const png = Buffer.from(await pngOf("one"));
    const archive = pack();
    const written = pipeline(archive, createWriteStream(join(folder.path, "a.tar")));
    const entry = (name: string, content: Buffer | string) =>
      new Promise<void>((done, fail) => archive.entry({ name }, content, (error) => (error ? fail(error) : done())));
    for (let i = 0; i < 20_000; i++) {
      const key = String(i).padStart(6, "0");
      await entry(`${key}.png`, png);
      await entry(`${key}.cls`, String(i % 10));
    }
    archive.finalize();
    await written;
    const { images, memory } = await measured("a.tar", 20_000, true);
    expect(images).toBe(20_000);
    expectFlat(memory);
  });

  it("over a table of 20,000 images in row groups, every tenth of which is read", async () => {
    const png = await pngOf("one", [64, 64]);
    const rows = function* () {
      for (let i = 0; i < 20_000; i++) yield { image: png, label: `class ${i % 10}` };
    };
    const columns = { image: "bytes", label: "string" } as const;
    await writeParquet(join(folder.path, "a.parquet"), columns, rows(), { groupRows: 500 });
    const { images, memory } = await measured("a.parquet", 20_000, true);
    expect(images).toBe(20_000);
    expectFlat(memory);
  });
});

it("a server that stops in the middle of an answer is given up, after some attempts, in words", async () => {
  const server = await serveFiles(new Map(), {
    fail: (_, response) => Boolean(response.writeHead(206, { "content-range": "bytes 0-99/100" }).write("some")),
  });
  const pace = { patience: 100, leastRate: 1 };
  const attempts = vi.spyOn(globalThis, "fetch");
  const asking = askWeb({ url: `${server.origin}/a`, where: "a", loopback: true, pace }, { start: 0, end: 100 });
  // On a busy machine the patience may end before the server has seen the question.
  await expect(asking).rejects.toThrow(/^a: expected an answer, got (none: )?nothing for 0.1 s$/);
  expect(attempts).toHaveBeenCalledTimes(4);
  attempts.mockRestore();
  await server.close();
});

it("a packed archive that swells is refused before it fills the disk", async () => {
  await folder.write({ "bomb.tgz": gzipSync(Buffer.alloc(2 ** 28 + 1), { level: 9 }) });
  await expect(measured("bomb.tgz", 4, false)).rejects.toThrow(/expected at most 256 MiB in .* of gzip, got more$/);
});
