/** @file Commands that are killed, and how they are called again. */

import { fileURLToPath } from "node:url";
import type { Setting } from "./setting.js";

export interface Scenario {
  readonly name: string;
  /** Arguments of Node. */
  readonly args: readonly string[];
  /** Further arguments of the next run. @param left the files that the killed one left */
  readonly resume?: (left: readonly string[]) => readonly string[];
  /** A file that it writes over: an old one lies there in every second round. */
  readonly replaces?: string;
  /** Its standard output is the same each time. Default false: it tells how long things took. */
  readonly tellsTheSame?: boolean;
}

const built = (path: string) => fileURLToPath(new URL(`../../../dist/${path}`, import.meta.url));
const fovea = (line: string) => [built("cli/main.js"), ...line.split(" ")];
const withCheckpoint = (left: readonly string[]) =>
  left.some((name) => name.endsWith(".checkpoint")) ? ["--resume"] : [];

export function scenariosFor({ download: { url, options } }: Setting): readonly Scenario[] {
  return [
    {
      name: "train digits",
      args: fovea("train mnist --net classic --epochs 6 --batch 100 --out m.onnx"),
      resume: withCheckpoint,
      replaces: "m.onnx",
    },
    {
      name: "train photos",
      args: fovea(
        "train ../inputs/photos --net compact --size 24 --batch 8 --augment light --epochs 10 --cache cache --out p.onnx",
      ),
      resume: withCheckpoint,
      replaces: "p.onnx",
    },
    {
      name: "train a head",
      args: fovea(
        "train ../inputs/photos --backbone ../inputs/described.onnx --unfreeze 1 --batch 8 --epochs 10 --cache cache --out h.onnx",
      ),
      resume: withCheckpoint,
      replaces: "h.onnx",
    },
    {
      name: "evaluate",
      args: fovea("evaluate ../inputs/undescribed.onnx ../inputs/photos --split all --json"),
      tellsTheSame: true,
    },
    {
      name: "explain",
      args: fovea("explain ../inputs/undescribed.onnx ../inputs/photos --out maps --overlay --raw --jsonl"),
      resume: () => ["--skip-existing"],
    },
    {
      name: "report",
      args: fovea("report ../inputs/described.onnx ../inputs/photos --split all --out r.html"),
      replaces: "r.html",
    },
    {
      name: "trust",
      args: fovea("trust ../inputs/described.onnx ../inputs/photos/test --methods grad-cam --count 8 --json"),
      tellsTheSame: true,
    },
    { name: "data", args: fovea("data ../inputs/photos --json"), tellsTheSame: true },
    {
      name: "download",
      args: [
        "--input-type=module",
        "--eval",
        `import { download } from ${JSON.stringify(built("files/download.js"))};
        await download([${JSON.stringify(url)}], "set/file", ${JSON.stringify(options)});`,
      ],
      replaces: "set/file",
    },
  ];
}
