/** @file Every example in TypeScript: it has the right types, and what stands alone runs. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../house/imports.js";
import { type Block, blocksOf, documents } from "../support/docs/pages.js";
import { fillSandbox } from "../support/docs/run/sandbox.js";
import { everything, share } from "../support/share.js";

interface Example extends Block {
  /** The page and the heading above it, with a number from the second on. */
  readonly title: string;
}

const examples: readonly Example[] = [...documents].flatMap(([page, text]) => {
  const seen = new Map<string, number>();
  return blocksOf(page, text)
    .filter(({ language }) => language === "ts" || language === "typescript")
    .map((block) => {
      const count = (seen.get(block.heading) ?? 0) + 1;
      seen.set(block.heading, count);
      return { ...block, title: `${page}: ${block.heading}${count > 1 ? ` ${count}` : ""}` };
    });
});

/** Examples that take nothing for granted and are not run, each with the reason. */
const notRun: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern: /from "fovea\/(web|element)"|document\./,
    reason: "is for a page: the live examples of the site are run there",
  },
  { pattern: /device: "cuda"/, reason: "needs a card" },
  { pattern: /trainNetwork\(/, reason: "long: test/train/train.test.ts trains the same" },
  { pattern: /"(detector|vision_model)\.onnx"/, reason: "is for files with a layout of their own" },
];

/** What examples print; of others it is only asked that they end without an error. */
const printed: readonly (readonly [title: string, output: RegExp])[] = [
  ["docs/library.md: Read an explanation", /^\S.* [\d.]+\n(\d+ .* -?[\d.]+ \d+ \d+ [\d.]+\n){3}$/],
  ["docs/library.md: Close, and errors", /^gone\.onnx: expected .*\n$/],
  ["docs/library.md: Compare methods", /^(?=[\s\S]*^grad-cam \d)(?=[\s\S]*^rise \d)/m],
  ["docs/library.md: The gradient of any graph", /^Float32Array\(3\) \[ 0, 1\.18\d*, 1\.10\d* \]\n$/],
  ["README.md: Three short ways in", /^dog\.jpg .* [\d.]+ \{[\s\S]*\}\ncat\.jpg /],
];

const running = examples.filter(({ given, code }) => given === "" && !notRun.some(({ pattern }) => pattern.test(code)));
const shown = share(running, 3);

// In the package's folder, where its own name leads to its entries.
const folder = join(root, "dist", "examples-of-docs");
const failure = "failed: ";
const outputs = new Map<string, string>();

/** Runs examples in one process, and keeps what each prints. */
function runAll(all: readonly Example[]): void {
  const steps = all.map(({ code, title }, i) => {
    writeFileSync(join(folder, `${i}.mts`), code);
    return `console.log(${JSON.stringify(`## ${title}`)});
      await import("./${i}.mts").catch((error) => console.log(${JSON.stringify(failure)}, error));`;
  });
  writeFileSync(join(folder, "all.mts"), `console.error = console.log;\n${steps.join("\n")}`);
  const options = { cwd: folder, encoding: "utf8" } as const;
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), "all.mts"], options);
  expect(stderr).toBe("");
  for (const part of stdout.split(/^## /m).slice(1)) {
    const end = part.indexOf("\n");
    outputs.set(part.slice(0, end), part.slice(end + 1));
  }
}

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  await fillSandbox(folder, "photos");
  runAll(shown);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the examples in TypeScript", () => {
  it("have the right types", { timeout: 120_000 }, () => {
    expect(examples.length).toBeGreaterThan(12);
    const types = mkdtempSync(join(folder, "types-"));
    for (const [i, { given, code, title }] of examples.entries())
      writeFileSync(join(types, `${i}.ts`), `/* ${title} */ ${given}\n${code}\nexport {};\n`);
    const options = { extends: join(root, "tsconfig.json"), include: ["*.ts"], exclude: [] };
    const compilerOptions = { noEmit: true, rootDir: root, declaration: false, noUnusedLocals: false };
    writeFileSync(join(types, "tsconfig.json"), JSON.stringify({ ...options, compilerOptions }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", types], { cwd: root });
    expect(String(stdout)).toBe("");
    expect(status).toBe(0);
  });

  it.each(shown.map(({ title }) => title))("%s: runs, and prints what it should", (title) => {
    const output = outputs.get(title);
    expect(output).not.toContain(failure);
    const expected = printed.find(([name]) => name === title)?.[1] ?? /(?:)/;
    expect(output).toMatch(expected);
  });

  it("are left out only for reasons that are needed, and prints are told of examples that are there", () => {
    const unused = notRun.filter(({ pattern }) => !examples.some(({ code }) => pattern.test(code)));
    expect(unused.map(({ reason }) => reason)).toEqual([]);
    const titles = running.map(({ title }) => title);
    for (const [title] of printed) expect(titles).toContain(title);
  });

  it.runIf(everything)("wrote the overlays and the file that explains", () => {
    for (const name of ["dog.jpg.overlay.png", "cat.jpg.overlay.png", "explained.onnx"])
      expect(existsSync(join(folder, name)), name).toBe(true);
  });
});
