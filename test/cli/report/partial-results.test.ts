/** @file Results that an interrupted report left: read back as they were, and explained again where they were damaged. */

import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openPartialResults } from "../../../src/cli/report/partial-results.js";
import { random } from "../../../src/foundation/random.js";
import { floatMap } from "../../../src/image/map/heatmap.js";
import { createPicture } from "../../../src/image/picture/picture.js";
import type { Observation } from "../../../src/report/collect/observe/observation.js";
import { everything } from "../../support/share.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-partial-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const place = () => join(folder, `${count++}.html.partial`);

const observation = (i: number): Observation => ({
  probabilities: Float32Array.of(0.25 + i / 100, 0.75 - i / 100),
  predicted: 1,
  size: { width: 4, height: 3 },
  thumbnail: createPicture(2, 2, 1, Uint8Array.of(i, 1, 2, 3)),
  map: floatMap(2, 1, Float32Array.of(i, 0.5)),
  evidence: { border: { share: 0.1, even: 0.2 }, corners: { share: 0.3, even: 0.4 }, half: { share: 0.3, even: 0.4 } },
});
const keys = ["a", "b", "c", undefined];

async function filled(): Promise<string> {
  const path = place();
  const store = (await openPartialResults(path)).store(keys);
  for (let i = 0; i < 4; i++) await store.put(i, observation(i));
  return path;
}
const found = async (path: string) => {
  const store = (await openPartialResults(path)).store(keys);
  return [0, 1, 2, 3].map((i) => store.get(i));
};

describe("partial results", () => {
  it("come back as they were, but those without a key", async () => {
    const path = await filled();
    expect(await found(path)).toEqual([observation(0), observation(1), observation(2), undefined]);
    expect(readFileSync(path, "utf8").split("\n")).toHaveLength(4);
    await (await openPartialResults(path)).remove();
    expect([existsSync(path), await found(path)]).toEqual([false, [undefined, undefined, undefined, undefined]]);
  });

  it("are left out where a byte was changed, and the others stay", async () => {
    const path = await filled();
    const whole = readFileSync(path);
    const source = random(5).fork("damage");
    for (let n = 0; n < (everything ? 60 : 12); n++) {
      const at = Math.floor(source.uniform() * whole.length);
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ (1 << Math.floor(source.uniform() * 8));
      writeFileSync(path, damaged);
      const results = await found(path);
      expect(results.filter((each) => each !== undefined).length, `byte ${at}`).toBeLessThan(3);
      for (const [i, each] of results.entries()) expect([undefined, observation(i)]).toContainEqual(each);
      // What is put now does not run into what was damaged.
      await (await openPartialResults(path)).store(["new"]).put(0, observation(9));
      expect((await openPartialResults(path)).store(["new"]).get(0)).toEqual(observation(9));
    }
  });

  it.each<[string, string]>([
    ["nothing", ""],
    ["null", "null\n"],
    ["a list", "[]\n"],
    ["numbers", "1 1\n2 2\n"],
    ["lists without end", `${"[".repeat(300_000)}\n`],
    ["lines as an earlier version wrote them", '{"key":"a","probabilities":""}\n'],
    ["no text", "\0\xff\n\r\n\n"],
    ["a line that is longer than any result", `${"x".repeat(2 ** 24 + 2 ** 18)}\n`],
  ])("of %s are none, and results can be put behind them", async (_, text) => {
    const path = place();
    writeFileSync(path, text.replace(/\n$/, ""), "latin1");
    expect(await found(path)).toEqual([undefined, undefined, undefined, undefined]);
    const store = (await openPartialResults(path)).store(keys);
    await store.put(1, observation(1));
    await store.put(2, observation(2));
    expect(await found(path)).toEqual([undefined, observation(1), observation(2), undefined]);
  });

  it("of two reports at once are all there", async () => {
    const path = place();
    const stores = await Promise.all(
      [0, 1].map(async (n) =>
        (await openPartialResults(path)).store(Array.from({ length: 20 }, (_, i) => `${n} ${i}`)),
      ),
    );
    for (let i = 0; i < 20; i++) await Promise.all(stores.map((store) => store.put(i, observation(i))));
    appendFileSync(path, "half a li");
    for (const n of [0, 1]) {
      const all = (await openPartialResults(path)).store(Array.from({ length: 20 }, (_, i) => `${n} ${i}`));
      for (let i = 0; i < 20; i++) if (i > 0) expect(all.get(i)).toEqual(observation(i));
    }
  });

  it("that are no file are said to be none", async () => {
    const path = place();
    mkdirSync(path);
    await expect(openPartialResults(path)).rejects.toMatchObject({ code: "bad-file" });
    await expect(openPartialResults(path)).rejects.toThrow(`${path}: expected a regular file, got a folder`);
  });
});
