/**
 * @file Makes the compiled library as small as a package needs it: without comments, which the declarations have, and without files that
 * no public entry and no child process leads to. `npm pack` runs it; nothing of dist is lost by it.
 */

import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
/** They are whole as they are, or left out by package.json. */
const others = /^(studio|heatmap|command|cli)\//;
const files = readdirSync(dist, { recursive: true })
  .map((name) => name.split(sep).join("/"))
  .filter((name) => !others.test(name) && /\.(js|d\.ts)$/.test(name));
const texts = new Map(files.map((name) => [name, readFileSync(join(dist, name), "utf8")]));

/** What a file's text names by relative paths: imports of both kinds, and files that processes and threads are started with. */
function named(name) {
  return Array.from((texts.get(name) ?? "").matchAll(/"(\.\.?\/[^"\s]+\.js)"/g), ([, path]) =>
    posix.join(posix.dirname(name), path),
  );
}

/** All that files lead to, themselves included. @param ending of the files that paths to `.js` mean */
function reached(starts, ending) {
  const found = new Set();
  const look = (name) => {
    if (found.has(name) || !texts.has(name)) return;
    found.add(name);
    for (const other of named(name)) look(other.replace(/\.js$/, ending));
  };
  for (const name of starts) look(name);
  return found;
}

/** Files that the joined command line starts processes with: they are named there from its own folder. */
function startedByCommand() {
  const folder = join(dist, "command");
  const text = existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8")) : [];
  const homes = text.flatMap((each) => [...each.matchAll(/new URL\("(\.\/[^"]+)",\s*new URL\("\.\.\/([^"]+)"/g)]);
  return homes.map(([, path, home]) => posix.join(posix.dirname(home), path));
}

const doors = files.filter((name) => /^doors\/.*\.js$/.test(name));
const kept = new Set([
  ...reached([...doors, ...startedByCommand()], ".js"),
  ...reached(
    doors.map((name) => name.replace(/\.js$/, ".d.ts")),
    ".d.ts",
  ),
]);
writeFileSync(
  join(dist, ".npmignore"),
  files
    .filter((name) => !kept.has(name))
    .map((name) => `/${name}\n`)
    .join(""),
);

// In lines, since Node shows the line of an error that nobody caught.
const small = { loader: "js", format: "esm", target: "es2023", charset: "utf8" };
for (const [name, text] of texts) {
  if (!kept.has(name) || !name.endsWith(".js")) continue;
  const { code } = await transform(text, small);
  // Others may be reading it.
  const own = join(dist, dirname(name), `.${process.pid}.tmp`);
  writeFileSync(own, code);
  renameSync(own, join(dist, name));
}
process.stdout.write(`${kept.size} of ${files.length} files of the library are packed\n`);
