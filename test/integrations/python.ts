/** @file The interpreter that `FOVEA_PYTHON` names, what is installed there, and programs run with it beside the command `fovea`. */

import { execFile, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The repository. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

const { FOVEA_PYTHON = "python3", PATH = "" } = process.env;

/** The program. */
export const interpreter = FOVEA_PYTHON;

/** Which of these modules cannot be imported, as words for a test's name; empty where all can. */
export function missing(...modules: string[]): string {
  const code = "import importlib.util, sys\nprint(*[m for m in sys.argv[1:] if not importlib.util.find_spec(m)])";
  const { status, stdout, error } = spawnSync(FOVEA_PYTHON, ["-c", code, ...modules], { encoding: "utf8" });
  if (status !== 0) throw new Error(`FOVEA_PYTHON: expected Python 3, got ${FOVEA_PYTHON}: ${error ?? "it fails"}`);
  return stdout.trim();
}

/** The name of a test, with what it lacks. */
export const named = (name: string, lacks: string) => (lacks === "" ? name : `${name} (not run: no ${lacks})`);

/** The variables of a process that finds this checkout's `fovea`, and the programs beside the interpreter. */
export function environment(): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), "fovea-command-"));
  const command = join(folder, "fovea");
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${join(root, "dist/command/main.js")}" "$@"\n`);
  chmodSync(command, 0o755);
  const paths = [folder, ...(FOVEA_PYTHON.includes("/") ? [dirname(FOVEA_PYTHON)] : []), PATH];
  return { ...process.env, PATH: paths.join(delimiter), PYTHONDONTWRITEBYTECODE: "1", TF_CPP_MIN_LOG_LEVEL: "3" };
}

/** Runs a Python file in a folder; what it printed. Fails with all of it where the program does. */
export async function runPython(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(FOVEA_PYTHON, [file, ...args], {
    cwd,
    env: { ...environment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [printed, complaints] = ["", ""];
  child.stdout.on("data", (data) => (printed += data));
  child.stderr.on("data", (data) => (complaints += data));
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`${file}: exit code ${code}\n${printed}\n${complaints.slice(-4000)}`);
  return printed;
}

/** Runs this checkout's `fovea` in a folder; what it printed. */
export async function runFovea(args: readonly string[], cwd: string): Promise<string> {
  const run = promisify(execFile);
  return (await run(process.execPath, [join(root, "dist/command/main.js"), ...args], { cwd })).stdout;
}
