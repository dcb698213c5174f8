/** @file The studio in a real browser: time to the first map, page weight, drawing, explanation beside inference, long tasks. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { writeModel } from "../src/onnx/write.js";
import { firstMap, StudioTests } from "../test/support/browser/studio.js";
import { digitFiles, writeFiles } from "../test/support/images/digit-folder.js";
import { shapes } from "./networks.js";

const built = new URL("../dist/studio/", import.meta.url);
const tests = await StudioTests.start();
const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** Milliseconds from navigation until the map is on the canvas. */
async function untilMap(page: Page): Promise<number> {
  await firstMap(page);
  return page.evaluate(() => performance.now());
}

async function firstMaps(): Promise<void> {
  const { page } = await tests.open();
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    await page.reload();
    times.push(await untilMap(page));
  }
  const loaded = await page.evaluate(
    () => performance.getEntriesByType("navigation")[0]?.toJSON().loadEventEnd as number,
  );
  console.log(
    `first map, files cached: ${median(times).toFixed(0)} ms after navigation, load event at ${loaded.toFixed(0)} (bar: 1000 after load)`,
  );
  await page.close();
}

async function weight(): Promise<void> {
  const { page } = await tests.open({ path: "#sample=boxes", early: true });
  const paths = new Set<string>();
  page.on("requestfinished", (request) => paths.add(request.url()));
  await page.goto("about:blank");
  await page.goto(`${tests.url}?cold`, { waitUntil: "commit" });
  await firstMap(page);
  const sizes = [...paths].flatMap((url) => {
    const name = new URL(url).pathname.slice(1) || "index.html";
    if (!url.startsWith("http") || name === "given.json") return [];
    const content = readFileSync(new URL(name, built));
    return [{ name, bytes: name.endsWith(".br") ? content.length : gzipSync(content, { level: 9 }).length }];
  });
  const sum = (some: typeof sizes) => `${(some.reduce((total, { bytes }) => total + bytes, 0) / 1000).toFixed(0)} kB`;
  const runtime = sizes.filter(({ name }) => /ort/.test(name));
  const model = sizes.filter(({ name }) => name.endsWith(".onnx"));
  const page_ = sizes.filter((each) => !runtime.includes(each) && !model.includes(each));
  const loader = runtime.filter(({ name }) => !name.endsWith(".br"));
  console.log(
    `weight until the first answer, gzipped: page ${sum(page_)} (bar: 260), model ${sum(model)}, the runtime's loader ${sum(loader)}, its wasm, packed, ${sum(sizes.filter(({ name }) => name.endsWith(".br")))}`,
  );
  await page.close();
}

/** Collects the times of the main thread's tasks above 50 ms as `tasks`. */
async function observeLongTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { tasks });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: "longtask",
    });
  });
}

/** Counts in the page how often the map on the stage is another. */
function countMaps(page: Page): Promise<void> {
  return page.evaluate(() => {
    const counted = { maps: 0, began: performance.now() };
    Object.assign(globalThis, { counted });
    let before = 0;
    // Without a name: what runs the benchmark would ask for a helper of its own.
    setInterval(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="heat"]');
      const row = canvas?.getContext("2d")?.getImageData(0, canvas.height >> 1, canvas.width, 1).data;
      const sum = Array.from(row ?? []).reduce((all, value, i) => all + value * (i + 1), 0);
      if (sum !== before) counted.maps++;
      before = sum;
    }, 8);
  });
}

function mapsASecond(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { counted } = globalThis as unknown as { counted: { maps: number; began: number } };
    return (1000 * counted.maps) / (performance.now() - counted.began);
  });
}

