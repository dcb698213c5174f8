/** @file Repair in Audit: what a protocol says is what is shown, and what is no protocol is refused. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../src/explain/node.js";
import type { Protocol } from "../../src/improve/protocol/parse-protocol.js";
import { protocolAt } from "../../src/improve/protocol/protocol.js";
import { improvementOf } from "../../src/report/improvement/of-protocol.js";
import { proofTable, repairsTable, verificationTable } from "../../src/report/improvement/tables.js";
import type { PlainTable } from "../../src/report/plain-table.js";
import type { Resource } from "../../src/serve/studio/content.js";
import { serveStudio } from "../../src/serve/studio/server.js";
import { hasBrowser } from "../support/browser/browser.js";
import { studioForTests } from "../support/browser/studio.js";
import { composedProtocol } from "../support/protocols/composed-protocol.js";

const real = fileURLToPath(new URL("../fixtures/protocols/stamped-digits.json", import.meta.url));
const builtPage = fileURLToPath(new URL("../../dist/studio/", import.meta.url));
const json = (name: string, buffer: Buffer) => ({ name, mimeType: "application/json", buffer });
const written = (protocol: unknown) => Buffer.from(JSON.stringify(protocol));
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, " ");

/** The titles and the first lines of all cells. */
async function shownTable(page: Page, label: string): Promise<string[][]> {
  const rows = await page.getByRole("region", { name: label }).locator("tbody tr").all();
  return Promise.all(
    rows.map(async (row) => {
      const texts = await row.locator("th, td").allInnerTexts();
      return texts.map((text) => plain(text).split("\n")[0]?.trim() ?? "");
    }),
  );
}

function expectedTable(table: PlainTable | undefined): string[][] {
  return (table?.rows ?? []).map(({ title, mark, cells }) =>
    [mark === undefined ? title : `${title} ${mark}`, ...cells.map(({ text }) => text)].map(plain),
  );
}

