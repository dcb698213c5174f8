/** @file Training in the page: its controls, what it shows, what it leaves, and that it learns what Node learns. */

import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LabelledImages } from "../../src/data/dataset.js";
import { drawDigits } from "../../src/data/digits/digits.js";
import type { NamedBytes } from "../../src/data/idx/idx.js";
import { idxDataset } from "../../src/data/idx/idx-set.js";
import { modelCard } from "../../src/model/card.js";
import { readModel } from "../../src/onnx/read/read.js";
import { trainingSettings } from "../../src/train/network/recipes.js";
import { type EpochRecord, trainNetwork } from "../../src/train/train.js";
import { measureAccuracy } from "../../src/train/validate.js";
import { hasBrowser, readDownload } from "../support/browser/browser.js";
import { firstMap, type StudioPage, StudioTests } from "../support/browser/studio.js";
import { idxFiles } from "../support/images/idx.js";
import { runtime } from "../support/runtime.js";

const digits = drawDigits({ seed: 3, train: 400, test: 100 });
const shortRun = { "To learn from": 400, "To test with": 100, Epochs: 3, "Digits in a step": 50, Seed: 3 };

/** What Node learns in the same training, step by step and epoch by epoch. */
async function onNode() {
  const settings = trainingSettings("classic", { epochs: 3, batchSize: 50, seed: 3, learningRate: 0.006 });
  const losses: number[] = [];
  const { history } = await trainNetwork(digits.train, digits.test, 10, settings, {
    runtime,
    onStep: ({ loss }) => void losses.push(loss),
  });
  return { losses, history };
}

