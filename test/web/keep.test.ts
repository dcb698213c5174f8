/** @file Sessions that are kept on the machine: offered at the next visit, forgotten when asked to, never mixed. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser } from "../support/browser/browser.js";
import { firstMap, StudioTests, untilHeatChanges } from "../support/browser/studio.js";
import { everything } from "../support/share.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const file = (name: string, path: string) => ({ name, mimeType: "", buffer: readFileSync(join(root, path)) });
const digit = (i: number) => file(`photo ${i}.png`, `dist/studio/samples/digits/a-drawn-${i}.png`);
const model = file("my digits.onnx", "models/mnist.onnx");
const shapes = file("my shapes.onnx", "models/shapes.onnx");

/** Tabs of one browser, as one person has them. */
function visits() {
  const opened: { tests?: StudioTests; context?: BrowserContext } = {};
  const errors: string[] = [];
  beforeAll(async () => {
    opened.tests = await StudioTests.start();
    const { page } = await opened.tests.open({ early: true });
    opened.context = page.context();
    await page.close();
  }, 60_000);
  afterAll(() => opened.tests?.close());
  return {
    errors,
    async visit(path = ""): Promise<Page> {
      const page = await (opened.context as BrowserContext).newPage();
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto((opened.tests as StudioTests).url + path);
      await page.waitForSelector('[data-testid="classes"] li, #blank-title');
      await page.locator("link[rel=manifest]").waitFor({ state: "attached" });
      return page;
    },
  };
}

const give = (page: Page, ...files: ReturnType<typeof file>[]) =>
  page.setInputFiles('input[aria-label="Open a model or images"]', files);
const modelOf = (page: Page) => page.locator("[data-testid=model]").innerText();
const picturesOf = (page: Page) =>
  page.locator('[data-testid="pictures"] button').evaluateAll((all) => all.map((each) => each.getAttribute("title")));
const question = (page: Page) => page.locator(".notice.question");
const choose = (page: Page, name: string) => question(page).getByRole("button", { name, exact: true }).click();

/** What lies in the database: the model and the pictures of the session, how many files, and points of the drawing's strokes. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const wait = <Result>(request: IDBRequest<Result>) =>
      new Promise<Result>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const objects = (await wait(indexedDB.open("fovea-studio"))).transaction("kept").objectStore("kept");
    const [session, drawing, keys] = await Promise.all([
      wait(objects.get("session")),
      wait(objects.get("drawing")),
      wait(objects.getAllKeys()),
    ]);
    return {
      model: session?.model?.name as string | undefined,
      pictures: session?.pictures.length as number | undefined,
      link: session?.link as string | undefined,
      files: keys.filter((key) => String(key).startsWith("file ")).length,
      points: ((drawing ?? []) as { points: number[] }[]).reduce((sum, { points }) => sum + points.length / 2, 0),
    };
  });

/** The explained class with its probability, once nothing is computed any more: between two parts of a stroke nothing is, either. */
async function answerOf(page: Page): Promise<string> {
  for (let before = ""; ; ) {
    await page.locator(".working").waitFor({ state: "detached" });
    const now = await page.locator("li.explained").innerText();
    if (now === before) return now;
    before = now;
    await page.waitForTimeout(1000);
  }
}

async function stroke(page: Page): Promise<void> {
  const box = await page.locator(".pane").boundingBox();
  if (box === null) throw new Error("no stage");
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.2 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.7 * box.width, box.y + 0.2 * box.height, { steps: 6 });
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.8 * box.height, { steps: 6 });
  await page.mouse.up();
}

