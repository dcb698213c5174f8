/** @file Streams in the place of files: what shells make of `<(...)`, and `/dev/stdin`. */

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { encodePng } from "../../src/image/node.js";
import { createPicture } from "../../src/image/picture/picture.js";
import { workFolder } from "./fovea.js";

const main = fileURLToPath(new URL("../../dist/command/main.js", import.meta.url));
const folder = workFolder();

it("are read as a picture, as class names and as a list of paths", async () => {
  writeFileSync(join(folder, "x.png"), await encodePng(createPicture(4, 4, 1, new Uint8Array(16))));
  const command = `"$0" "$1" explain /dev/stdin <(cat x.png) <(echo x.png) --labels <(seq 10 19) --json --out out < <(cat x.png)`;
  const said = execFileSync("bash", ["-c", command, process.execPath, main], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { results }: { results: { input: string; top: { label: string }[] }[] } = JSON.parse(said);
  expect(results.map(({ input }) => input.replace(/\d+/, "N"))).toEqual(["x.png", "stdin", "pipe-N"]);
  expect(results.every(({ top }) => Number(top[0]?.label) >= 10)).toBe(true);
}, 120_000);
