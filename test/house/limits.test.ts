/** @file Limits that hold for all sources: what is needed to run, casts, and one place for each concern. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readFiles, root, withoutComments } from "./imports.js";

const sources = new Map(
  [...readFiles(["src"], /(?<!_pb)\.ts$/)].map(([file, text]) => [file, withoutComments(text)] as const),
);
const places = (pattern: RegExp) => [...sources].filter(([, text]) => pattern.test(text)).map(([file]) => file);

describe("what is needed to run", () => {
  const manifest = (
    path: string,
  ): { dependencies?: object; optionalDependencies?: object; peerDependencies?: object } =>
    JSON.parse(readFileSync(join(root, path), "utf8"));

  it("is these packages, and no others", () => {
    expect(Object.keys(manifest("package.json").dependencies ?? {})).toEqual([
      "@bufbuild/protobuf",
      "@fastify/swagger",
      "@fontsource/inter",
      "@fontsource/noto-sans-math",
      "@huggingface/hub",
      "@huggingface/tokenizers",
      "@modelcontextprotocol/server",
      "commander",
      "csv-parse",
      "d3-scale",
      "d3-scale-chromatic",
      "d3-shape",
      "dicom-parser",
      "fastify",
      "fflate",
      "h5wasm",
      "hyparquet",
      "hyparquet-compressors",
      "hyparquet-writer",
      "image-size",
      "jpeg-lossless-decoder-js",
      "ml-kmeans",
      "ml-matrix",
      "mrmime",
      "nifti-reader-js",
      "open",
      "opentype.js",
      "prom-client",
      "saxes",
      "sharp",
      "tinyglobby",
      "yaml",
    ]);
    expect(Object.keys(manifest("package.json").optionalDependencies ?? {})).toEqual(["onnxruntime-node"]);
    expect(Object.keys(manifest("package.json").peerDependencies ?? {})).toEqual([
      "@aws-sdk/client-s3",
      "@google-cloud/storage",
      "onnxruntime-web",
    ]);
    expect(manifest("web/package.json").dependencies).toBeUndefined();
  });
});

/** How often a text says `as` to the compiler; `as const`, renamed imports and words in sentences are no casts. */
function countCasts(text: string): number {
  const code = text.replace(/^(import|export)\s[^"]*?from "[^"]+";$/gm, "").replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
  return (code.match(/\bas (?!const\b)[\w{([]/g) ?? []).length;
}

describe("casts", () => {
  it("are at most 241 in all of src", () => {
    const counts = [...sources].map(([file, text]) => [file, countCasts(text)] as const);
    const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, 8);
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    expect(total, `most in ${most.map(([file, count]) => `${file} (${count})`).join(", ")}`).toBeLessThanOrEqual(241);
  });

  it("are counted, and `as const` and renamed imports are not", () => {
    const text = `
import { a as b } from "./a.js";
export { c as d } from "./c.js";
const e = x as number;
const f = y as { g: string };
const h = [1] as const;
const j = "save it as PNG";
const i = (z as [number])[0] as unknown as string;`.trim();
    expect(countCasts(text)).toBe(5);
  });
});

describe("one of each", () => {
  const homes: readonly (readonly [string, RegExp, readonly string[]])[] = [
    ["guard of paths", /\brealpath(Sync)?\b/, ["src/files/own-folder.ts"]],
    ["atomic rename", /\brename(Sync)?\(/, ["src/files/atomic.ts"]],
    ["lock", /"lock"|\.lock"/, ["src/files/lock.ts"]],
    ["handler of signals", /process\.(on|once|off|addListener)\(\s*("SIG|signal)/, ["src/cli/terminal/interrupt.ts"]],
    [
      "form of a percentage",
      /\(100 \* \w+\)\.toFixed\([^)]*\)[\s\S]{0,160}\} ?%`|style: "percent"/,
      ["src/foundation/words.ts"],
    ],
    [
      "cache of sessions",
      /\bMap<[^;\n]*Promise<Session>>|\?\?=?\s*\(?(await )?(this\.#|\w+\.)?runtime\.open\(/,
      ["src/runtime/session-cache.ts"],
    ],
    // Besides the command line's: what a process is started with, and the variables of the hub and of S3, which all programs go by that
    // use them, those of the library's users as well.
    [
      "reader of the environment",
      /\bprocess\.env\b/,
      ["src/child/run-apart.ts", "src/cli/environment.ts", "src/data/stores/net/s3.ts", "src/files/hub-settings.ts"],
    ],
    [
      "reader of files",
      /import \{[^}]*\b(readFile|readFileSync|createReadStream|openSync)\b[^}]*\} from "node:fs(\/promises)?"/,
      // Besides the two of others' files: the package's own manifest, the program's own files, tables of the system, pipes to write.
      [
        "src/cli/program.ts",
        "src/files/input/read-input.ts",
        "src/files/lock.ts",
        "src/files/regular-file.ts",
        "src/files/transfer/partial-download.ts",
        "src/files/write/process-mark.ts",
        "src/files/write/stream.ts",
        "src/serve/studio/other-end.ts",
      ],
    ],
    ["downloader", /\bfetch\(/, ["src/files/fetch-file.ts", "src/files/transfer/answer.ts"]],
  ];

  it.each(homes)("there is one %s", (_, pattern, home) => {
    expect(places(pattern)).toEqual(home);
  });

  it("only the command line looks at its process, the room of child processes at both, what names it in files, what limits its computing, and the variables of the hub and of S3", () => {
    const looks = places(/\bprocess\.\w|from "node:process"/);
    const home = [
      "src/data/stores/net/s3.ts",
      "src/files/hub-settings.ts",
      "src/files/write/process-mark.ts",
      "src/formats/keras/node.ts",
    ];
    expect(looks.filter((file) => !/^src\/(cli|child)\//.test(file))).toEqual(home);
  });
});
