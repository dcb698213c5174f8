/**
 * @file Joins the compiled files of the command line, so that it starts in half the time: Node opens a few files instead of hundreds.
 * Packages stay as they are, and dist stays beside it for those who import the library.
 */

import { readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { joinChunks } from "./join.mjs";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const out = `${dist}command`;

/** What a file finds by its own address it must find from where it is joined to, too. */
const addresses = {
  name: "addresses",
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/, namespace: "file" }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (!path.startsWith(dist) || !text.includes("import.meta.url")) return undefined;
      const place = JSON.stringify(relative(out, path).split(sep).join("/"));
      return { contents: text.replaceAll("import.meta.url", `new URL(${place}, import.meta.url).href`) };
    });
  },
};

/**
 * Packages that most commands load. Of those that are ES modules only what is called is joined, all of them named in the notices. The others
 * are required: Node would read them through for their names first, which takes longer than running them.
 */
const packages = {
  name: "packages",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(@bufbuild\/protobuf|d3-|internmap)/ }, ({ path }) => ({
      path: fileURLToPath(import.meta.resolve(path)),
      sideEffects: false,
    }));
    const filter = /^(commander|onnxruntime-node|opentype\.js|sharp)$/;
    onResolve({ filter }, ({ path, kind }) =>
      kind === "require-call" ? { path, external: true } : { path, namespace: "required" },
    );
    onLoad({ filter, namespace: "required" }, ({ path }) => {
      const names = Object.keys(createRequire(dist)(path)).filter((name) => name !== "default");
      const text = `const all = require(${JSON.stringify(path)}); export default all;`;
      return { contents: `${text} export const { ${names.join(", ")} } = all;` };
    });
  },
};

const format = {
  format: "esm",
  platform: "node",
  target: "node20",
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: "warning",
};

await rm(out, { recursive: true, force: true });
const { metafile } = await build({
  ...format,
  entryPoints: [`${dist}cli/main.js`],
  outdir: out,
  absWorkingDir: dirname(dist),
  bundle: true,
  splitting: true,
  packages: "external",
  plugins: [addresses, packages],
  metafile: true,
});
const groups = {
  program: ["cli/program.js"],
  methods: ["cli/explain/lists.js"],
  explain: ["cli/explain/explain.js", "cli/platform.js", "image/figure/figure.js", "model/tasks/index.js"],
};
const require =
  'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);';
await joinChunks(out, metafile.outputs, groups, { ...format, banner: { js: require } });
