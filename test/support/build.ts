/**
 * @file Compiles the sources and builds the studio and the element once, for the suites that use them: the command line is tested as it is installed,
 * and starts twice as fast.
 */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { hasBrowser } from "./browser/browser.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Names the process in which all is built: several suites ask for it. */
const builtVariable = "FOVEA_TEST_BUILT";

export default function build(): void {
  if (process.env[builtVariable] === `${process.pid}`) return;
  // `npm test` has just done it, to check types.
  if (process.env.npm_lifecycle_event !== "test") {
    runScript("node_modules/typescript/bin/tsc", [], root);
    runScript("build/command.mjs", [], root);
  }
  for (const config of hasBrowser ? ["vite.config.ts", "element.config.ts"] : [])
    runScript("node_modules/vite/bin/vite.js", ["build", "--config", config, "--logLevel", "error"], `${root}web`);
  process.env[builtVariable] = `${process.pid}`;
}

function runScript(script: string, args: readonly string[], folder: string): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [root + script, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${script}: ${stdout}${stderr}`);
}
