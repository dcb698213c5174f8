/**
 * @file Compiles the sources and builds the studio once before all tests: the command line is tested as it is installed, and starts
 * twice as fast. Unpacks the browser, too, where that was never done.
 */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { browserPath, hasBrowser } from "../browser/browser.js";

export default async function build(): Promise<void> {
  const root = fileURLToPath(new URL("../../../../", import.meta.url));
  const tsc = fileURLToPath(new URL("../../../../node_modules/typescript/bin/tsc", import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [tsc], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`tsc: ${stdout}`);
  if (!hasBrowser) return;
  const vite = fileURLToPath(new URL("../../../../node_modules/vite/bin/vite.js", import.meta.url));
  const built = spawnSync(process.execPath, [vite, "build", "--logLevel", "error"], {
    cwd: `${root}web`,
    encoding: "utf8",
  });
  if (built.status !== 0) throw new Error(`vite: ${built.stderr}`);
  await browserPath();
}
