/** @file The examples of docs/library.md and README.md: all have the right types, and those that need no data run. */

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../src/data/digits/digits.js";
import { encodePng } from "../../src/image/node.js";
import { root } from "../house/imports.js";
import { everything, share } from "../support/share.js";

interface Example {
  /** The page and the heading above it, with a number from the second on. */
  readonly title: string;
  readonly code: string;
  /** What it takes for granted. */
  readonly given: string;
}

const block = /(?:<!-- with\n([\s\S]*?)-->\n)?```ts\n([\s\S]*?)```/g;

function examplesOf(page: string): Example[] {
  const text = readFileSync(join(root, page), "utf8");
  const seen = new Map<string, number>();
  return Array.from(text.matchAll(block), ({ index, 1: given = "", 2: code = "" }) => {
    const heading = [...text.slice(0, index).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? "";
    const count = (seen.get(heading) ?? 0) + 1;
    seen.set(heading, count);
    return { title: `${heading}${count > 1 ? ` ${count}` : ""}`, code, given };
  });
}

/** Examples that run, and what they print. */
const running = new Map([
  ["Explain images", /^$/],
  ["Read an explanation", /^\d [\d.]+\n(\d \d -?[\d.]+ \d+ \d+ [\d.]+\n){3}$/],
  ["Close, and errors", /^gone\.onnx: expected .*\n$/],
  ["What is explained", /^$/],
  ["Compare methods", /^(?=[\s\S]*^grad-cam \d)(?=[\s\S]*^rise \d)/m],
  ["A method of your own", /^$/],
  ["One file that explains", /^$/],
  ["The gradient of any graph", /^Float32Array\(3\) \[ 0, 1\.18\d*, 1\.10\d* \]\n$/],
  ["From your own code", /^dog\.jpg \d [\d.]+ \{[\s\S]*\}\ncat\.jpg /],
]);

/** Those that are run. */
const shown = new Map(share([...running], 3));

const examples = [...examplesOf("docs/library.md"), ...examplesOf("README.md")];
// In the package's folder, where its own name leads to its entries.
const folder = join(root, "dist", "examples-of-docs");

const printed = new Map<string, string>();

/** Runs examples in one process; what each prints, and what it throws. */
function runAll(titles: Iterable<string>): void {
  const steps = Array.from(titles, (title, i) => {
    const code = examples.find((example) => example.title === title)?.code;
    writeFileSync(join(folder, `${i}.mts`), code ?? "throw new Error('expected an example')");
    return `console.log(${JSON.stringify(`## ${title}`)});
      await import("./${i}.mts").catch((error) => console.log(error));`;
  });
  writeFileSync(join(folder, "all.mts"), `console.error = console.log;\n${steps.join("\n")}`);
  const options = { cwd: folder, encoding: "utf8" } as const;
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), "all.mts"], options);
  expect(stderr).toBe("");
  for (const part of stdout.split(/^## /m).slice(1)) {
    const end = part.indexOf("\n");
    printed.set(part.slice(0, end), part.slice(end + 1));
  }
}

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, "models/mnist.onnx"), join(folder, "model.onnx"));
  const { pixels } = drawDigits({ seed: 3, train: 0, test: 10 }).test;
  for (const [i, name] of ["dog.jpg", "cat.jpg"].entries())
    writeFileSync(
      join(folder, name),
      await encodePng({ width: 28, height: 28, channels: 1, pixels: pixels.slice(i * 784, (i + 1) * 784) }),
    );
  runAll(shown.keys());
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the examples of the library's page", () => {
  it("have the right types", { timeout: 120_000 }, () => {
    expect(examples.length).toBeGreaterThan(12);
    const types = mkdtempSync(join(folder, "types-"));
    for (const [i, { given, code }] of examples.entries())
      writeFileSync(join(types, `${i}.ts`), `${given}\n${code}\nexport {};\n`);
    const options = { extends: join(root, "tsconfig.json"), include: ["*.ts"], exclude: [] };
    const compilerOptions = { noEmit: true, rootDir: root, declaration: false, noUnusedLocals: false };
    writeFileSync(join(types, "tsconfig.json"), JSON.stringify({ ...options, compilerOptions }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", types], { cwd: root });
    expect(String(stdout)).toBe("");
    expect(status).toBe(0);
  });

  it.each([...shown])("%s: runs, and prints what it should", (title, expected) => {
    expect(printed.get(title)).toMatch(expected);
  });

  it.runIf(everything)("wrote the overlays and the file that explains", () => {
    for (const name of ["dog.jpg.overlay.png", "cat.jpg.overlay.png", "explained.onnx"])
      expect(existsSync(join(folder, name)), name).toBe(true);
  });
});
