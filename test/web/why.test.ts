/** @file The studio's tab "How it works": its numbers on the page, what can be done with them, and by whom. */

import { describe, expect, it } from "vitest";
import { Builder } from "../../src/onnx/builder.js";
import type { Graph } from "../../src/onnx/graph.js";
import { Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { axeViolations } from "../support/browser/axe.js";
import { hasBrowser } from "../support/browser/browser.js";
import { shows, studioForTests } from "../support/browser/studio.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { everything } from "../support/share.js";

/** A network on pictures of 28x28 pixels whose head computes in whole numbers. */
function wholeNumbers(): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 1, 28, 28]);
  const kernel = op.constant(randomTensor([4, 1, 5, 5], "w"), "w");
  const features = op.Flatten(op.GlobalAveragePool(op.Relu(op.Conv(x, kernel, { strides: [4, 4] }))));
  const [bytes = "", scale = "", zero = ""] = op.node("DynamicQuantizeLinear", [features], {}, 3);
  const head = op.constant(
    new Tensor(
      "int8",
      [4, 3],
      Int8Array.from({ length: 12 }, (_, i) => 40 - 7 * i),
    ),
    "head",
  );
  const [product = ""] = op.node("MatMulInteger", [bytes, head, zero]);
  op.output(op.Mul(op.Cast(product, { to: 1 }), scale), "y");
  return op.graph;
}

/** A number as the page writes it. */
const read = (text: string) => Number(text.replace("−", "-").replace("+", ""));

