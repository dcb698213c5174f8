/** @file What the studio does with files that are not what they should be: a sentence, and the page stays usable. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { random } from "../../src/foundation/random.js";
import { encodePng } from "../../src/image/node.js";
import { hasBrowser } from "../support/browser/browser.js";
import { studioForTests, untilHeatChanges } from "../support/browser/studio.js";
import { share } from "../support/share.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const digits = readFileSync(join(root, "models/mnist.onnx"));

interface Dropped {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const file = (name: string, buffer: Uint8Array, mimeType = "application/octet-stream"): Dropped => ({
  name,
  mimeType,
  buffer: Buffer.from(buffer),
});

/** A PNG whose header says 10,000 by 10,000 pixels. */
async function vast(): Promise<Uint8Array> {
  const source = random("noise");
  const noise = Uint8Array.from({ length: 128 * 128 * 3 }, () => 256 * source.uniform());
  const png = await encodePng({ width: 128, height: 128, channels: 3, pixels: noise });
  const view = new DataView(png.buffer, png.byteOffset);
  view.setUint32(16, 10_000);
  view.setUint32(20, 10_000);
  return png;
}

describe.skipIf(!hasBrowser)("files that are not what they should be", { timeout: 60_000 }, () => {
  const studio = studioForTests();

  /** The sentence that comes, which is dismissed then. */
  async function complaint(): Promise<string> {
    const notice = studio.page.locator(".notice.error").first();
    await notice.waitFor();
    const text = await notice.locator("p").innerText();
    await notice.getByRole("button", { name: "Dismiss" }).click();
    return text;
  }

  const usable = () => untilHeatChanges(studio.page, () => studio.page.keyboard.press("ArrowRight"));

  const files: readonly [string, () => Promise<Dropped> | Dropped, RegExp][] = [
    ["a model that is cut off", () => file("cut.onnx", digits.subarray(0, 5000)), /^cut\.onnx: /],
    [
      "noise with a model's name",
      () =>
        file(
          "noise.onnx",
          Uint8Array.from({ length: 400 }, (_, i) => (i * 91) % 256),
        ),
      /^noise\.onnx: /,
    ],
    [
      "an empty model",
      () => file("empty.onnx", new Uint8Array()),
      /^empty\.onnx is an empty file of 0 bytes\. It should be an ONNX or Keras file\. Download or export it again\.$/,
    ],
    [
      "a PyTorch file named as ONNX",
      () => file("model.onnx", Buffer.from("PK\u0003\u0004archive/data.pkl")),
      /^model\.onnx is a zip archive that begins with .* It should be an ONNX or Keras file\. Unpack it/,
    ],
    [
      "a broken image",
      () => file("broken.png", Buffer.from("\x89PNG\r\n\x1a\nbroken"), "image/png"),
      /^broken\.png: image: .* It should be a picture/,
    ],
    [
      "an empty image",
      () => file("empty.jpg", new Uint8Array(), "image/jpeg"),
      /^empty\.jpg: image: got an empty file\. It should be a picture/,
    ],
    [
      "an image of 100 megapixels",
      async () => file("vast.png", await vast(), "image/png"),
      /^vast\.png: image: got 10000x10000 = 100000000\. It should be at most 64000000 pixels\. Make it smaller/,
    ],
    [
      "what is neither",
      () => file("letter.docx", Buffer.from("hello")),
      /^letter\.docx: got text that begins "hello"\. It should be an ONNX model\./,
    ],
  ];
  it.each(share(files, 4))("%s gets a sentence", async (_, make, sentence) => {
    await studio.give(await make());
    const text = await complaint();
    expect(text).toMatch(sentence);
    expect(text).not.toContain("\n");
    await usable();
  });

  it("two models at once get a sentence", async () => {
    await studio.give(file("a.onnx", digits), file("b.onnx", digits));
    await expect.poll(() => complaint()).toMatch(/^a\.onnx, b\.onnx: got 2\. It should be one model at a time/);
    await usable();
  });

  it("shows HTML in file names and labels as text", async () => {
    const hostile = "<img src=x onerror=alert(1)>";
    const labels = JSON.stringify(Array.from({ length: 10 }, (_, i) => `${hostile}${i}`));
    await studio.give(
      file(`${hostile}.onnx`, digits),
      file("fovea.json", Buffer.from(`{"classes": ${labels}}`), "application/json"),
    );
    await studio.page.waitForFunction(
      (name) => document.querySelector("[data-testid=model]")?.textContent === `${name}.onnx`,
      hostile,
    );
    const digit = await encodePng({ width: 28, height: 28, channels: 1, pixels: new Uint8Array(784).fill(9) });
    await studio.give(file(`${hostile}.png`, digit, "image/png"));
    await studio.page.waitForFunction(
      (name) => document.querySelector(".readout")?.textContent?.includes(`${name}.png`),
      hostile,
    );
    await expect.poll(() => studio.page.locator("img[src='x']").count()).toBe(0);
  });

  it("left no error that nobody caught", () => expect(studio.errors).toEqual([]));
});
