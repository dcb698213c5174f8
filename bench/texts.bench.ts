/**
 * @file Networks of images and texts beside PyTorch's scores and maps.
 * `python test/reference/image_text.py FOLDER`, then `npm run bench -- texts --folder FOLDER`. Ends with 1 where a cosine or probability
 * differs by more than 1e-4, or a map by more than 1e-4 of its peak.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../src/foundation/error.js";
import { createNodeRuntime } from "../src/runtime/node.js";
import { compareTexts, otherTokens } from "../test/support/texts.js";

const { values: flags } = parseArgs({
  options: { folder: { type: "string", default: "." }, only: { type: "string" } },
});
const runtime = createNodeRuntime({ device: "cpu" });
const largest = 1e-4;

const names = readdirSync(flags.folder).filter(
  (name) => flags.only === undefined || flags.only.split(",").includes(name),
);
let wrong = 0;
console.log(`| export | scores differ by | maps differ by | layer |\n|${" --- |".repeat(4)}`);
for (const name of names) {
  const folder = join(flags.folder, name);
  if (existsSync(join(folder, "tokens.json"))) {
    const { texts, clip } = JSON.parse(readFileSync(join(folder, "tokens.json"), "utf8"));
    const other = await otherTokens(folder, texts, clip);
    if (other.length > 0) wrong++;
    console.log(`| ${name} | ${other.length} of ${texts.length} texts have other tokens |  |  |`);
  }
  const file = ["model", "vision_model"].find((each) => existsSync(join(folder, `${each}.json`)));
  if (file === undefined) continue;
  try {
    const { scores, maps, layer } = await compareTexts(folder, file, runtime);
    if (!(scores < largest && Object.values(maps).every((each) => each < largest))) wrong++;
    const each = Object.entries(maps).map(([what, by]) => `${what} ${by.toExponential(1)}`);
    console.log(`| ${name} | ${scores.toExponential(1)} | ${each.join(", ")} | ${layer} |`);
  } catch (error) {
    wrong++;
    console.log(`| ${name} |  |  | ${messageOf(error).slice(0, 400)} |`);
  }
}
process.exitCode = wrong > 0 ? 1 : 0;
