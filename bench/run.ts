/** @file Runs the benchmark named on the command line: `npm run bench -- explain`. */

import { readdirSync } from "node:fs";

const folder = new URL(".", import.meta.url);
const names = readdirSync(folder).flatMap((file) =>
  file.endsWith(".bench.ts") ? [file.replace(".bench.ts", "")] : [],
);
const [name = "", ...rest] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`bench: expected one of ${names.join(", ")}, got "${name}"`);
  process.exit(2);
}
process.argv = [...process.argv.slice(0, 2), ...rest];
await import(new URL(`${name}.bench.ts`, folder).href);
