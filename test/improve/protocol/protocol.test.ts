/** @file The protocol of an improvement: what is read back, what is refused, and the seal. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProtocolFile, readProtocol } from "../../../src/improve/protocol/protocol.js";
import type { SplitSection } from "../../../src/improve/protocol/sections.js";

const head = { subject: "digits", seed: "1", model: "a".repeat(64), data: "b".repeat(64) };
const split: SplitSection = {
  rule: "by name",
  seed: "1",
  share: 0.2,
  train: 8,
  validation: 2,
  sealed: 5,
  opened: null,
};

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-protocol-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const pathIn = (name: string) => join(folder, name);

test("a section is there again when the protocol is opened a second time", async () => {
  const path = pathIn("p.json");
  const file = await ProtocolFile.open(path, head);
  expect(await readProtocol(path)).toBeUndefined();
  await file.write("split", split);
  const again = await ProtocolFile.open(path, head);
  expect(again.protocol).toEqual({ version: 1, ...head, split });
});

test("the sealed images are opened once, and again for the same purpose alone", async () => {
  const path = pathIn("p.json");
  const file = await ProtocolFile.open(path, head);
  await file.write("split", split);
  await file.openSeal("models 1");
  expect((await readProtocol(path))?.split?.opened).toBe("models 1");
  await file.openSeal("models 1");
  await expect(file.openSeal("models 2")).rejects.toThrow("opened once");
  await file.write("proof", {});
  await expect(file.openSeal("models 1")).rejects.toThrow("opened once");
});

test("the protocol of another model, of other data or of another seed is refused", async () => {
  const path = pathIn("p.json");
  await (await ProtocolFile.open(path, head)).write("split", split);
  for (const name of ["model", "data", "seed"] as const) {
    const other = { ...head, [name]: "c".repeat(64) };
    await expect(ProtocolFile.open(path, other)).rejects.toThrow(`expected the protocol of this ${name}`);
  }
});

test("the protocol of other confirmed labels is refused, and so is one of none", async () => {
  const [path, plain] = [pathIn("p.json"), pathIn("plain.json")];
  const labels = "d".repeat(64);
  await (await ProtocolFile.open(path, { ...head, labels })).write("split", split);
  await (await ProtocolFile.open(plain, head)).write("split", split);
  expect((await ProtocolFile.open(path, { ...head, labels })).protocol.labels).toBe(labels);
  const expected = "expected the protocol of this list of confirmed labels, got that of another one";
  await expect(ProtocolFile.open(path, head)).rejects.toThrow(`${expected} (dddddddddddd, not none)`);
  await expect(ProtocolFile.open(path, { ...head, labels: "e" })).rejects.toThrow(expected);
  await expect(ProtocolFile.open(plain, { ...head, labels })).rejects.toThrow(`${expected} (none, not dddddddddddd)`);
});

test.each([
  ["no JSON", "{"],
  ["a list", "[]"],
  ["another version", JSON.stringify({ version: 2, ...head })],
  ["a share above 1", JSON.stringify({ version: 1, ...head, split: { ...split, share: 2 } })],
  ["no seed", JSON.stringify({ version: 1, ...head, seed: undefined })],
  ["brackets without end", "[".repeat(100_000)],
])("%s is refused in one sentence", async (_, content) => {
  const path = pathIn("p.json");
  await writeFile(path, content);
  const error = await ProtocolFile.open(path, head).then(
    () => undefined,
    (cause: Error) => cause,
  );
  expect(error?.message).toMatch(/p\.json: expected a protocol of fovea improve, version 1, got .+: --protocol/);
  expect(error?.message).not.toContain("\n");
  expect(await readFile(path, "utf8")).toBe(content);
});