async function drawing(): Promise<void> {
  const { page } = await tests.open({ path: "#drawing=true", early: true });
  await page.getByRole("button", { name: "What does it make of nothing?" }).click();
  await firstMap(page);
  const box = await page.locator(".pane").boundingBox();
  if (box === null) throw new Error("no canvas");
  await observeLongTasks(page);
  await countMaps(page);
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2);
  await page.mouse.down();
  const began = performance.now();
  for (let i = 0; performance.now() - began < 6000; i++) {
    await page.mouse.move(
      box.x + box.width * (0.5 + 0.3 * Math.cos(i / 12)),
      box.y + box.height * (0.5 + 0.3 * Math.sin(i / 12)),
    );
  }
  await page.mouse.up();
  const tasks = (await page.evaluate("tasks")) as number[];
  console.log(
    `drawing: ${(await mapsASecond(page)).toFixed(0)} maps a second (bar: 20); tasks above 50 ms on the main thread: ${tasks.length}`,
  );
  await page.close();
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly name?: string };
  /** Microseconds by the clock, and of the processor's time. */
  readonly dur?: number;
  readonly tdur?: number;
}

/** Milliseconds of the main thread's longest task meanwhile: by the clock, which counts what others compute as well, and of the processor. */
async function longestTask(page: Page, action: () => Promise<unknown>): Promise<{ clock: number; processor: number }> {
  const browser = page.context().browser();
  await browser?.startTracing(page, { categories: ["toplevel"] });
  await action();
  const { traceEvents } = JSON.parse(String(await browser?.stopTracing())) as { traceEvents: readonly TraceEvent[] };
  const threads = traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const isTask = ({ name, pid, tid }: TraceEvent) =>
    name.endsWith("RunTask") && threads.some((thread) => thread.pid === pid && thread.tid === tid);
  const most = (times: readonly (number | undefined)[]) =>
    times.reduce<number>((longest, time = 0) => Math.max(longest, time), 0) / 1000;
  const tasks = traceEvents.filter(isTask);
  return { clock: most(tasks.map(({ dur }) => dur)), processor: most(tasks.map(({ tdur }) => tdur)) };
}

/** Opens and classifies 1,000 drawn digits as files, and scrolls through them. */
async function audit(): Promise<void> {
  const { page } = await tests.open({ path: "?provider=wasm#tab=data", early: true });
  const classified = () =>
    page.waitForFunction(() => document.querySelector('[aria-label="Images classified"]') === null);
  await page.getByText("500 drawn digits").waitFor();
  await classified();
  const folder = mkdtempSync(join(tmpdir(), "fovea-bench-"));
  writeFiles(join(folder, "digits"), await digitFiles(1000));
  await observeLongTasks(page);
  const began = performance.now();
  let seconds = 0;
  const { clock, processor } = await longestTask(page, async () => {
    await page.getByLabel("Open a folder of images").setInputFiles(join(folder, "digits"));
    await page.getByText("1,000 images of digits").waitFor();
    await classified();
    seconds = (performance.now() - began) / 1000;
    await page.mouse.move(1000, 500);
    for (let i = 0; i < 40; i++) await page.mouse.wheel(0, 500);
  });
  const tasks = (await page.evaluate("tasks")) as number[];
  const tiles = await page.locator("[data-picture]").count();
  console.log(
    `1,000 images opened and classified in ${seconds.toFixed(1)} s, ${tiles} tiles in the page; longest task on the main thread: ${processor.toFixed(0)} ms of the processor (bar: 50), ${clock.toFixed(0)} ms by the clock; above 50 ms by the clock: ${tasks.length}`,
  );
  rmSync(folder, { recursive: true });
  await page.close();
}

async function cost(): Promise<void> {
  const { page } = await tests.open({ path: "?provider=wasm" });
  const model = {
    name: "mobilenet-v2.onnx",
    mimeType: "application/octet-stream",
    buffer: Buffer.from(writeModel(shapes["mobilenet-v2"]())),
  };
  await page.setInputFiles('input[aria-label="Open a model or images"]', model);
  await page.waitForFunction(() => document.querySelector("[data-testid=model]")?.textContent === "mobilenet-v2.onnx");
  await page.getByPlaceholder("Search 1,000 classes").waitFor();
  await page.getByText("About this map").click();
  await page.getByRole("button", { name: "Measure its cost" }).click();
  const text = await page.locator('[data-testid="cost"]').innerText({ timeout: 120_000 });
  console.log(`MobileNetV2's shape, 224x224, WebAssembly: ${text} (bar: 1.15)`);
  await page.close();
}

await firstMaps();
await weight();
await drawing();
await audit();
await cost();
await tests.close();
