/** @file A build of the page that may ask the hub, against a stand-in for it; and that no other build may. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hubFrom } from "../../web/build/hub-build.js";
import { axeViolations } from "../support/browser/axe.js";
import { StudioTests, shows } from "../support/browser/studio.js";
import { repository } from "../support/hub/repository.js";
import { type HubStandIn, startHub } from "../support/hub/stand-in.js";
import { twoConvolutions } from "../support/models/two-convolutions.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pets = {
  "onnx/model.onnx": twoConvolutions({ classes: ["cat", "dog", "owl"], last: "last", isBare: true }),
  "config.json": JSON.stringify({ id2label: { 0: "cat", 1: "dog", 2: "owl" } }),
  "preprocessor_config.json": JSON.stringify({ size: 16, image_mean: [0.4, 0.4, 0.4], image_std: [1, 1, 1] }),
};

const folder = mkdtempSync(join(tmpdir(), "fovea-hub-build-"));
let hub: HubStandIn;
let tests: StudioTests;
beforeAll(async () => {
  hub = await startHub({ "ada/pets": repository(pets), "ada/gated": repository(pets, "gated") });
  execFileSync("npx", ["vite", "build", "--config", "vite.config.ts", "--logLevel", "error"], {
    cwd: join(root, "web"),
    env: { ...process.env, FOVEA_HUB: `${hub.url} ${hub.store}`, FOVEA_STUDIO_DIR: folder },
  });
  tests = await StudioTests.start({ folder });
}, 120_000);
afterAll(async () => {
  await tests?.close();
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

const fieldOf = (page: Page) => page.getByRole("textbox", { name: "Model of the Hugging Face hub" });

/** Names a model in the field, which stays where it cannot be opened. */
async function ask(page: Page, name: string): Promise<void> {
  const chip = page.locator("button", { has: page.getByTestId("model") });
  // The field comes a moment after its panel.
  if ((await chip.getAttribute("aria-expanded")) !== "true") await chip.click();
  await fieldOf(page).fill(name);
  await fieldOf(page).press("Enter");
}

async function open(page: Page, name: string): Promise<void> {
  await ask(page, name);
  await fieldOf(page).waitFor({ state: "hidden" });
  await shows(page.getByTestId("model"), "pets.onnx");
}

describe("a build that was asked for it", () => {
  it("opens a model of the hub with its class names and preprocessing, and the second time asks for the revision alone", async () => {
    const { page } = await tests.open();
    await page.getByTestId("model").click();
    await fieldOf(page).waitFor();
    expect(await axeViolations(page, { within: "header" })).toEqual([]);
    await open(page, "hf:ada/pets");
    await shows(page.getByTestId("classes"), /owl[\s\S]*dog[\s\S]*cat/);
    await page.getByTestId("model").click();
    await shows(page.locator("dl"), "16×16, colour; from preprocessor_config.json");
    expect(hub.asked().filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    await open(page, "ada/pets");
    expect(hub.asked().map(({ path }) => path.replace(/\?.*/, ""))).toEqual(["/api/models/ada/pets/revision/main"]);
    hub.troubles.status = 503;
    await open(page, "hf:ada/pets");
    delete hub.troubles.status;
    await shows(page.locator("body"), "does not answer: what was kept of ada/pets is taken");
    await page.context().close();
  });

  it("says in a sentence what is wrong, and goes on", async () => {
    const { page } = await tests.open();
    for (const [name, sentence] of [
      ["ada/gated", "ada/gated is a gated one. It should be a model that may be read. Ask for access at"],
      ["ada/none", "is missing. Look at its spelling; if it is private, open it with fovea studio"],
      ["ada/../none", 'hf:ada/../none: got "ada/../none". It should be hf:owner/name'],
    ] as const) {
      await ask(page, name);
      await shows(page.locator("body"), sentence);
    }
    await page.context().close();
  });

  it("notices bytes that are not the published ones, and keeps nothing of them", async () => {
    const { page } = await tests.open();
    hub.troubles.wrong = (bytes) => Buffer.from(bytes.map((byte) => byte ^ 1));
    await ask(page, "ada/pets");
    await shows(page.locator("body"), "onnx/model.onnx as it was published");
    delete hub.troubles.wrong;
    await open(page, "ada/pets");
    await page.context().close();
  });

  it("holds nothing of others that the notices do not name", () => {
    const notices = readFileSync(join(root, "THIRD-PARTY-NOTICES.md"), "utf8");
    const named = new Set([...notices.matchAll(/^## (\S+) \d\S*$/gm)].map(([, name]) => name));
    const held: { readonly name: string }[] = JSON.parse(readFileSync(join(folder, "third-party.json"), "utf8"));
    expect(held.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([]);
    expect(held.map(({ name }) => name)).toContain("@huggingface/hub");
  });

  it("says in its policy whom it may ask", () => {
    const allowed = `connect-src 'self' blob: data: ${hub.url} ${hub.store};`;
    expect(readFileSync(join(folder, "index.html"), "utf8")).toContain(allowed);
    expect(readFileSync(join(folder, "_headers"), "utf8")).toContain(allowed);
    expect(readFileSync(join(folder, "how.html"), "utf8")).toContain("connect-src 'self' blob: data:;");
  });
});

it("a build is asked for with 1, or with origins of https", () => {
  expect(hubFrom(undefined)).toBeUndefined();
  expect(hubFrom("0")).toBeUndefined();
  expect(hubFrom("1")?.endpoint).toBe("https://huggingface.co");
  expect(hubFrom("https://hf-mirror.com https://*.hf-mirror.com")).toEqual({
    endpoint: "https://hf-mirror.com",
    hosts: ["https://hf-mirror.com", "https://*.hf-mirror.com"],
  });
  for (const text of ["yes", "http://mirror.lan", "https://a.b/c", "* https://a.b", "https://a.b;script-src"])
    expect(() => hubFrom(text)).toThrow("FOVEA_HUB: ");
});

it("no other build has the field, or may ask anybody", () => {
  const built = join(root, "dist/studio");
  for (const file of ["index.html", "_headers"])
    expect(readFileSync(join(built, file), "utf8")).toContain("connect-src 'self' blob: data:;");
  for (const file of readdirSync(join(built, "assets")).filter((name) => name.endsWith(".js")))
    expect(readFileSync(join(built, "assets", file), "utf8")).not.toMatch(/Hugging Face hub|\/api\/models/);
});
