/** @file The studio at speed: its first picture from a cold cache, the camera, and the way through the layers. */

import { writeModel } from "../src/onnx/write.js";
import { firstMap, StudioTests } from "../test/support/browser/studio.js";
import { shapes } from "./networks.js";

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** With the runtime's wasm held back for five seconds: what comes with the page has to do. */
async function firstPicture(): Promise<void> {
  const tests = await StudioTests.start();
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    // Each in a context of its own, which has nothing cached.
    const { page } = await tests.open({ path: "#sample=shapes", early: true });
    await page.goto("about:blank");
    await page.route("**/*.wasm.br", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 5000));
      await route.continue().catch(() => undefined);
    });
    await page.goto(`${tests.url}?cold=${i}`, { waitUntil: "commit" });
    await firstMap(page);
    times.push(await page.evaluate(() => performance.now()));
    await page.context().close();
  }
  console.log(`first picture, cold cache, wasm 5 s late: ${median(times).toFixed(0)} ms after navigation (bar: 400)`);
  await tests.close();
}

async function camera(): Promise<void> {
  const tests = await StudioTests.start({ camera: true, isolated: true });
  const { page } = await tests.open({ path: "?provider=wasm", early: true });
  const buffer = Buffer.from(writeModel(shapes.squeezenet()));
  const model = { name: "squeezenet.onnx", mimeType: "application/octet-stream", buffer };
  await page.setInputFiles('input[aria-label="Open a model or images"]', model);
  await page.waitForFunction(() => document.querySelector("[data-testid=model]")?.textContent === "squeezenet.onnx");
  await page.getByRole("button", { name: "Camera" }).click();
  const readings: { rate: number; age: number }[] = [];
  await page.getByText("maps a second").waitFor();
  await page.waitForTimeout(3000);
  for (let i = 0; i < 20; i++) {
    await page.waitForTimeout(250);
    const [rate = 0, age = 0] = ((await page.getByTestId("rate").innerText()).match(/\d+/g) ?? []).map(Number);
    readings.push({ rate, age });
  }
  const threads = await page.evaluate(() => (crossOriginIsolated ? navigator.hardwareConcurrency : 1));
  const rates = readings.map(({ rate }) => rate);
  const ages = readings.map(({ age }) => age);
  console.log(
    `camera, SqueezeNet 1.1's shape, 224x224, WebAssembly on ${threads} cores: ${median(rates)} maps a second (bar: 8), ${median(ages)} ms behind, ${Math.max(...ages)} at most (bar: 250)`,
  );
  await tests.close();
}

/** Milliseconds of script for each frame while the slider moves from the first layer to the last and back. */
async function scrubbing(): Promise<void> {
  const tests = await StudioTests.start();
  const { page } = await tests.open({ path: "#sample=shapes" });
  const slider = page.getByLabel(/^Depth/);
  await slider.waitFor();
  const times = await slider.evaluate(async (element) => {
    const input = element as HTMLInputElement;
    const taken: number[] = [];
    for (let i = 0; i <= 240; i++) {
      await new Promise(requestAnimationFrame);
      const began = performance.now();
      input.value = String((Number(input.max) * (1 - Math.cos((Math.PI * i) / 120))) / 2);
      input.dispatchEvent(new Event("input", { bubbles: true }));
      // The page draws before the next task.
      for (let j = 0; j < 4; j++) await Promise.resolve();
      taken.push(performance.now() - began);
    }
    return taken;
  });
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] as number).toFixed(1);
  console.log(`layers: ${at(0.5)} ms of script a frame, ${at(0.95)} in the slowest 5 % (bar: 16), ${at(1)} at most`);
  await tests.close();
}

await firstPicture();
await camera();
await scrubbing();
