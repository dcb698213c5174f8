/** @file The ways into the studio: dropped, pasted, picked as a folder, taken by the camera, given to the command. */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Builder } from "../../src/onnx/builder.js";
import { float32 } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { hasBrowser, openBrowser, readDownload, type TestBrowser } from "../support/browser/browser.js";
import { firstMap, studioForTests, untilHeatChanges } from "../support/browser/studio.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { everything } from "../support/share.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bytes = (path: string) => [...readFileSync(`${root}${path}`)];

/** Lets go of files over the page, or pastes them. */
function give(
  page: Page,
  kind: "drop" | "paste",
  files: readonly { readonly name: string; readonly type: string; readonly bytes: number[] }[],
) {
  return page.evaluate(
    ([kind, files]) => {
      const transfer = new DataTransfer();
      for (const { name, type, bytes } of files) transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
      const event =
        kind === "drop"
          ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
          : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    },
    [kind, files] as const,
  );
}

describe.skipIf(!hasBrowser)("ways into the studio", { timeout: 60_000 }, () => {
  const studio = studioForTests({}, { camera: everything });

  const shown = () => studio.page.locator(".readout").innerText();

  it.runIf(everything)("a model and an image are dropped together", async () => {
    const files = [
      { name: "shapes.onnx", type: "", bytes: bytes("models/shapes.onnx") },
      { name: "five.png", type: "image/png", bytes: bytes("dist/studio/samples/digits/a-drawn-5.png") },
    ];
    await untilHeatChanges(studio.page, () => give(studio.page, "drop", files));
    await studio.page.waitForFunction(
      () => document.querySelector("[data-testid=model]")?.textContent === "shapes.onnx",
    );
    await expect.poll(shown).toContain("five.png");
  });

  it.runIf(everything)("an image is pasted", async () => {
    const file = { name: "image.png", type: "image/png", bytes: bytes("dist/studio/samples/digits/a-drawn-8.png") };
    await untilHeatChanges(studio.page, () => give(studio.page, "paste", [file]));
    await expect.poll(shown).toContain("image.png");
  });

  const rate = () => studio.page.getByTestId("rate").innerText();

  it.runIf(everything)("the camera's picture is explained while it moves, and taken as a still", async () => {
    await studio.page.getByRole("button", { name: "Camera" }).click();
    await expect.poll(rate).toMatch(/^\d+ maps a second, \d+ ms behind$/);
    // The camera's test picture changes, and the map with it.
    await untilHeatChanges(studio.page, async () => undefined);
    await studio.page.getByRole("button", { name: "Take the picture" }).click();
    await expect.poll(shown).toContain("camera, a still");
    await expect.poll(() => studio.page.locator("video").count()).toBe(0);
  });

  it("a network for volumes is refused with the way that explains it, and what was open stays", async () => {
    const { page } = studio;
    const name = "volume.onnx";
    await give(page, "drop", [{ name, type: "", bytes: bytes(`test/fixtures/axes/${name}`) }]);
    const notice = page.locator(".notice", { hasText: "volume.onnx is a network for volumes or clips." });
    await notice.waitFor();
    expect(await notice.innerText()).toContain("The command line explains it: fovea explain volume.onnx scan.nii.gz.");
    await expect.poll(shown).not.toBe("");
  });

  it.runIf(everything)("a film is dropped, plays with its map, and stands still where it is told to", async () => {
    await studio.page.evaluate(async () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
      const context = canvas.getContext("2d") as CanvasRenderingContext2D;
      const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
      const parts: Blob[] = [];
      recorder.ondataavailable = ({ data }) => parts.push(data);
      const ended = new Promise((resolve) => (recorder.onstop = resolve));
      recorder.start();
      for (let i = 0; i < 20; i++) {
        context.fillStyle = "#000";
        context.fillRect(0, 0, 64, 64);
        context.fillStyle = "#fff";
        context.fillRect(10 + i, 10, 12, 44);
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      recorder.stop();
      await ended;
      const transfer = new DataTransfer();
      transfer.items.add(new File(parts, "strokes.webm", { type: "video/webm" }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    });
    await expect.poll(rate).toMatch(/maps a second/);
    await expect.poll(shown).toContain("strokes.webm, 64×64");
    await studio.page.getByRole("button", { name: "Pause" }).click();
    await studio.page.getByRole("button", { name: "Play" }).waitFor();
    await studio.page.getByRole("button", { name: "Close" }).click();
    await expect.poll(() => studio.page.locator("video").count()).toBe(0);
  });

  it("left no error", () => expect(studio.errors).toEqual([]));
});

describe.skipIf(!hasBrowser)("how pixels become numbers", { timeout: 60_000 }, () => {
  const studio = studioForTests();
  const choice = () => studio.page.getByLabel("How pixels become numbers");
  const input = () => studio.page.locator("dt:text-is('Input') + dd").innerText();

  it("is no choice for the page's own model, whose card says so", async () => {
    await studio.page.locator("[data-testid=model]").click();
    await expect.poll(() => choice().count()).toBe(0);
    await expect
      .poll(() => studio.page.locator("dt:text-is('Pixels as') + dd").innerText())
      .toBe("0 to 1: the page's own model keeps the way it was trained with");
  });

  it.runIf(everything)("is a choice for a model that was opened, and changes its map", async () => {
    const file = { name: "mnist.onnx", type: "", bytes: bytes("models/mnist.onnx") };
    await give(studio.page, "drop", [file]);
    await studio.page.keyboard.press("Escape");
    await expect.poll(() => studio.page.locator("[data-testid=model]").innerText()).toBe("mnist.onnx");
    await studio.page.locator("[data-testid=model]").click();
    await choice().waitFor();
    await expect.poll(() => choice().inputValue()).toBe("unit");
    await untilHeatChanges(studio.page, () => choice().selectOption("signed"));
    await expect.poll(() => choice().inputValue()).toBe("signed");
    await expect.poll(() => input()).toContain("scale, mean, deviation and channel order as given");
  });

  /** Its batch normalization has seen pixels from -1 to 1 of light strokes on dark. */
  function signedNet(): number[] {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 1, 28, 28]);
    const one = (value: number) => op.constant(float32([1], [value]));
    const [y] = op.node("BatchNormalization", [x, one(1), one(0), one(-0.8), one(0.3)]);
    const maps = op.Relu(op.Conv(y, op.constant(randomTensor([4, 1, 3, 3], "w"))));
    op.output(op.Flatten(op.GlobalAveragePool(maps)), "y");
    return [...writeModel(op.graph)];
  }

  it.runIf(everything)(
    "are tried on the open pictures where nobody states them, and the surer recipe is taken by a button",
    async () => {
      await give(studio.page, "drop", [{ name: "signed.onnx", type: "", bytes: signedNet() }]);
      const recipes = studio.page.getByTestId("recipes").getByRole("button");
      await recipes.filter({ hasText: "surest" }).waitFor();
      expect(await recipes.filter({ hasText: "surest" }).innerText()).toMatch(/^signed/);
      expect(await recipes.count()).toBeGreaterThanOrEqual(4);
      await recipes.filter({ hasText: "surest" }).click();
      await expect.poll(() => recipes.count()).toBe(0);
      await studio.page.locator("[data-testid=model]").click();
      await expect.poll(() => choice().inputValue()).toBe("signed");
      expect(await studio.page.evaluate(() => location.hash)).toContain("recipe=signed");
    },
  );

  it.runIf(everything)("are the user's own numbers, refused where they are none, and kept as fovea.json", async () => {
    const { page } = studio;
    await page.getByText("In your own numbers").click();
    await page.getByLabel("Mean").fill("one");
    await page.getByRole("button", { name: "Read pixels so" }).click();
    await page.locator(".notice", { hasText: 'mean: got "one". It should be a number.' }).waitFor();
    await page.getByLabel("Mean").fill("0.25");
    await page.getByLabel("Deviation").fill("0.5");
    await untilHeatChanges(page, () => page.getByRole("button", { name: "Read pixels so" }).click());
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save fovea.json" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("fovea.json");
    const { preprocessing } = JSON.parse((await readDownload(download)).toString());
    expect(preprocessing).toMatchObject({ mean: [0.25], std: [0.5], width: 28 });
  });

  it("left no error", () => expect(studio.errors).toEqual([]));
});

