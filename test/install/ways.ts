/** @file The ways of installing: what is typed first, with a network, and what later runs without one. */

import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../house/imports.js";
import { beginProject, type Place } from "./place.js";

export interface Way {
  readonly title: string;
  /** Whether `npm run test:install` alone goes it, and not the long suite as well. */
  readonly rare?: boolean;
  /** Commands with a network, then those without; each is a program, its arguments, and variables of its environment. */
  readonly online: readonly Step[];
  readonly offline: readonly Step[];
  /** Settings for all of them. */
  readonly env?: Readonly<Record<string, string>>;
}

type Step = readonly [string, readonly string[]];

const explain = ["explain", "photo.png", "--model", "model.onnx", "--out", "map.png", "--quiet"];
const tarball = "./fovea.tgz";
const skipped = { ONNXRUNTIME_NODE_INSTALL: "skip" };

export const ways: readonly Way[] = [
  {
    title: "npx, with install scripts and the download of CUDA skipped",
    online: [["npx", ["--yes", "fovea", ...explain]]],
    // Without the option npx asks whether there is a newer one.
    offline: [["npx", ["--yes", "--offline", "fovea", ...explain]]],
    env: skipped,
  },
  {
    title: "npx of a tarball, without install scripts",
    rare: true,
    online: [["npx", ["--yes", "--ignore-scripts", "--package", tarball, "fovea", ...explain]]],
    offline: [["npx", ["--yes", "--offline", "--package", tarball, "fovea", ...explain]]],
  },
  {
    title: "npm without install scripts",
    rare: true,
    online: [["npm", ["install", "--ignore-scripts", tarball]]],
    offline: [["npx", ["fovea", ...explain]]],
  },
  {
    title: "pnpm",
    online: [["pnpm", ["add", "--ignore-scripts", tarball]]],
    offline: [["pnpm", ["exec", "fovea", ...explain]]],
  },
  {
    title: "Yarn into node_modules",
    rare: true,
    online: [["yarn", ["add", `fovea@file:${tarball}`]]],
    offline: [["yarn", ["run", "fovea", ...explain]]],
    env: { YARN_NODE_LINKER: "node-modules", ...skipped },
  },
  {
    title: "Yarn with Plug'n'Play",
    rare: true,
    online: [["yarn", ["add", `fovea@file:${tarball}`]]],
    offline: [["yarn", ["run", "fovea", ...explain]]],
    env: { YARN_NODE_LINKER: "pnp", ...skipped },
  },
];

/** The files that the commands name. */
export function layOut(place: Place, packed: string): void {
  copyFileSync(packed, join(place.folder, "fovea.tgz"));
  copyFileSync(join(root, "models/shapes.onnx"), join(place.folder, "model.onnx"));
  copyFileSync(join(root, "dist/studio/samples/shapes/two-shapes-1.png"), join(place.folder, "photo.png"));
}

/** An empty project, where something is installed into one. */
export function beginWay(place: Place, { online }: Way): void {
  if (online[0]?.[0] !== "npx") beginProject(place);
}
