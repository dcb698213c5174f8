/** @file The examples as users copy them: a folder of their own, whose `node_modules` has the package by its name. */

import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { drawShapes } from "../../src/data/shapes.js";
import { encodePicture } from "../../src/image/node.js";
import { createPicture } from "../../src/image/picture/picture.js";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "dist/command/main.js");

/** A copy of an example, which goes when the tests of the file are done. @param packages that its README installs besides */
export function copyOf(name: string, packages: readonly string[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), `fovea-${name}-`));
  cpSync(join(root, "examples", name), folder, { recursive: true });
  const link = (target: string, name: string) => {
    const place = join(folder, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(target, place);
  };
  link(root, "fovea");
  for (const each of packages) link(join(root, "node_modules", each), each);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function startNode(folder: string, args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export async function runNode(folder: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = startNode(folder, args, env);
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err] = await Promise.all([child.stdout, child.stderr].map((stream) => (stream ? text(stream) : "")));
  return { code: await code, out: out ?? "", err: err ?? "" };
}

/** `fovea ...` in the folder. */
export const runFovea = (folder: string, args: readonly string[]) => runNode(folder, [main, ...args]);

/** The network of the drawn shapes as `model.onnx`, and pictures for it, `photo.jpg` the first. @returns what each shows */
export async function addShapes(folder: string, names: readonly string[] = ["photo.jpg"]): Promise<string[]> {
  cpSync(join(root, "models/shapes.onnx"), join(folder, "model.onnx"));
  const { test, classes } = drawShapes({ train: 0, test: names.length });
  const { channels, width, height, pixels, labels } = test;
  const size = channels * width * height;
  for (const [i, name] of names.entries()) {
    const grey = pixels.slice(i * size, (i + 1) * size);
    writeFileSync(join(folder, name), await encodePicture(createPicture(width, height, 1, grey), "jpg"));
  }
  return Array.from(labels, (label) => classes[label] ?? "");
}
