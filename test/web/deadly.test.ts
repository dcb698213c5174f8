/** @file What the studio does with models that hang or eat memory: a sentence, and the page stays usable. Those that crash: `test/runtime`. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../src/image/node.js";
import { writeModel } from "../../src/onnx/write.js";
import { root } from "../house/imports.js";
import { hasBrowser } from "../support/browser/browser.js";
import { type StudioPage, StudioTests, untilHeatChanges } from "../support/browser/studio.js";
import { deadlyClassifier, type deeds } from "../support/models/deadly.js";

const deadly = (deed: keyof typeof deeds, number: number) => ({
  name: `${deed}.onnx`,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(writeModel(deadlyClassifier(deed, number))),
});

/** Says how pixels become numbers, so that no other way is tried: by some of them every picture is bright. */
const settings = {
  name: "fovea.json",
  mimeType: "application/json",
  buffer: Buffer.from(
    JSON.stringify({ preprocessing: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } }),
  ),
};

async function picture(name: string, level: number) {
  const pixels = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => level + ((i * i) % 15));
  const buffer = Buffer.from(await encodePng({ width: 64, height: 64, channels: 3, pixels }));
  return { name, mimeType: "image/png", buffer };
}

describe.skipIf(!hasBrowser)("a model that is made to do harm", { timeout: 120_000 }, () => {
  let tests: StudioTests;
  let studio: StudioPage;
  beforeAll(async () => {
    tests = await StudioTests.start();
  }, 60_000);
  /** A page that ends what takes so many seconds. */
  const open = async (seconds: number) => {
    studio = await tests.open({ path: `?time-limit=${seconds}` });
  };
  afterEach(async () => {
    // Nobody left an error uncaught.
    expect(studio.errors).toEqual([]);
    await studio.page.context().close();
  });
  afterAll(() => tests?.close());

  const give = (...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
    studio.page.setInputFiles('input[aria-label="Open a model or images"]', files);

  /** Opens a model that is harmless for the pictures that are there, and then a picture that it is not harmless for. */
  async function provoke(deed: keyof typeof deeds, number: number): Promise<void> {
    const digit = (i: number) => {
      const name = `a-drawn-${i}.png`;
      return { name, mimeType: "image/png", buffer: readFileSync(join(root, "dist/studio/samples/digits", name)) };
    };
    await untilHeatChanges(studio.page, () => give(digit(3), digit(4)));
    await untilHeatChanges(studio.page, () => give(deadly(deed, number), settings));
    await give(await picture("bright.png", 235));
  }

  async function notice(kind: "error" | "note"): Promise<string> {
    const shown = studio.page.locator(`.notice.${kind}`).first();
    await shown.waitFor();
    const text = await shown.locator("p").innerText();
    await shown.getByRole("button", { name: "Dismiss" }).click();
    return text;
  }

  /** The same model explains the picture before, and then another model does. */
  async function goesOn(deed: keyof typeof deeds): Promise<void> {
    await expect.poll(() => studio.page.locator("[data-testid=model]").innerText()).toBe(`${deed}.onnx`);
    await untilHeatChanges(studio.page, () => studio.page.keyboard.press("ArrowLeft"));
    const digits = readFileSync(join(root, "models/mnist.onnx"));
    await untilHeatChanges(studio.page, () =>
      give({ name: "digits.onnx", mimeType: "application/octet-stream", buffer: digits }),
    );
    await untilHeatChanges(studio.page, () => studio.page.keyboard.press("ArrowLeft"));
  }

  it("and hangs is ended when its time is up, and is open again", async () => {
    await open(12);
    await provoke("multiply", 2500);
    await expect
      .poll(() => notice("error"))
      .toBe("It took longer than 12 s and was ended: choose another method, layer, image or model.");
    await goesOn("multiply");
  });

  it("and hangs can be stopped", async () => {
    await open(100);
    await provoke("multiply", 2500);
    await studio.page.getByRole("button", { name: "Stop", exact: true }).click();
    await expect.poll(() => notice("note")).toMatch(/^Stopped\. /);
    await goesOn("multiply");
  });

  it("and eats memory gets a sentence, and is open again", async () => {
    await open(100);
    await provoke("hold", 4e8);
    await expect.poll(() => notice("error")).toMatch(/^The browser has no more memory for this: /);
    await goesOn("hold");
  });
});
