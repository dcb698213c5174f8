/** @file Installs what the engines need: packages of Debian, and a Python environment with pinned versions. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { say } from "./outcome.js";
import { run } from "./processes.js";
import { deploy } from "./subject.js";

/** Whether the machine has Slurm's daemons now. */
export async function installSlurm(): Promise<boolean> {
  const there = () => ["slurmctld", "slurmd", "munged"].every((name) => existsSync(`/usr/sbin/${name}`));
  if (there()) return true;
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  say("installing slurm-wlm and munge ...");
  await run(["apt-get", "update", "-qq"]);
  await run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "slurm-wlm", "munge"], {
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
  return there();
}

/** An interpreter with Ray, onnxruntime and Arrow: that of `FOVEA_PYTHON`, or of an environment that is made in the folder. */
export async function installPython(folder: string): Promise<string> {
  const { FOVEA_PYTHON } = process.env;
  if (FOVEA_PYTHON) return FOVEA_PYTHON;
  say("installing Ray, onnxruntime and Arrow ...");
  await run(["python3", "-m", "venv", folder]);
  const python = join(folder, "bin/python");
  await run([python, "-m", "pip", "install", "--quiet", "-r", join(deploy, "requirements.txt")]);
  return python;
}
