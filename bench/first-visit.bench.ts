/**
 * @file What one build of onnxruntime for both providers costs a first visit: the time from navigation to the first answer of the digit
 * model in a new browser profile, with the build that can wait for graphics cards and with the one for the processor alone, in turn.
 * `npm run bench -- first-visit`; a number of rounds may follow.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { runtimeName } from "../build/packed-runtime.mjs";
import { quantile } from "../src/foundation/timing.js";
import { openBrowser, serveFolder, type TestBrowser } from "../test/support/browser/browser.js";
import { runtimeConditions, runtimeFiles } from "../web/build/onnxruntime.js";

const rounds = Number(process.argv[2] ?? 15);
/** The build that the studio has, and the one for the processor alone, each with its script. */
const builds = [
  { name: runtimeName, script: "onnxruntime-web/jspi" },
  { name: "ort-wasm-simd-threaded", script: "onnxruntime-web/wasm" },
] as const;
/** Bits a second, and milliseconds to and fro. */
const networks = [
  { network: "on this machine" },
  { network: "at 50 Mbit/s", rate: 50e6, latency: 20 },
  { network: "at 10 Mbit/s", rate: 10e6, latency: 40 },
] as const;

type Build = (typeof builds)[number];
type Network = (typeof networks)[number];
type Steps = Record<"fetched" | "unpacked" | "opened" | "computed", number>;

/** @returns the page's URL, and the bytes of its packed file */
async function serve({ name, script }: Build, folder: string) {
  await build({
    root: fileURLToPath(new URL("first-visit", import.meta.url)),
    configFile: false,
    logLevel: "silent",
    resolve: {
      alias: [{ find: "onnxruntime-web/wasm", replacement: script }],
      conditions: runtimeConditions,
    },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2022",
      lib: { entry: "page.ts", formats: ["es"], fileName: "page" },
    },
  });
  const runtime = [...runtimeFiles(name, "best")];
  const files: Record<string, string | Uint8Array> = {
    "index.html": '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>',
    "digits.onnx": readFileSync(new URL("../models/mnist.onnx", import.meta.url)),
    ...Object.fromEntries(runtime.map(([file, bytes]) => [`ort/${file}`, bytes])),
  };
  const site = await serveFolder(folder, { files });
  return { ...site, name, bytes: files[`ort/${name}.wasm.br`]?.length };
}

/** One visit with empty caches. */
async function visit(browser: TestBrowser, url: string, name: string, network: Network): Promise<Steps> {
  const context = await browser.newContext();
  const page = await context.newPage();
  if ("rate" in network) {
    const throughput = network.rate / 8;
    const devtools = await context.newCDPSession(page);
    const conditions = { latency: network.latency, downloadThroughput: throughput, uploadThroughput: throughput };
    await devtools.send("Network.emulateNetworkConditions", { offline: false, ...conditions });
  }
  await page.goto(url);
  const steps = await page.evaluate(`visit(${JSON.stringify(name)})`);
  await context.close();
  return steps as Steps;
}

const folder = mkdtempSync(join(tmpdir(), "fovea-first-visit-"));
const sites = [];
for (const each of builds) sites.push(await serve(each, join(folder, each.name)));
const browser = await openBrowser();
const [both, plain] = sites;
try {
  if (both === undefined || plain === undefined) throw new Error("expected two builds");
  console.log(`packed: both providers ${both.bytes} bytes, the processor alone ${plain.bytes}`);
  for (const network of networks) {
    const pairs: (readonly [Steps, Steps])[] = [];
    for (let i = 0; i < rounds; i++) {
      const second = await visit(browser, plain.url, plain.name, network);
      pairs.push([await visit(browser, both.url, both.name, network), second]);
    }
    const middle = (of: (pair: readonly [Steps, Steps]) => number) => quantile(pairs.map(of), 0.5).toFixed(0);
    const steps = (["fetched", "unpacked", "opened", "computed"] as const).map(
      (step) => `${step} ${middle(([a]) => a[step])} and ${middle(([, b]) => b[step])}`,
    );
    const more = pairs.map(([a, b]) => a.computed - b.computed);
    const [low, mid, high] = [0.25, 0.5, 0.75].map((share) => quantile(more, share).toFixed(0));
    console.log(`${network.network}, ms after navigation: ${steps.join(", ")}; more by ${mid} (${low} to ${high})`);
  }
} finally {
  await browser.close();
  for (const { close } of sites) await close();
  rmSync(folder, { recursive: true });
}