describe.skipIf(!hasBrowser)("class names", { timeout: 60_000 }, () => {
  const studio = studioForTests();
  const names = ["nought", "ace", "deuce", "trey", "cater", "cinque", "sice", "septet", "octet", "nonet"];
  const drop = (name: string, text: string) =>
    give(studio.page, "drop", [{ name, type: "text/plain", bytes: [...Buffer.from(text)] }]);
  const answer = () => studio.page.getByTestId("answer").innerText();

  it("are told with the model, in a file of any name", async () => {
    // A network of its own, which stores no names.
    const files = [
      { name: "plain.onnx", type: "", bytes: plainNet() },
      { name: "whatever.txt", type: "text/plain", bytes: [...Buffer.from(names.join("\n"))] },
    ];
    await give(studio.page, "drop", files);
    await expect.poll(answer).toMatch(/nought|ace|deuce|trey|cater|cinque|sice|septet|octet|nonet/);
  });

  it("are told later, too, and replaced", async () => {
    await drop("my_own.csv", names.map((name) => name.toUpperCase()).join("\n"));
    await studio.page.locator(".notice", { hasText: "from my_own.csv" }).waitFor();
    await expect.poll(answer).toMatch(/NOUGHT|ACE|DEUCE|TREY|CATER|CINQUE|SICE|SEPTET|OCTET|NONET/);
  });

  it("are refused with the reason where they are not as many as the classes", async () => {
    await drop("short.txt", "one\ntwo");
    await studio.page.locator(".notice", { hasText: /short\.txt/ }).waitFor();
    await expect.poll(answer).toMatch(/NOUGHT|ACE|DEUCE|TREY|CATER|CINQUE|SICE|SEPTET|OCTET|NONET/);
  });

  it("left no error", () => expect(studio.errors).toEqual([]));
});