describe.skipIf(!hasBrowser)("a session", { timeout: 60_000 }, () => {
  const browser = visits();
  let page: Page;

  it("is offered at the next visit, and opened again with its view and its strokes", async () => {
    page = await browser.visit();
    await give(page, model, digit(3), digit(8));
    await expect.poll(() => modelOf(page)).toBe("my digits.onnx");
    await page.getByRole("button", { name: "photo 8.png" }).click();
    await untilHeatChanges(page, () => page.getByRole("combobox", { name: "Method" }).selectOption("layer-cam"));
    await page.getByRole("button", { name: "Erase", exact: true }).click();
    await untilHeatChanges(page, () => stroke(page));
    await expect.poll(() => kept(page)).toMatchObject({ model: "my digits.onnx", pictures: 2, files: 3 });
    await expect.poll(async () => (await kept(page)).link).toContain("method=layer-cam");
    const answer = await answerOf(page);
    await page.close();

    page = await browser.visit();
    await expect.poll(() => question(page).innerText()).toContain("Go on with my digits.onnx and 2 photos?");
    expect(await modelOf(page)).toBe("shapes.onnx");
    await choose(page, "Go on");
    await expect.poll(() => modelOf(page)).toBe("my digits.onnx");
    await expect.poll(() => picturesOf(page)).toEqual(["photo 3.png", "photo 8.png"]);
    await expect.poll(() => page.getByRole("combobox", { name: "Method" }).inputValue()).toBe("layer-cam");
    await expect.poll(() => page.locator(".readout").innerText()).toContain("photo 8.png");
    // The class's rank and percentage are those of the picture with its strokes.
    await expect.poll(() => page.locator("li.explained").innerText()).toBe(answer);
    expect(await question(page).count()).toBe(0);
  });

  it.runIf(everything)(
    "is offered after a reload in the midst of it as well, but not to a link to something else",
    async () => {
      await page.reload();
      await firstMap(page);
      await question(page).waitFor();
      const other = await browser.visit("#sample=boxes");
      expect(await question(other).count()).toBe(0);
      await other.close();
    },
  );

  it.runIf(everything)("gives way as a whole to what another tab opens, whose files alone are kept then", async () => {
    await choose(page, "Go on");
    await expect.poll(() => modelOf(page)).toBe("my digits.onnx");
    const other = await browser.visit();
    await give(other, shapes);
    await expect.poll(() => kept(page)).toMatchObject({ model: "my shapes.onnx", pictures: 0, files: 1 });
    expect(await question(other).count()).toBe(0);
    // This tab has lost nothing, and what it does next brings back all that it has open.
    await untilHeatChanges(page, () => page.getByRole("button", { name: "photo 3.png" }).click());
    await expect.poll(() => kept(page)).toMatchObject({ model: "my digits.onnx", pictures: 2, files: 3 });
    await other.close();
    const next = await browser.visit();
    await choose(next, "Go on");
    await expect.poll(() => picturesOf(next)).toEqual(["photo 3.png", "photo 8.png"]);
    await expect.poll(() => modelOf(next)).toBe("my digits.onnx");
    await next.close();
  });

  it.runIf(everything)("is forgotten by the question's button", async () => {
    const next = await browser.visit();
    await choose(next, "Forget");
    await expect.poll(() => kept(next)).toMatchObject({ model: undefined, files: 0 });
    await next.close();
  });

  it.runIf(everything)("is forgotten in the menu, and not kept again by the tab that was asked to", async () => {
    await page.getByRole("button", { name: "photo 8.png" }).click();
    await expect.poll(() => kept(page)).toMatchObject({ model: "my digits.onnx" });
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("button", { name: "Forget what is kept" }).click();
    await page.locator(".notice", { hasText: "Nothing is kept any more." }).waitFor();
    await expect.poll(() => kept(page)).toEqual({ files: 0, points: 0 });
    await untilHeatChanges(page, () => page.getByRole("button", { name: "photo 3.png" }).click());
    await page.getByRole("button", { name: "More", exact: true }).click();
    expect(await page.getByRole("button", { name: "Forget what is kept" }).isDisabled()).toBe(true);
    const next = await browser.visit();
    expect(await question(next).count()).toBe(0);
    await next.close();
  });

  it.runIf(everything)("of another tab stays where this one has closed its own", async () => {
    const [one, other] = [await browser.visit(), await browser.visit()];
    await give(one, model);
    await expect.poll(() => kept(one)).toMatchObject({ model: "my digits.onnx" });
    await give(other, shapes);
    await expect.poll(() => kept(one)).toMatchObject({ model: "my shapes.onnx" });
    await one.locator(".objects button").nth(1).click();
    await one.getByRole("button", { name: "Digits", exact: true }).click();
    await expect.poll(() => modelOf(one)).toBe("mnist.onnx");
    // Longer than it takes until a session is written.
    await one.waitForTimeout(1500);
    expect(await kept(one)).toMatchObject({ model: "my shapes.onnx", files: 1 });
    await Promise.all([one.close(), other.close()]);
  });

  it("left no error", () => expect(browser.errors).toEqual([]));
});

describe.runIf(hasBrowser && everything)("a drawing", { timeout: 60_000 }, () => {
  const browser = visits();

  it("comes back by itself, with the model that it was made for, and stays away once it is cleared", async () => {
    const page = await browser.visit("#sample=digits&drawing=true");
    await page.locator(".objects", { hasText: "your drawing" }).waitFor();
    await untilHeatChanges(page, () => stroke(page));
    await expect.poll(async () => (await kept(page)).points).toBe(13);
    const answer = await answerOf(page);
    await page.close();
    const next = await browser.visit();
    await expect.poll(() => modelOf(next)).toBe("mnist.onnx");
    await expect.poll(() => next.locator("li.explained").innerText()).toBe(answer);
    expect(await question(next).count()).toBe(0);
    await untilHeatChanges(next, () => next.getByRole("button", { name: "Clear" }).click());
    await expect.poll(async () => (await kept(next)).points).toBe(0);
    await next.close();
    const last = await browser.visit();
    await expect.poll(() => modelOf(last)).toBe("shapes.onnx");
    await last.close();
  });
});

describe.runIf(hasBrowser && everything)("a browser that keeps nothing", { timeout: 60_000 }, () => {
  const browser = visits();

  it("is no error: the session is not kept, and all goes on", async () => {
    const page = await browser.visit();
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("no room", "QuotaExceededError");
      };
    });
    await page.reload();
    await firstMap(page);
    await give(page, model, digit(3));
    await expect.poll(() => modelOf(page)).toBe("my digits.onnx");
    await untilHeatChanges(page, () => page.getByRole("combobox", { name: "Method" }).selectOption("layer-cam"));
    // Longer than it takes until a session is written.
    await page.waitForTimeout(1500);
    expect(await page.locator(".notice").allInnerTexts()).toEqual([]);
    expect(browser.errors).toEqual([]);
  });
});

describe.runIf(hasBrowser && everything)(
  "a file that the system opens with the installed page",
  { timeout: 60_000 },
  () => {
    const browser = visits();

    it("is opened", async () => {
      const page = await browser.visit();
      // Tests cannot install the page: the queue is the browser's in name only.
      await page.addInitScript(() => {
        const launchQueue = { setConsumer: (take: unknown) => Object.assign(window, { launch: take }) };
        Object.defineProperty(window, "launchQueue", { value: launchQueue });
      });
      await page.reload();
      await page.waitForFunction(() => "launch" in window);
      await page.evaluate(async () => {
        const bytes = await (await fetch("mnist.onnx")).blob();
        const handle = { getFile: async () => new File([bytes], "launched.onnx") };
        (window as unknown as { launch: (launch: object) => void }).launch({ files: [handle] });
      });
      await expect.poll(() => modelOf(page)).toBe("launched.onnx");
    });
  },
);
