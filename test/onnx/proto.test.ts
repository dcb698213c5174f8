/** @file The checked-in messages are what the checked-in schema generates. */

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const messages = "src/onnx/proto/onnx_pb.ts";
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-proto-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

it("npm run proto changes nothing", async () => {
  await promisify(execFile)("npm", ["run", "-s", "proto", "--", "--output", folder], { cwd: root });
  expect(readFileSync(join(folder, messages), "utf8")).toBe(readFileSync(join(root, messages), "utf8"));
});

it.each([messages, "src/onnx/proto/onnx.proto"])("%s keeps the schema's licence", (file) => {
  const header = readFileSync(join(root, file), "utf8").split("\n").slice(0, 6).join("\n");
  expect(header).toContain("Copyright (c) ONNX Project Contributors\n// SPDX-License-Identifier: Apache-2.0");
});