/** Ten scores of a small network without class names. */
function plainNet(): number[] {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 1, 28, 28]);
  const maps = op.Relu(op.Conv(x, op.constant(randomTensor([10, 1, 3, 3], "names"))));
  op.output(op.Flatten(op.GlobalAveragePool(maps)), "y");
  return [...writeModel(op.graph)];
}

describe.skipIf(!hasBrowser)("fovea studio", { timeout: 60_000 }, () => {
  let browser: TestBrowser;
  let server: ChildProcess;
  let url: string;
  beforeAll(async () => {
    browser = await openBrowser();
    const given = [`${root}models/shapes.onnx`, `${root}dist/studio/samples/digits`];
    const options = { env: { ...process.env, FORCE_COLOR: "0" } };
    server = spawn(
      process.execPath,
      [`${root}dist/command/main.js`, "studio", ...given, "--no-open", "--port", "0"],
      options,
    );
    url = await new Promise<string>((resolve, reject) => {
      let text = "";
      const read = (chunk: Buffer) => {
        text += chunk;
        const found = /http:\/\/127\.0\.0\.1:\d+\/\S*(?=\s)/.exec(text)?.[0];
        if (found) resolve(found);
      };
      server.stdout?.on("data", read);
      server.stderr?.on("data", read);
      server.on("exit", (code) => reject(new Error(`exit code ${code}: ${text}`)));
    });
  }, 60_000);
  afterAll(async () => {
    server?.kill("SIGINT");
    await browser?.close();
  });

  it("opens the model and the images it was given, under its own policy, with threads", async () => {
    const page = await browser.newPage();
    const refused: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") refused.push(message.text());
    });
    page.on("pageerror", (error) => refused.push(error.message));
    await page.goto(`${url}#target=1&method=layer-cam`);
    await firstMap(page);
    await expect.poll(() => page.locator("[data-testid=model]").innerText()).toBe("shapes.onnx");
    await expect.poll(() => page.locator('[data-testid="pictures"] button').count()).toBe(10);
    await expect.poll(() => page.getByRole("combobox", { name: "Method" }).inputValue()).toBe("layer-cam");
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(refused).toEqual([]);
  });
});
