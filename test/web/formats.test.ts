/** @file Models of every format that the page takes, dropped with what lies beside them. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { encodePng } from "../../src/image/node.js";
import { Builder } from "../../src/onnx/builder.js";
import { readModel } from "../../src/onnx/read/read.js";
import { float32 } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { pathOf } from "../model/tasks/detectors.js";
import { hasBrowser } from "../support/browser/browser.js";
import { studioForTests, untilHeatChanges } from "../support/browser/studio.js";

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
  const studio = studioForTests();

  const opened = (name: string) =>
    studio.page.waitForFunction(
      (wanted) => document.querySelector("[data-testid=model]")?.textContent === wanted,
      name,
    );
  const bars = () => studio.page.locator('[data-testid="classes"] li').count();

  it.each(["model.keras", "model.h5"])("Keras: %s", async (name) => {
    await studio.give(file(`pets ${name}`, readFileSync(`${keras}/${name}`)));
    await opened(`pets ${name}`);
    await expect.poll(() => bars()).toBe(5);
    await expect.poll(() => studio.page.locator('[data-testid="layers"] .name').last().innerText()).not.toBe("");
  });

  it("ONNX with its weights in a file beside it, and a sentence without that file", async () => {
    const { model, data } = splitDigits("split.onnx.data");
    expect(data.length).toBeGreaterThan(40_000);
    await studio.give(file("split.onnx", model));
    const notice = studio.page.locator(".notice.error p").first();
    await notice.waitFor();
    await expect
      .poll(() => notice.innerText())
      .toBe("split.onnx: expected its weights in split.onnx.data: drop both files together");
    await studio.page.getByRole("button", { name: "Dismiss" }).first().click();
    await untilHeatChanges(studio.page, () => studio.give(file("split.onnx", model), file("split.onnx.data", data)));
    await opened("split.onnx");
    await studio.page.waitForSelector(`[data-testid="classes"] li`);
    await expect.poll(() => bars()).toBe(10);
  });

  it("of models that are given one right after the other, the last, however long the others take", async () => {
    await studio.page.evaluate(() => {
      const name = document.querySelector("[data-testid=model]");
      const seen = [name?.textContent ?? ""];
      Object.assign(globalThis, { seen });
      new MutationObserver(() => {
        const text = name?.textContent ?? "";
        if (text !== seen.at(-1)) seen.push(text);
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    // Files that may belong to a model are all read before it is opened.
    const beside = Array.from({ length: 200 }, (_, i) => file(`${i}.bin`, Buffer.alloc(1)));
    await studio.give(file("slow.h5", readFileSync(`${keras}/model.h5`)), ...beside);
    await studio.give(file("fast.onnx", digits));
    await studio.give(file("none.onnx", Buffer.from("none")));
    await studio.page.getByRole("button", { name: "Dismiss" }).first().click();
    await expect
      .poll(() => studio.page.evaluate("seen.slice(1)"))
      .toEqual(["slow.h5", "fast.onnx", "none.onnx", "fast.onnx"]);
    await expect.poll(() => bars()).toBe(10);
  });

  it("labels and preprocessing from files beside the model", async () => {
    const names = "zero,one,two,three,four,five,six,seven,eight,nine".split(",");
    await studio.give(file("named.onnx", digits), file("labels.txt", Buffer.from(names.join("\n"))));
    await opened("named.onnx");
    // The model's own names win over those beside it.
    await studio.page.waitForFunction(() => /0\s*predicted/.test(document.body.innerText));
    const nameless = readModel(digits);
    nameless.metadata = new Map([...nameless.metadata].filter(([key]) => key !== "fovea.classes"));
    await studio.give(file("nameless.onnx", writeModel(nameless)), file("labels.txt", Buffer.from(names.join("\n"))));
    await opened("nameless.onnx");
    await studio.page.waitForFunction(() => /zero\s*predicted/.test(document.body.innerText));
  });

  it("settings as Hugging Face writes them, among other JSON, and a note on pictures that the browser cuts to 8 bits", async () => {
    const bare = readModel(digits);
    bare.metadata = new Map();
    const id2label = Object.fromEntries("abcdefghij".split("").map((name, i) => [i, `sign ${name}`]));
    const settings = { image_processor_type: "ViTImageProcessor", size: 28, image_mean: [0.5], image_std: [0.25] };
    const json = (name: string, value: unknown) => file(name, Buffer.from(JSON.stringify(value)));
    await studio.give(
      file("bare.onnx", writeModel(bare)),
      json("preprocessor_config.json", settings),
      json("config.json", { id2label }),
      json("tokenizer.json", {}),
    );
    await opened("bare.onnx");
    await studio.page.waitForFunction(() => /sign \w/.test(document.body.innerText));
    await studio.page.locator("[data-testid=model]").click();
    const card = await studio.page.locator(".panel", { hasText: "Pixels as" }).innerText();
    expect(card).toContain("28×28, grey; from preprocessor_config.json");
    expect(card).toContain("names from config.json");
    const deep = readFileSync(`${root}test/fixtures/cases/deep-pictures/ramp.png`);
    await studio.give(file("ramp.png", deep));
    await studio.page.getByText("About this map").click();
    await studio.page.getByText("16 bits per sample, of which the browser leaves 8").first().waitFor();
  });

  it("left no error", () => expect(studio.errors).toEqual([]));

  it("a segmentation, by the shares of the classes in a picture", async () => {
    const op = new Builder();
    const features = op.named("features", op.Relu(op.input("x", "float32", ["N", 3, 16, 16])));
    const weights = float32([3, 3, 1, 1], [1, -1, -1, -1, 1, -1, 0, 0, 0]);
    op.output(op.Conv(features, op.constant(weights), op.constant(float32([3], [0, 0, 0.1]))), "places");
    // A quarter red, a half green, the rest black.
    const pixels = Uint8Array.from({ length: 768 }, (_, i) => {
      const place = Math.floor(i / 3);
      return (place < 64 && i % 3 === 0) || (place >= 64 && place < 192 && i % 3 === 1) ? 255 : 0;
    });
    const picture = file("flag.png", await encodePng({ width: 16, height: 16, channels: 3, pixels }));
    const labels = file("labels.txt", Buffer.from("red\ngreen\nnothing"));
    await studio.give(file("colours.onnx", writeModel(op.graph)), labels);
    await opened("colours.onnx");
    await studio.give({ ...picture, mimeType: "image/png" });
    const rows = studio.page.locator('[data-testid="classes"] li');
    await expect
      .poll(async () => (await rows.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ")))
      .toEqual([
        expect.stringMatching(/^green ?predicted 50/),
        expect.stringMatching(/^red 25/),
        expect.stringMatching(/^nothing 25/),
      ]);
  });

  it("a detector, by its boxes, of which the chosen one is explained", async () => {
    const { page } = studio;
    await studio.give(file("boxes.onnx", readFileSync(pathOf("v8"))));
    await opened("boxes.onnx");
    const pixels = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 256);
    const picture = file("noise.png", await encodePng({ width: 64, height: 64, channels: 3, pixels }));
    await studio.give({ ...picture, mimeType: "image/png" });
    const rows = page.locator('[data-testid="classes"] li');
    await expect.poll(() => rows.first().innerText()).toMatch(/surest/);
    const count = await page.locator('[data-testid="box"]').count();
    expect(count).toBeGreaterThan(1);
    expect(await page.getByRole("heading", { name: "Boxes" }).count()).toBe(1);
    await untilHeatChanges(page, () => rows.nth(1).locator("button").first().click());
    await expect.poll(() => page.locator('[data-testid="box"].explained').innerText()).toBe("2");
    // By its number on the picture, too.
    await untilHeatChanges(page, () => page.getByRole("button", { name: /^Explain box 1,/ }).dispatchEvent("click"));
    await expect.poll(() => page.locator('[data-testid="box"].explained').innerText()).toBe("1");
    expect(await page.getByText("Compare all methods").count()).toBe(0);
  });
});
