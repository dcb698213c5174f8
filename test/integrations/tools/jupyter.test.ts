/** @file The widget of examples/jupyter in a real kernel, and in JupyterLab in a browser. */

import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openBrowser, type TestBrowser } from "../../support/browser/browser.js";
import { environment, interpreter, missing, named, root, runPython } from "../python.js";
import { drawPhotos, writeSubject } from "../subject.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-jupyter-"));
const noKernel = missing("anywidget", "ipykernel", "nbclient");
const noPage = hasBrowser ? missing("anywidget", "ipykernel", "jupyterlab") : "browser on this platform";

/** The map of the photo, as the command writes it. */
let expected: { label: string; values: number[]; box: object };

beforeAll(async () => {
  const [photo = ""] = await drawPhotos(folder, 1);
  renameSync(photo, join(folder, "photo.png"));
  writeSubject(folder);
  for (const name of ["fovea_widget.py", "heatmap.ipynb"])
    copyFileSync(join(root, "examples/jupyter", name), join(folder, name));
  // As README.md says, by the library of that command.
  await build({
    entryPoints: [join(root, "dist/heatmap/fovea-heatmap.js")],
    outfile: join(folder, "fovea-heatmap.js"),
    bundle: true,
    format: "esm",
    minify: true,
  });
  writeFileSync(join(folder, "map.py"), mapScript);
  await runPython(join(folder, "map.py"), [], folder);
  [expected] = JSON.parse(readFileSync(join(folder, "map.json"), "utf8")).maps;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mapScript = `import subprocess
subprocess.run(["fovea", "explain", "model.onnx", "photo.png", "--raw", "--out", "map.npy"], check=True)`;

it.skipIf(noKernel)(named("the notebook runs in a kernel, and its widget holds the map", noKernel), async () => {
  const script = join(root, "test/integrations/tools/run_notebook.py");
  await runPython(script, ["heatmap.ipynb", "done.ipynb"], folder);
  const { cells, metadata } = JSON.parse(readFileSync(join(folder, "done.ipynb"), "utf8"));
  const view = cells[1].outputs.at(-1).data["application/vnd.jupyter.widget-view+json"];
  const { state } = metadata.widgets["application/vnd.jupyter.widget-state+json"].state[view.model_id];
  expect(state.map).toEqual(expected);
  expect(expected.box).toBeDefined();
  expect(state.src).toMatch(/^data:image\/png;base64,/);
  expect(cells[2].outputs[0].data["text/plain"].join("")).toBe(`('${expected.label}', 3, 3)`);
});

describe.skipIf(noPage)(named("in JupyterLab", noPage), () => {
  let [browser, server]: [TestBrowser | undefined, ChildProcess | undefined] = [undefined, undefined];
  let page: Page;

  beforeAll(async () => {
    const port = await freePort();
    server = spawn(
      interpreter,
      [
        ...["-m", "jupyterlab", "--no-browser", "--allow-root", `--port=${port}`, "--ServerApp.ip=127.0.0.1"],
        ...["--IdentityProvider.token=for-this-test", `--ServerApp.root_dir=${folder}`],
      ],
      { cwd: folder, env: { ...environment(), JUPYTER_CONFIG_DIR: folder }, stdio: "ignore" },
    );
    const address = `http://127.0.0.1:${port}`;
    await answer(`${address}/api?token=for-this-test`);
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(`${address}/lab/tree/heatmap.ipynb?token=for-this-test`);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    server?.kill();
  });

  it("the widget shows the photo with its map, and tells the kernel its peak", async () => {
    const heatmap = page.locator("fovea-heatmap");
    await page.getByText("| Idle").waitFor({ timeout: 120_000 });
    await expect
      .poll(() => runAll(page, heatmap), { timeout: 240_000, message: "no widget after the notebook ran" })
      .toBe(true);
    const shown = () =>
      heatmap.evaluate((element) => {
        const { map } = element as HTMLElement & { map: { values: ArrayLike<number> } };
        const canvas = element.shadowRoot?.querySelector("canvas");
        return { values: Array.from(map.values), width: canvas?.clientWidth ?? 0 };
      });
    await expect.poll(async () => (await shown()).width).toBeGreaterThan(20);
    expect((await shown()).values).toEqual(expected.values);
    // The kernel hears of it a moment later.
    const peak = Math.max(...expected.values);
    await expect.poll(() => askPeak(page), { timeout: 120_000 }).toBeCloseTo(peak, 5);
    const { FOVEA_SHOTS } = process.env;
    if (FOVEA_SHOTS) await page.screenshot({ path: join(FOVEA_SHOTS, "jupyter.png") });
  });
});

/** Runs all cells of the notebook, and waits some seconds for the widget; a kernel that connects anew loses what it was asked. */
async function runAll(page: Page, widget: Locator): Promise<boolean> {
  // Asked before its session is there, the page wants to know which kernel to take.
  const select = page.getByRole("button", { name: "Select", exact: true });
  if (await select.isVisible()) await select.click();
  await page.getByRole("menuitem", { name: "Run", exact: true }).click();
  await page.getByText("Run All Cells", { exact: true }).click();
  return widget.waitFor({ timeout: 20_000 }).then(
    () => true,
    () => false,
  );
}

/** Runs the last cell, which prints the peak that the page told the kernel; NaN where nothing is printed yet. */
async function askPeak(page: Page): Promise<number> {
  const cell = page.locator(".jp-CodeCell").last();
  await cell.locator(".cm-content").click();
  await page.keyboard.press("Control+Enter");
  await sleep(1000);
  const output = cell.locator(".jp-OutputArea-output").last();
  return (await output.isVisible()) ? Number(await output.innerText()) : Number.NaN;
}

/** A port that nobody listens at. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Waits until an address answers. */
async function answer(address: string): Promise<void> {
  for (;;) {
    const response = await fetch(address).catch(() => undefined);
    if (response?.ok) return;
    await sleep(500);
  }
}
