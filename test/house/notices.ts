/** @file Writes THIRD-PARTY-NOTICES.md: everything by others that is part of the package or of the page, with its licence. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BundledPackage } from "../../web/third-party.js";
import { root } from "./imports.js";

/** The builds that hold code of others, and where their lists are. */
export const builds = ["dist/studio", "dist/heatmap"] as const;

/** The packages of which something is in a build. @throws unless it is built */
export function bundledIn(build: (typeof builds)[number]): BundledPackage[] {
  return JSON.parse(readFileSync(join(root, build, "third-party.json"), "utf8"));
}

/** A build of the page that may ask the hub is made only where it is asked for; it holds some of these as well. */
export const withHub = ["@huggingface/blake3-jit", "@huggingface/hub", "@huggingface/xetchunk-wasm"];
const hubBuild = "dist/studio built with FOVEA_HUB";

/** A package with the builds that hold some of it. */
export interface Bundled extends BundledPackage {
  readonly builds: readonly string[];
}

/** The packages of all builds. */
export function allBundled(): Bundled[] {
  const all = new Map<string, Bundled>();
  for (const build of builds) {
    for (const found of bundledIn(build)) {
      const before = all.get(found.folder)?.builds ?? [];
      all.set(found.folder, { ...found, builds: [...before, build] });
    }
  }
  for (const name of withHub) {
    const folder = `node_modules/${name}`;
    const { version } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    if (!all.has(folder)) all.set(folder, { name, version, folder, builds: [hubBuild] });
  }
  return [...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Texts for packages that bring none, in `third-party`. */
const missingTexts: Readonly<Record<string, string>> = {
  "@bufbuild/protobuf": "bufbuild-protobuf.txt",
  "guid-typescript": "guid-typescript.txt",
  "onnxruntime-common": "onnxruntime.txt",
  "onnxruntime-web": "onnxruntime.txt",
};

/** What a package holds besides its own code, and says nothing of. */
const inside: Readonly<Record<string, string>> = {
  "brotli-dec-wasm":
    "Its WebAssembly is compiled from the Rust crates brotli-decompressor and alloc-no-stdlib of Dropbox ([third-party/brotli-decompressor.txt](third-party/brotli-decompressor.txt)) and wasm-bindgen (MIT or Apache-2.0).",
  "onnxruntime-web":
    "Its WebAssembly holds the libraries that stand with their licences in [third-party/onnxruntime-notices.txt](third-party/onnxruntime-notices.txt), as Microsoft publishes it with this version.",
};

const ours = (name: string) => readFileSync(join(root, "third-party", name), "utf8");

/** The licence's text. @throws Error for a package without one */
function licenceOf({ name, folder }: BundledPackage): string {
  const path = join(root, folder);
  const files = readdirSync(path).filter((each) => /^(licen[cs]e|copying)/i.test(each));
  // Of two licences that one may choose of.
  const file = files.find((each) => /mit/i.test(each)) ?? files[0];
  // Of a bundler only its own small helpers are in a build, not what it bundles itself.
  if (file !== undefined)
    return readFileSync(join(path, file), "utf8").split("\n# Licenses of bundled dependencies")[0] as string;
  const own = missingTexts[name];
  if (own === undefined) throw new Error(`${name}: expected a licence in it, or a text in third-party, got none`);
  return ours(own);
}

function identifierOf({ folder }: BundledPackage): string {
  const { license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  return String(license);
}

const block = (text: string) => `\`\`\`\`\n${text.replaceAll("\r\n", "\n").trimEnd().replace(/^\n+/, "")}\n\`\`\`\``;

function section(bundled: Bundled): string {
  const { name, version, builds: places } = bundled;
  return `## ${name} ${version}

- Where: ${places.map((place) => `\`${place}\``).join(", ")}.
- Licence: ${identifierOf(bundled)}${inside[name] ? `\n- ${inside[name]}` : ""}

${block(licenceOf(bundled))}
`;
}

/** The page of the site: what is in, in a table. */
export function licencesPage(bundled: readonly Bundled[]): string {
  const rows = bundled.map((each) => {
    const places = each.builds.map((place) => `\`${place}\``).join(", ");
    return `| ${each.name} ${each.version} | ${identifierOf(each)} | ${places} |`;
  });
  return `# Licences

Fovea is under the MIT licence. The table lists work of others that is part of the package. The full texts are in [THIRD-PARTY-NOTICES.md](../THIRD-PARTY-NOTICES.md). Packages that npm installs beside it bring their own.

| work | licence | where |
|---|---|---|
| ONNX schema 1.20 | Apache-2.0 | \`src/onnx/proto/onnx.proto\` and what is generated from it |
${rows.join("\n")}

\`npm run notices\` writes this page and those texts from what the bundlers put into the builds. \`npm run -s sbom\` lists every component with its hash, as CycloneDX. [Security](security.md) says what Fovea promises about files of strangers.
`;
}

/** The whole page, by what the builds hold. */
export function noticesPage(bundled: readonly Bundled[]): string {
  return `# Third-party notices

Fovea is under the MIT licence ([LICENSE](LICENSE)). What stands here is others' work that is part of it: of the package, or of the page and the element that are built into it (\`dist/studio\`, \`dist/heatmap\`). Packages that npm installs beside it bring their own licences. \`npm run notices\` writes this file from what the bundler put into the builds.

## ONNX

- Where: \`src/onnx/proto/onnx.proto\`, and what is generated from it: \`src/onnx/proto/onnx_pb.ts\`, \`dist/onnx/proto/onnx_pb.js\` and \`.d.ts\`, and their part of the page's scripts under \`dist/studio\` and \`dist/heatmap\`.
- What: the declarations of the schema \`onnx.proto\` of ONNX 1.20, <https://github.com/onnx/onnx>, as the npm package \`onnx-buf\` 1.20.0-1 carries them.
- Changed: the schema's documentation is left out; the declarations stand in the same order and with the same numbers.
- Copyright (c) ONNX Project Contributors
- Licence: Apache-2.0, whose text follows.

${block(ours("apache-2.0.txt"))}

${bundled.map(section).join("\n")}`;
}
