/** @file Runs `fovea report`, and writes a small table of its figures: into the run's summary, and for the comment. */

import { spawnSync } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { MODELS = "", DATA = "", OPTIONS = "", MINIMUM = "0", NAME = "audit", RUNNER_TEMP = "." } = process.env;
const lines = (text) => text.split("\n").flatMap((line) => line.trim() || []);
/** `--labels my names.txt` is an option and its value. */
const options = lines(OPTIONS).flatMap((line) => /^(\S+)(?:\s+(.*))?$/.exec(line)?.slice(1).filter(Boolean) ?? []);
const report = join(RUNNER_TEMP, `fovea-${NAME}.html`);
const fovea = join(RUNNER_TEMP, "fovea/node_modules/fovea/dist/command/main.js");

const args = ["report", "--json", `--out=${report}`, ...options, "--", ...lines(MODELS), DATA];
const { status, stdout } = spawnSync(process.execPath, [fovea, ...args], {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"],
  maxBuffer: 2 ** 28,
});
// With 1 some images could not be read; what was wrong with them is in the log.
if (status !== 0 && status !== 1) process.exit(status ?? 1);

const { models } = JSON.parse(stdout);
const percent = (share) => `${(100 * share).toFixed(1)} %`;
/** Names come from the pull request, and are no place for markup. */
const plain = (text) => text.replaceAll(/[^\p{L}\p{N} ._-]/gu, "");
const rows = [
  ["accuracy", ({ accuracy: { value, low, high } }) => `${percent(value)} (${percent(low)} to ${percent(high)})`],
  ["mean F1", ({ macro }) => macro.f1.toFixed(3)],
  ["calibration error", ({ calibration }) => percent(calibration.expectedCalibrationError)],
  ["wrong", ({ count, correct }) => `${count - correct} of ${count} images`],
];
const row = (...cells) => `| ${cells.join(" | ")} |`;
const table = [
  row("", ...models.map(({ model }) => plain(model))),
  row("---", ...models.map(() => "---")),
  ...rows.map(([name, cell]) => row(name, ...models.map(({ evaluation }) => cell(evaluation)))),
  row("labels to look at", ...models.map(({ doubtfulLabels = [] }) => doubtfulLabels.length)),
];
const [{ evaluation }] = models;
const passed = evaluation.accuracy.value >= Number(MINIMUM);
const verdict = passed ? [] : [`**The accuracy is below the minimum of ${percent(Number(MINIMUM))}.**\n`];
const summary = join(RUNNER_TEMP, `fovea-${NAME}.md`);
const text = [`### Fovea: ${plain(NAME)}\n`, ...verdict, ...table, ""].join("\n");
writeFileSync(summary, text);
appendFileSync(process.env.GITHUB_STEP_SUMMARY ?? "/dev/null", text);
const outputs = { accuracy: evaluation.accuracy.value, passed, report, summary };
const told = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`);
appendFileSync(process.env.GITHUB_OUTPUT ?? "/dev/null", told.join(""));
