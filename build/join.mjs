/**
 * @file Joins chunks of esbuild that are always loaded together: it makes one for each set of entries that share it, and Node takes half
 * a millisecond for each file.
 */

import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

/**
 * Chunks of a group become one file of the group's name. Where something imports one of them dynamically, a line in its place leads there.
 * @param folder of the chunks, which are written over
 * @param outputs of esbuild's metafile
 * @param groups by name the compiled files whose static imports belong together, those of earlier groups aside
 * @param options further ones of esbuild
 */
export async function joinChunks(folder, outputs, groups, options) {
  const chunks = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const groupOf = groupsOf(chunks, groups);
  const kept = [...chunks].flatMap(([chunk, { entryPoint }]) => (entryPoint || !groupOf.has(chunk) ? [chunk] : []));
  await build({
    ...options,
    entryPoints: [
      ...Object.keys(groups).map((name) => `group:${name}.js`),
      ...kept.map((chunk) => `chunk:${chunk}`),
    ].map((entry) => ({ in: entry, out: entry.replace(/^.*:|\.js$/g, "") })),
    outdir: folder,
    bundle: true,
    packages: "external",
    allowOverwrite: true,
    plugins: [{ name: "groups", setup: (hooks) => joinGroups(hooks, folder, chunks, groupOf) }],
  });
  const gone = [...chunks.keys()].filter((chunk) => !kept.includes(chunk));
  await Promise.all(gone.map((chunk) => rm(join(folder, chunk))));
}

/** The group's file of each chunk that is in one. */
function groupsOf(chunks, groups) {
  const groupOf = new Map();
  for (const [name, files] of Object.entries(groups)) {
    const add = (chunk) => {
      if (groupOf.has(chunk)) return;
      groupOf.set(chunk, `${name}.js`);
      for (const { path, kind } of chunks.get(chunk).imports)
        if (kind === "import-statement" && chunks.has(basename(path))) add(basename(path));
    };
    for (const file of files) add([...chunks].find(([, { entryPoint }]) => entryPoint?.endsWith(`/${file}`))[0]);
  }
  return groupOf;
}

function joinGroups({ onResolve, onLoad }, folder, chunks, groupOf) {
  const order = [...chunks.keys()];
  const inGroup = (chunk, name) => `c${order.indexOf(chunk)}_${name}`;
  onResolve({ filter: /^group:/ }, ({ path }) => ({ path: path.slice("group:".length), namespace: "group" }));
  onResolve({ filter: /^chunk:/ }, ({ path }) => chunkAt(path.slice("chunk:".length)));
  onResolve({ filter: /^\.\// }, ({ path, kind, importer, namespace }) => {
    const chunk = basename(path);
    const own = namespace === "group" ? importer : groupOf.get(basename(importer));
    if (kind === "dynamic-import" || namespace === "stub" || !groupOf.has(chunk)) return { path, external: true };
    return groupOf.get(chunk) === own ? { path: join(folder, chunk) } : chunkAt(chunk);
  });
  const chunkAt = (chunk) => (groupOf.has(chunk) ? { path: chunk, namespace: "stub" } : { path: join(folder, chunk) });
  onLoad({ filter: /.*/, namespace: "group" }, ({ path }) => {
    const members = order.filter((chunk) => groupOf.get(chunk) === path);
    const lines = members.map((chunk) => {
      const names = chunks.get(chunk).exports.map((name) => `${name} as ${inGroup(chunk, name)}`);
      return `export { ${names.join(", ")} } from "./${chunk}";`;
    });
    return { contents: lines.join("\n"), resolveDir: folder };
  });
  onLoad({ filter: /.*/, namespace: "stub" }, ({ path }) => {
    const names = chunks.get(path).exports.map((name) => `${inGroup(path, name)} as ${name}`);
    return { contents: `export { ${names.join(", ")} } from "./${groupOf.get(path)}";`, resolveDir: folder };
  });
}