describe.skipIf(!hasBrowser)("the studio's tab Improve", { timeout: 60_000 }, () => {
  const studio = studioForTests({ path: "?provider=wasm", early: true });
  const open = async (name: string, buffer: Buffer, subject: string) => {
    await studio.give(json(name, buffer));
    await studio.page.locator("main h2", { hasText: subject }).first().waitFor();
  };

  /** All that a protocol with all sections says, against what is there. */
  async function expectShown(protocol: Protocol): Promise<void> {
    const { page } = studio;
    const { hypotheses, repair, proof } = improvementOf(protocol);
    const steps = await page.getByRole("list", { name: "Steps" }).locator("> li").allInnerTexts();
    expect(steps.map((text) => text.split("\n")[0])).toEqual(["Discover", "Verify", "Repair", "Prove", "What next"]);
    const items = page.getByRole("list", { name: "Hypotheses" }).getByRole("listitem");
    for (const [i, { id, sentence, verdict }] of hypotheses.entries()) {
      const text = plain(await items.nth(i).innerText());
      expect(text).toMatch(new RegExp(`(^|\n)${id} ${verdict?.verified ? "verified" : "not verified"}\n`));
      expect(text).toContain(sentence.slice(1));
      expect(text).toContain(verdict?.reason.slice(1));
    }
    const placed = protocol.discovery?.hypotheses.filter(({ cue }) => cue.kind === "region").map(({ id }) => id) ?? [];
    const pictures = await page.getByRole("img", { name: /^Place of/ }).all();
    expect(await Promise.all(pictures.map((each) => each.getAttribute("aria-label")))).toEqual(
      placed.map((id) => `Place of ${id}`),
    );
    expect(await shownTable(page, "Verification")).toEqual(expectedTable(verificationTable(hypotheses)));
    expect(await shownTable(page, "Repairs that were tried")).toEqual(expectedTable(repair && repairsTable(repair)));
    expect(await shownTable(page, "The repair beside its controls")).toEqual(expectedTable(proof && proofTable(proof)));
    expect(plain(await page.getByLabel("Result").innerText())).toContain(proof?.sentence.slice(1));
    for (const [caption, count] of [
      [/donor’s class/, 2],
      [/on validation images$/, repair?.candidates.length],
      [/^Worst group on sealed images$/, 2 + (proof?.controls.length ?? 0)],
      [/^Accuracy of the worst group/, 3 + (proof?.controls.length ?? 0)],
    ] as const)
      expect(await page.getByRole("list", { name: caption }).getByRole("listitem").count()).toBe(count);
    const next = plain(await page.getByRole("list", { name: "What to do next" }).innerText());
    expect(next).toContain("fovea report model.onnx");
    expect(next).toContain("--exchange region-1.mask.png");
  }

  it("comes up with a protocol that is opened, and shows all that it says, as text", async () => {
    await open("better.onnx.improve.json", written(composedProtocol), "classic on stamps");
    await expect.poll(() => studio.page.locator("#audit-repair").getAttribute("aria-selected")).toBe("true");
    await expectShown(composedProtocol);
    const result = plain(await studio.page.getByLabel("Result").innerText());
    expect(result).toContain("22.5 % → 85.0 %");
    expect(result).toContain("accepted");
    await expect
      .poll(() => studio.page.getByText("energy could not be tried: there are no boxes about the objects").count())
      .toBe(1);
    await expect.poll(() => studio.page.locator("main li b", { hasText: "alone" }).count()).toBe(0);
    // 3 of 8 columns and 2 of 4 rows.
    const place = await studio.page.evaluate(() => {
      const box = document.querySelector<SVGPathElement>('svg[aria-label="Place of region-1"] path')?.getBBox();
      return box && [box.x, box.y, box.width, box.height];
    });
    expect(place).toEqual([0, 0, 3, 2]);
  });

  it("shows a protocol as far as it came", async () => {
    const { repair: _, proof: __, verification: ___, ...begun } = composedProtocol;
    await open("begun.json", written({ ...begun, subject: "begun on stamps" }), "begun on stamps");
    const steps = await studio.page.getByRole("list", { name: "Steps" }).innerText();
    expect(steps.match(/not done/g)).toHaveLength(3);
    const hypotheses = await studio.page.getByRole("list", { name: "Hypotheses" }).innerText();
    expect(hypotheses.match(/not tested/g)).toHaveLength(2);
    const next = await studio.page.getByRole("list", { name: "What to do next" }).innerText();
    expect(next).toContain("fovea improve model.onnx DATA --only verify --protocol begun.json");
    await expect.poll(() => studio.page.getByLabel("Result").count()).toBe(0);
    await expect.poll(() => studio.page.locator("table").count()).toBe(0);
  });

  it("says of a repair that was not accepted that no model is written", async () => {
    const proof = { ...composedProtocol.proof, accepted: false };
    await open("failed.json", written({ ...composedProtocol, subject: "failed on stamps", proof }), "failed on stamps");
    await expect
      .poll(() => studio.page.getByLabel("Result").innerText())
      .toContain("not accepted: no model is written");
    await expect
      .poll(() => studio.page.getByRole("list", { name: "Steps" }).innerText())
      .toContain("not proved: worst group");
  });

  it("shows the protocol of a real improvement", async () => {
    const protocol = await protocolAt(real);
    await open("stamped-digits.json", readFileSync(real), protocol.subject);
    await expectShown(protocol);
  });

  it("comes up with the protocol that fovea studio was given, beside a model, unless the address asks for another tab", async () => {
    const given = {
      ...{ images: [], protocol: { name: "given.improve.json", url: "/given/protocol" } },
      model: { name: "given.onnx", url: "/given/model", external: {} },
    };
    const resources = new Map<string, Resource>([
      ["/given.json", () => ({ type: "application/json", source: written(given) })],
      ["/given/protocol", () => ({ type: "application/json", source: written(composedProtocol) })],
      ["/given/model", () => ({ type: "application/octet-stream", source: embeddedModelPath })],
    ]);
    const server = await serveStudio({ page: builtPage, resources, port: 0 });
    const page = await studio.page.context().newPage();
    for (const [fragment, tab] of [
      ["", "audit"],
      ["#tab=draw", "see"],
    ]) {
      await page.goto("about:blank");
      await page.goto(`${server.address}${fragment}`);
      await page.locator("header", { hasText: "given.onnx" }).waitFor();
      await expect
        .poll(() => page.locator("header [role=tab][aria-selected=true]").getAttribute("id"))
        .toBe(`tab-${tab}`);
      await page.locator("#tab-audit").click();
      await page.locator("#audit-repair").click();
      await expect.poll(() => page.locator("main h2").first().innerText()).toContain("given.improve.json");
    }
    await page.close();
    await server.close();
  });

  it("refuses another file in one line, and keeps what is open", async () => {
    const { page } = studio;
    const before = await page.locator("main").innerText();
    await studio.give(json("package.json", Buffer.from(`{"version":"0.1.0"}`)));
    const notice = page.getByText(
      /^package\.json: got version "0\.1\.0"\. It should be a protocol of fovea improve, version 1\. Open/,
    );
    await notice.waitFor();
    await expect.poll(() => page.locator("main").innerText()).toBe(before);
    expect(studio.errors).toEqual([]);
  });
});