describe.skipIf(!hasBrowser)("learning in the page", { timeout: 60_000 }, () => {
  let tests: StudioTests;
  let studio: StudioPage;
  let page: Page;

  beforeAll(async () => {
    tests = await StudioTests.start();
    studio = await tests.open({ path: "#tab=train", early: true });
    page = studio.page;
  }, 60_000);
  afterAll(() => tests?.close());

  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const until = (phase: string) => page.waitForSelector(`[data-phase=${phase}]`);
  const untilEpoch = (epoch: number) =>
    page.waitForFunction(
      (wanted) => Number(document.querySelector("[data-count=epoch]")?.textContent) >= wanted,
      epoch,
    );
  const count = async (what: "step" | "epoch") => Number(await page.locator(`[data-count=${what}]`).textContent());
  const shownLoss = async () =>
    Number(await page.locator("figure", { hasText: "Loss" }).locator("dd").first().innerText());
  const curve = async (name: string) => page.locator(`[data-curve=${name}]`).first().getAttribute("data-points");
  const maps = () =>
    page.locator(".now canvas").evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
  const fill = async (settings: Readonly<Record<string, number>>) => {
    for (const [label, value] of Object.entries(settings))
      await page.getByRole("spinbutton", { name: label }).fill(String(value));
  };
  const download = async () => {
    const [file] = await Promise.all([page.waitForEvent("download"), button("Download ONNX").click()]);
    return readModel(await readDownload(file));
  };
  /** The file's accuracy on Node, which has to be what the file says. */
  const verified = async (graph: ReturnType<typeof readModel>, images: LabelledImages) => {
    const { accuracy } = await measureAccuracy(graph, images, runtime);
    expect(modelCard(graph).provenance?.testAccuracy).toBeCloseTo(accuracy, 6);
    return accuracy;
  };

  it("shows a dozen digits with the maps of random weights before anything is learned, by any settings", async () => {
    await page.getByRole("heading", { name: "What it looks at with random weights" }).waitFor();
    await expect.poll(async () => (await maps()).length).toBe(12);
    expect(await page.locator("[data-phase]").getAttribute("data-phase")).toBe("ready");
    const before = await maps();
    await page.locator("summary", { hasText: "Settings" }).click();
    await page.getByLabel(/classic/).check();
    await expect.poll(async () => (await maps()).filter((map, i) => map === before[i]).length).toBeLessThan(6);
    expect(await page.getByLabel(/compact/).isChecked()).toBe(false);
  });

  it("goes step by step, with Node's loss at each, and other maps", async () => {
    const { losses } = await onNode();
    await fill(shortRun);
    let before: string[] = [];
    for (const step of [1, 2, 3]) {
      await button("Step").click();
      await page.locator("[data-count=step]", { hasText: String(step) }).waitFor();
      await until("paused");
      expect(await count("step")).toBe(step);
      await expect.poll(() => curve("train")).toBe(String(step));
      expect(Math.abs((await shownLoss()) - (losses[step - 1] as number))).toBeLessThan(1e-4);
      const now = await maps();
      expect(now).toHaveLength(12);
      expect(now.filter((map, i) => map === before[i]).length).toBeLessThan(12);
      before = now;
    }
    await button("Stop").click();
    await until("stopped");
  });

  it("learns what Node learns, to float tolerance, and leaves a model file that says how", async () => {
    await button("Start again").click();
    await until("done");
    expect([await curve("train"), await curve("test")]).toEqual(["24", "3"]);
    const graph = await download();
    const { classes, preprocessing, provenance } = modelCard(graph);
    expect(classes).toEqual(digits.classes);
    expect(preprocessing).toMatchObject({ width: 28, height: 28, channels: 1, ground: "dark" });
    expect(provenance).toMatchObject({ network: "classic", epochs: 3, seed: 3, trainingImages: 400 });
    const { history } = await onNode();
    const learned = provenance?.history as EpochRecord[];
    expect(learned).toHaveLength(3);
    for (const [i, { trainLoss, validationLoss }] of history.entries()) {
      expect(Math.abs((learned[i]?.trainLoss as number) - trainLoss)).toBeLessThan(1e-4);
      expect(Math.abs((learned[i]?.validationLoss as number) - (validationLoss as number))).toBeLessThan(1e-4);
    }
    expect(await verified(graph, digits.test)).toBeGreaterThan(0.5);
  });

  it("says after each epoch what changed about where it looks, the last one first", async () => {
    const told = await page.getByTestId("told").locator("li").allInnerTexts();
    expect(told.map((sentence) => sentence.split(":")[0])).toEqual(["Epoch 3", "Epoch 2", "Epoch 1"]);
    expect(await page.getByTestId("changed").innerText()).toBe(told[0]);
    for (const sentence of told) expect(sentence).toMatch(/begun to look at|right|settled|of the evidence/);
    const right = Number(await page.locator("[data-right]").getAttribute("data-right"));
    const said = /(\d+) of 12 are right/.exec(told[0] ?? "");
    if (said) expect(Number(said[1])).toBe(right);
  });

  it("goes on while another tab is open, stands still when paused, and keeps what it learned when stopped", async () => {
    await fill({ ...shortRun, Epochs: 200 });
    await button("Start again").click();
    await until("running");
    await page.getByRole("tab", { name: "See" }).click();
    await page.getByRole("tab", { name: "Train" }).click();
    await untilEpoch(2);
    await button("Pause").click();
    await until("paused");
    const at = [await count("epoch"), await count("step")];
    const held = await download();
    expect(modelCard(held).provenance?.epochs).toBe((at[0] as number) - 1);
    await verified(held, digits.test);
    expect([await count("epoch"), await count("step")]).toEqual(at);
    await button("Resume").click();
    await untilEpoch((at[0] as number) + 2);
    await button("Stop").click();
    await until("stopped");
    const stopped = await download();
    expect(modelCard(stopped).provenance?.epochs).toBeGreaterThanOrEqual((at[0] as number) + 1);
    expect(await verified(stopped, digits.test)).toBeGreaterThan(0.5);
  });

  it("refuses files that make no dataset, and settings that make no sense, in one sentence", async () => {
    const [images] = pickedFiles(idxFiles(digits.train, "train"));
    await page.getByLabel("Files in the format of MNIST").setInputFiles([images as Picked]);
    await button("Start again").click();
    await page.locator(".notice", { hasText: "expected its labels as well (train-labels-idx1-ubyte)" }).waitFor();
    await until("ready");
    await page.getByLabel("Files in the format of MNIST").setInputFiles([{ ...(images as Picked), name: "images.gz" }]);
    await fill({ Epochs: 0 });
    await button("Start").click();
    await expect.poll(() => page.locator("input:invalid").count()).toBe(1);
    await expect.poll(() => page.locator("[data-phase]").getAttribute("data-phase")).toBe("ready");
  });

  it("learns from files in the format of MNIST, gzipped or plain, with the compact network", async () => {
    const [images, labels] = idxFiles(digits.train, "train");
    const files = [{ ...images, name: `${images.name}.gz`, bytes: gzipSync(images.bytes) }, labels];
    await page.getByLabel("Files in the format of MNIST").setInputFiles(pickedFiles(files));
    await page.getByLabel(/compact/).check();
    await fill({ "To learn from": 200, "To test with": 40, Epochs: 1, "Digits in a step": 50 });
    await button("Start").click();
    await until("done");
    const graph = await download();
    const { provenance } = modelCard(graph);
    expect(provenance).toMatchObject({ network: "compact", data: "idx", trainingImages: 200 });
    expect(provenance?.source).toContain("train-images-idx3-ubyte.gz, train-labels-idx1-ubyte");
    const { test } = await idxDataset(files, 3);
    await verified(graph, { ...test, count: 40 });
  });

  it("opens what was learned for looking at", async () => {
    await button("Look at it").click();
    await firstMap(page);
    await expect.poll(() => page.locator("[data-testid=model]").innerText()).toBe("learned-compact.onnx");
  });

  it("is where files in the format of MNIST lead that are opened in another tab", async () => {
    await page.getByLabel("Open a model or images").setInputFiles(pickedFiles(idxFiles(digits.test, "t10k")));
    await page.locator("fieldset li", { hasText: "t10k-labels-idx1-ubyte" }).waitFor();
    await expect.poll(() => page.getByRole("tab", { name: "Train" }).getAttribute("aria-selected")).toBe("true");
    expect(studio.errors).toEqual([]);
  });
});

type Picked = ReturnType<typeof pickedFiles>[number];

function pickedFiles(files: readonly NamedBytes[]) {
  return files.map(({ name, bytes }) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) }));
}
