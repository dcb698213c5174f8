/** @file "How it works" as a page of its own: by a link for a lesson, in a frame of another page, and back to the studio. */

import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { axeViolations } from "../../../support/browser/axe.js";
import { hasBrowser, serveFolder } from "../../../support/browser/browser.js";
import { shows, studioForTests } from "../../../support/browser/studio.js";

const one = { color: "rgb(255 255 255)", width: 24, points: [140, 50, 141, 120, 140, 230] };

describe.skipIf(!hasBrowser)("the page for lessons", { timeout: 60_000 }, () => {
  const studio = studioForTests({ path: "?provider=wasm#tab=why&target=3&method=hires-cam", early: true });

  it("is linked to from How it works, by a link and by a snippet, with all that decides the map", async () => {
    const { page } = studio;
    await page.getByTestId("sum").waitFor();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Link for a lesson" }).click();
    await shows(page.getByRole("group", { name: "Share" }), "Copied. It shows this very map");
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(`${studio.tests.url}how.html#tab=why&sample=digits&method=hires-cam&target=3`);
    await page.getByRole("button", { name: "Embed" }).click();
    await shows(page.getByRole("group", { name: "Share" }), "Copied. It shows this very map");
    const snippet = await page.evaluate(() => navigator.clipboard.readText());
    expect(snippet).toContain(`src="${link.replaceAll("&", "&amp;")}"`);
    expect(snippet).toMatch(/title="How a heat map is made: HiResCAM at .*, for “3”"/);
  });

  it("carries a drawing, and opens it in the studio", async () => {
    const { page, errors } = await studio.tests.open({
      path: "how.html?provider=wasm#drawing=true&level=numbers",
      early: true,
    });
    await page.evaluate(() => document.title).then((title) => expect(title).toBe("How a heat map is made"));
    await page.getByTestId("score").waitFor();
    const { writeStrokes } = await import("../../../../web/src/why/share/stroke-link.js");
    const { page: drawn } = await studio.tests.open({
      path: `how.html?provider=wasm#drawing=true&strokes=${writeStrokes([one])}`,
      early: true,
    });
    await shows(drawn.getByTestId("score"), "y of 1, before softmax");
    expect(await drawn.locator("header").count()).toBe(0);
    expect(await drawn.locator("input[type=file]").count()).toBe(0);
    const score = await drawn.getByTestId("score").locator(".value").innerText();
    const [opened] = await Promise.all([
      drawn.context().waitForEvent("page"),
      drawn.getByRole("link", { name: "Open in Fovea" }).click(),
    ]);
    await shows(opened.getByTestId("score").locator(".value"), score);
    await opened.getByRole("heading", { name: "Your drawing", exact: true }).waitFor();
    const [drawing] = await Promise.all([
      drawn.context().waitForEvent("page"),
      drawn.getByRole("button", { name: "Draw on" }).click(),
    ]);
    await drawing.locator("#tab-see[aria-selected=true]").waitFor();
    await shows(drawn.getByTestId("score").locator(".value"), score);
    expect(errors).toEqual([]);
    await page.context().close();
    await drawn.context().close();
  });

  it("works in a frame of a page of another origin", async () => {
    const { page } = studio;
    const link = `${studio.tests.url}how.html?provider=wasm#sample=digits&target=3`;
    const body = `<!doctype html><title>Lesson</title><iframe src="${link.replaceAll("&", "&amp;")}" title="How" width="1200" height="800"></iframe>`;
    const site = await serveFolder([], { files: { "index.html": body }, isolated: false });
    const lesson = await page.context().newPage();
    await lesson.goto(site.url);
    const frame = lesson.frameLocator("iframe");
    await shows(frame.getByTestId("score"), "y of 3, before softmax");
    await frame.getByLabel("Channels that are added").fill("5");
    await frame.locator("#main").focus();
    await lesson.keyboard.press("ArrowRight");
    await shows(frame.getByTestId("joins"), "Channel 6 of 32 joins:");
    await frame.getByRole("button", { name: "Story" }).click();
    await frame.getByTestId("story").waitFor();
    await lesson.close();
    await site.close();
  });

  it("is printed on one page, and pleases axe in both themes and in forced colours", async () => {
    for (const [theme, forced] of [
      ["light", false],
      ["dark", false],
      ["light", true],
    ] as const) {
      const { page, errors } = await studio.tests.open({ path: "how.html?provider=wasm#target=3", theme, early: true });
      if (forced) await page.emulateMedia({ forcedColors: "active" });
      await page.getByTestId("sum").waitFor();
      expect(await axeViolations(page, { forced, within: "html" })).toEqual([]);
      await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
      expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBe(1);
      expect(errors).toEqual([]);
      await page.context().close();
    }
  });

  it("is a file of the built page", () => {
    expect(existsSync(new URL("../../../../dist/studio/how.html", import.meta.url))).toBe(true);
    expect(studio.errors).toEqual([]);
  });
});
