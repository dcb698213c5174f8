/** @file Models of every format that the page takes, dropped with what lies beside them. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readModel, writeModel } from "../../src/onnx/index.js";
import { hasBrowser } from "../support/browser.js";
import { type StudioPage, StudioTests, untilHeatChanges } from "../support/studio.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const keras = `${root}test/fixtures/keras/nested_deep`;
const digits = readFileSync(`${root}models/mnist.onnx`);
const file = (name: string, buffer: Uint8Array) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(buffer),
});

/** The digit model with its large weights in a second file. */
function splitDigits(location: string) {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const model = writeModel(readModel(digits), {
    outside: ({ bytes }) => {
      if (bytes.length < 1024) return undefined;
      parts.push(bytes);
      offset += bytes.length;
      return { location, offset: offset - bytes.length };
    },
  });
  return { model, data: Buffer.concat(parts) };
}

describe.skipIf(!hasBrowser)("models dropped on the page", { timeout: 60_000 }, () => {
  let tests: StudioTests;
  let studio: StudioPage;
  let page: Page;
  beforeAll(async () => {
    tests = await StudioTests.start();
    studio = await tests.open();
    page = studio.page;
  }, 60_000);
  afterAll(() => tests?.close());

  const give = (...files: ReturnType<typeof file>[]) =>
    page.setInputFiles('input[aria-label="Open a model or images"]', files);
  const opened = (name: string) =>
    page.waitForFunction((wanted) => document.querySelector("summary .name")?.textContent === wanted, name);
  const bars = () => page.locator('[data-testid="classes"] li').count();

  it.each(["model.keras", "model.h5"])("Keras: %s", async (name) => {
    await give(file(`pets ${name}`, readFileSync(`${keras}/${name}`)));
    await opened(`pets ${name}`);
    await page.waitForSelector('[data-testid="classes"] li:nth-child(2)');
    expect(await page.locator('[data-testid="layers"] .name').last().innerText()).not.toBe("");
  });

  it("ONNX with its weights in a file beside it, and a sentence without that file", async () => {
    const { model, data } = splitDigits("split.onnx.data");
    expect(data.length).toBeGreaterThan(40_000);
    await give(file("split.onnx", model));
    const notice = page.locator(".notice.error p").first();
    await notice.waitFor();
    expect(await notice.innerText()).toBe(
      "split.onnx: expected its weights in split.onnx.data: drop both files together",
    );
    await page.getByRole("button", { name: "Dismiss" }).first().click();
    await untilHeatChanges(page, () => give(file("split.onnx", model), file("split.onnx.data", data)));
    await opened("split.onnx");
    await page.waitForSelector(`[data-testid="classes"] li`);
    expect(await bars()).toBe(10);
  });

  it("labels and preprocessing from files beside the model", async () => {
    const names = "zero,one,two,three,four,five,six,seven,eight,nine".split(",");
    await give(file("named.onnx", digits), file("labels.txt", Buffer.from(names.join("\n"))));
    await opened("named.onnx");
    // The model's own names win over those beside it.
    await page.waitForFunction(() => /0\s*predicted/.test(document.body.innerText));
    const nameless = readModel(digits);
    nameless.metadata = new Map([...nameless.metadata].filter(([key]) => key !== "fovea.classes"));
    await give(file("nameless.onnx", writeModel(nameless)), file("labels.txt", Buffer.from(names.join("\n"))));
    await opened("nameless.onnx");
    await page.waitForFunction(() => /zero\s*predicted/.test(document.body.innerText));
  });

  it("left no error", () => expect(studio.errors).toEqual([]));
});