describe.skipIf(!hasBrowser)("the studio's tab How it works", { timeout: 60_000 }, () => {
  const studio = studioForTests({ path: "?provider=wasm" });
  const score = () => studio.page.getByTestId("score");
  const cells = () => studio.page.getByTestId("sum").getByRole("gridcell");
  const rows = () => studio.page.locator("[data-channel]");

  /** Shows what a link says, with nothing left of what was before. @param expected in the panel of the score */
  async function follow(link: string, expected: string | RegExp): Promise<void> {
    await studio.page.evaluate((fragment) => {
      location.hash = fragment;
    }, `sample=digits&tab=why${link}`);
    await studio.page.locator("#tab-why[aria-selected=true]").waitFor();
    await shows(score(), expected);
  }

  it("opens by the button beside the map, with the channels in the order of what they add", async () => {
    const { page } = studio;
    await page.getByRole("button", { name: "How was this map made?" }).click();
    await page.getByTestId("sum").waitFor();
    expect(await page.evaluate(() => location.hash)).toBe("#tab=why&sample=digits");
    expect(await rows().count()).toBe(32);
    const parts = (await rows().locator(".part").allInnerTexts()).map(read);
    expect(parts).toEqual([...parts].sort((a, b) => b - a));
    expect(await cells().count()).toBe(49);
    await shows(score(), /y of 0, before softmax\s+7\.82/);
    await shows(page.getByTestId("adds-up"), /\+7\.88\s+bias\s+−0\.06\s+y\s+7\.82/);
    await shows(page.locator(".columns"), "8 of 49 places speak against “0”, and become zero");
  });

  it.runIf(everything)("plays, steps and scrubs through the channels, and tells which one joined", async () => {
    const { page } = studio;
    const joins = page.getByTestId("joins");
    await page.getByLabel("Channels that are added").fill("11");
    await shows(joins, "Channel 11 of 32 joins: #28 adds +0.73.");
    await page.locator("#main").focus();
    await page.keyboard.press("ArrowRight");
    await shows(joins, "Channel 12 of 32 joins:");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await shows(joins, "Channel 10 of 32 joins:");
    await page.emulateMedia({ reducedMotion: "no-preference" });
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await shows(joins, /Channel 1[2-9] of 32/);
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Play" }).waitFor();
    await page.getByLabel("Channels that are added").fill("32");
    await shows(joins, "All 32 channels are added.");
  });

  it("says of each place what it is made of, and marks it everywhere, by mouse and by keys", async () => {
    const { page } = studio;
    await cells().nth(31).hover();
    const sentence = page.getByTestId("cell");
    await shows(sentence, /Row 5, column 4\s+0\.64 = \+0\.28 \(#24\) \+0\.25 \(#20\) \+0\.10 \(#30\)/);
    // In 32 activations and 32 gradients, on the picture, and on the map.
    expect(await page.locator(".mark").count()).toBe(66);
    await cells().nth(31).focus();
    await page.keyboard.press("ArrowLeft");
    await shows(sentence, "Row 5, column 3");
    await page.keyboard.press("ArrowUp");
    await shows(sentence, "Row 4, column 3");
    await page.locator("#main").focus();
    await page.mouse.move(0, 0);
    await shows(sentence, "Point at a place");
  });

  it("shows a channel's part of the sum and of the map where it is pointed at", async () => {
    const { page } = studio;
    await page.locator('[data-channel="24"] .part').hover();
    await shows(page.locator(".columns"), "What #24 adds: +3.11.");
    await page.getByRole("img", { name: "What #24 adds, over the picture" }).waitFor();
    await shows(page.getByTestId("cell"), /#24 speaks most for “0” \(\+3\.11\).*against/);
    const all = (await cells().allInnerTexts()).map(read);
    expect(all.reduce((sum, value) => sum + value, 0)).toBeCloseTo(3.11, 0);
    await page.mouse.move(0, 0);
  });

  it.runIf(everything)("asks what if: a channel off, a weight dragged by keys, and undone", async () => {
    const { page } = studio;
    await page.getByLabel("Channel 24", { exact: true }).uncheck();
    await shows(score(), /4\.71\s*was 7\.82/);
    await shows(score(), "With #24 off.");
    await shows(score(), "Ablation-CAM");
    expect(await page.evaluate(() => location.hash)).toContain("off=24");
    await page.keyboard.press("Control+z");
    await shows(score(), /before softmax\s+7\.82/);
    const slider = page.getByLabel("Importance of channel 24");
    await slider.focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
    await shows(score(), "With α of #24 changed.");
    const parts = (await rows().locator(".part").allInnerTexts()).map(read);
    const shown = Number((await score().locator(".value").innerText()).split(/\s/)[0]);
    const sum = parts.reduce((total, value) => total + value, -0.06);
    expect(Math.abs(shown - sum)).toBeLessThan(0.1);
    expect(shown).toBeGreaterThan(8);
    await page.getByRole("button", { name: "As it was" }).click();
    await shows(score(), /before softmax\s+7\.82/);
  });

  it.runIf(everything)(
    "changes only the weights with the rule, and follows a link to a rule at another layer",
    async () => {
      const { page } = studio;
      await page.getByRole("button", { name: "HiResCAM" }).click();
      await page.locator('[data-channel="24"] .weight .map').waitFor();
      // An average follows the layer: then the two are the same.
      await shows(page.getByTestId("adds-up"), /bias\s+−0\.06\s+y\s+7\.82/);
      await page.getByRole("button", { name: "Layer-CAM" }).click();
      await shows(score(), "its sum is not meant to be the score");
      await follow("&method=xgrad-cam&layer=stage2.1.relu&target=3", "y of 3");
      await shows(score(), "More layers follow this one");
      expect(await cells().count()).toBe(196);
      await follow("", /y of 0, before softmax\s+7\.82/);
    },
  );

  it.runIf(everything)("compares two classes: two bars in each row, and the difference of the scores", async () => {
    const { page } = studio;
    await page.getByLabel("Class to compare with").selectOption("6");
    await shows(score(), "y of 0 less y of 6");
    await shows(score(), "11.56");
    expect(await page.locator('[data-channel="24"] .bar i').count()).toBe(2);
    await page.getByRole("button", { name: "HiResCAM" }).click();
    await expect.poll(() => page.locator('[data-channel="24"] .bar i').count()).toBe(3);
    const row = page.locator('[data-channel="24"]');
    const [first = 0, second = 0, difference = 0] = (await row.locator(".weight .visually-hidden").innerText())
      .split(/ and |, difference /)
      .map(read);
    expect(Math.abs(first - second - difference)).toBeLessThan(0.011);
    expect(read(await row.locator(".part").innerText())).toBe(difference);
    await page.getByRole("button", { name: "Grad-CAM", exact: true }).click();
    await page.getByLabel("Class to compare with").selectOption("");
    await page.getByRole("group", { name: "Explained class" }).getByRole("button", { name: "9" }).click();
    await shows(score(), "y of 9, before softmax");
    await follow("", /y of 0, before softmax\s+7\.82/);
  });

  it.runIf(everything)("shows the steps of what was drawn", async () => {
    const { page } = studio;
    await page.getByRole("tab", { name: "See", exact: true }).click();
    await page.getByRole("button", { name: "Draw", exact: false }).first().click();
    const pane = page.locator(".pane");
    await pane.waitFor();
    const box = await pane.boundingBox();
    if (box === null) throw new Error("there is nothing to draw on");
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 4];
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let step = 1; step <= 8; step++) await page.mouse.move(x, y + (step * box.height) / 16);
    await page.mouse.up();
    await page.getByRole("button", { name: "How was this map made?" }).click();
    await shows(score(), "y of 1, before softmax");
    await page.getByRole("heading", { name: "Your drawing", exact: true }).waitFor();
    expect(await page.locator(".picture canvas.strokes").count()).toBe(2);
    await page.getByRole("button", { name: "Draw on" }).click();
    await page.locator("#tab-see[aria-selected=true]").waitFor();
    await follow("", /y of 0, before softmax\s+7\.82/);
  });

  it.runIf(everything)("tells it as a story, step by step", async () => {
    const { page } = studio;
    await page.getByRole("button", { name: "Story" }).click();
    const sentences: string[] = [];
    for (let i = 0; i < 5; i++) {
      sentences.push(await page.getByTestId("story").innerText());
      if (i < 4) await page.getByRole("button", { name: "Next" }).click();
    }
    expect(new Set(sentences).size).toBe(5);
    expect(sentences[3]).toContain("8 places of 49 end up against “0”");
    await page.getByRole("button", { name: "Show me the numbers" }).click();
    await page.getByTestId("adds-up").waitFor();
  });

  it.runIf(everything)("shows it as code, with the numbers of the moment", async () => {
    const { page } = studio;
    await page.getByRole("button", { name: "Code" }).click();
    await shows(page.getByRole("region", { name: "Program in TypeScript" }), "y before softmax: 7.8191");
    await shows(page.getByRole("region", { name: "Program in PyTorch" }), "#24 +0.0188");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy PyTorch" }).click();
    await page.getByText("PyTorch is copied.").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(
      "alpha = dA.mean(dim=(2, 3), keepdim=True)",
    );
    await page.getByRole("button", { name: "Numbers" }).click();
  });

  it.runIf(everything)("says why a method of masks has no such steps, and shows those of others", async () => {
    const { page } = studio;
    await page.evaluate(() => {
      location.hash = "sample=digits&tab=why&method=rise";
    });
    await shows(page.getByTestId("nothing"), "RISE makes its map in another way");
    await page.getByRole("button", { name: "Show the steps of Integrated gradients" }).click();
    await page.getByTestId("pixel-sum").waitFor();
    await page.getByLabel("Method", { exact: true }).selectOption("grad-cam");
    await page.getByTestId("sum").waitFor();
  });

  it.runIf(everything)(
    "says that a network of whole numbers has no gradient, and offers a method that needs none",
    async () => {
      const { page } = await studio.tests.open({ path: "?provider=wasm#tab=why", early: true });
      await page.getByTestId("sum").waitFor();
      const buffer = Buffer.from(writeModel(wholeNumbers()));
      const file = { name: "whole.onnx", mimeType: "application/octet-stream", buffer };
      await page.setInputFiles('input[aria-label="Open a model or images"]', file);
      await shows(page.getByTestId("nothing"), "No gradient, no steps");
      await page.getByRole("button", { name: "Look with Ablation-CAM" }).click();
      await page.locator("#tab-see[aria-selected=true]").waitFor();
      await page.context().close();
    },
  );

  it.runIf(everything)(
    "opens by a link with all that decides it, and steps only where motion is not wanted",
    async () => {
      const { page, errors } = await studio.tests.open({
        path: "?provider=wasm#tab=why&picture=3&target=5&off=1.2&order=channel&signed=true",
        early: true,
      });
      await page.emulateMedia({ reducedMotion: "reduce" });
      await page.getByTestId("sum").waitFor();
      await shows(page.getByTestId("score"), "y of 5");
      await shows(page.getByTestId("score"), "With #1, #2 off.");
      await page.getByRole("img", { name: "a drawn 3" }).waitFor();
      expect(await page.locator("[data-channel]").first().getAttribute("data-channel")).toBe("0");
      expect(await page.getByRole("switch", { name: "ReLU" }).isChecked()).toBe(false);
      expect(await page.getByRole("button", { name: "Play" }).count()).toBe(0);
      expect(errors).toEqual([]);
      await page.context().close();
    },
  );

  it.runIf(everything)("can be used by keyboard alone", async () => {
    const { page, errors } = await studio.tests.open({ path: "?provider=wasm#tab=why", early: true });
    await page.getByTestId("sum").waitFor();
    const label = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
    const tabTo = async (name: string | RegExp) => {
      for (let i = 0; i < 60 && !(await label()).match(name); i++) await page.keyboard.press("Tab");
      expect(await label()).toMatch(name);
    };
    await page.locator("#main").focus();
    await tabTo("Channel 24");
    await page.keyboard.press("ArrowDown");
    expect(await label()).toBe("Channel 12");
    await page.keyboard.press("Space");
    await shows(page.getByTestId("score"), "With #12 off.");
    await page.keyboard.press("ArrowDown");
    await tabTo("Importance of channel 20");
    await page.keyboard.press("ArrowRight");
    await shows(page.getByTestId("score"), "α of #20 changed");
    const role = () => page.evaluate(() => document.activeElement?.getAttribute("role"));
    for (let i = 0; i < 20 && (await role()) !== "gridcell"; i++) await page.keyboard.press("Tab");
    await shows(page.getByTestId("cell"), "Row 1, column 1");
    await page.keyboard.press("ArrowRight");
    await shows(page.getByTestId("cell"), "Row 1, column 2");
    await tabTo("Channels that are added");
    await page.keyboard.press("Home");
    await shows(page.getByTestId("joins"), "Nothing is added yet.");
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it("is printed on one page, and comes back as it was", async () => {
    const { page } = studio;
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("light");
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBe(1);
    await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
    await page.getByTestId("joins").waitFor();
  });

  const sights = [
    ["numbers", "light", 1440, false],
    ["numbers", "dark", 1440, false],
    ["numbers", "light", 1024, true],
    ["numbers", "dark", 390, false],
    ["story", "dark", 390, false],
    ["story", "light", 1440, true],
    ["code", "dark", 1024, false],
    ["code", "light", 390, false],
  ] as const;

  it.runIf(everything).each(sights)(
    "axe finds nothing in %s, %s, at %i pixels, in forced colours: %s",
    async (level, theme, width, forced) => {
      const { page } = await studio.tests.open({
        path: `?provider=wasm#tab=why&level=${level}&minus=${level === "numbers" ? 6 : ""}`,
        viewport: { width, height: 900 },
        theme,
        early: true,
      });
      if (forced) await page.emulateMedia({ forcedColors: "active" });
      await page.locator('[data-testid="cell"], [data-testid="story"], pre').first().waitFor();
      expect(await axeViolations(page, { forced })).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
      await page.context().close();
    },
  );

  it("writes nothing to the console that it should not", () => {
    expect(studio.errors).toEqual([]);
  });
});
