/** @file The action for GitHub: its steps are run as a runner runs them, against a stand-in of GitHub's API on this machine. */

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { digitFiles, writeFiles } from "../support/images/digit-folder.js";
import { root } from "./app.js";

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

const folder = join(root, "examples/github-action");
const action: {
  inputs: Record<string, { default?: string; required?: boolean }>;
  runs: { using: string; steps: Step[] };
} = parse(readFileSync(join(folder, "action.yml"), "utf8"));
const work = mkdtempSync(join(tmpdir(), "fovea-action-"));
afterAll(() => rmSync(work, { recursive: true }));

const program = join(work, "fovea/node_modules/fovea/dist/command/main.js");
const real = `await import(${JSON.stringify(join(root, "dist/command/main.js"))});`;
/** Prints figures as the program does, without a report: one real run tells whether they are read right. */
const standIn = `
  const models = process.argv.filter((name) => name.endsWith(".onnx")).map((model) => ({ model, evaluation: {
    accuracy: { value: 0.95, low: 0.9, high: 0.98 }, macro: { f1: 0.94 }, calibration: { expectedCalibrationError: 0.02 },
    count: 100, correct: 95 } }));
  console.error(process.argv.slice(2).join(" "));
  console.log(JSON.stringify({ models }));`;

interface Comment {
  readonly id: number;
  body: string;
}

/** Comments of the pull request, and the requests that came. */
let comments: Comment[] = [];
let requests: string[] = [];
let refuses = false;

async function answer(request: IncomingMessage): Promise<[number, unknown]> {
  const { method = "", url = "", headers } = request;
  requests.push(`${method} ${url}`);
  if (headers.authorization !== "Bearer secret") return [401, {}];
  if (refuses && method !== "GET") return [403, {}];
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const [, id] = /^\/repos\/me\/it\/issues\/comments\/(\d+)$/.exec(pathname) ?? [];
  if (method === "PATCH" && id !== undefined) {
    const comment = comments.find((each) => each.id === Number(id));
    return comment ? [200, Object.assign(comment, await json(request))] : [404, {}];
  }
  if (pathname !== "/repos/me/it/issues/7/comments") return [404, {}];
  const [size, page] = [Number(searchParams.get("per_page")), Number(searchParams.get("page"))];
  if (method === "GET") return [200, comments.slice((page - 1) * size, page * size)];
  comments.push(Object.assign({ id: comments.length + 1 }, (await json(request)) as { body: string }));
  return [201, comments.at(-1)];
}

const server = createServer(async (request, response) => {
  const [status, body] = await answer(request);
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
});
let api: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  api = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  writeFiles(join(work, "digits"), await digitFiles(30));
  cpSync(join(root, "models/mnist.onnx"), join(work, "model.onnx"));
  // In the place of the step that installs.
  mkdirSync(dirname(program), { recursive: true });
});
afterAll(() => void server.close());
beforeEach(() => {
  [comments, requests, refuses] = [[], [], false];
  writeFileSync(program, standIn);
});

/** Runs the steps with a script of the action in order, each with the outputs of those before, as far as all end well. */
async function run(inputs: Record<string, string>, event: object = { pull_request: { number: 7 } }) {
  writeFileSync(join(work, "event.json"), JSON.stringify(event));
  writeFileSync(join(work, "step-summary.md"), "");
  const outputs: Record<string, Record<string, string>> = {
    artifact: { "artifact-url": "https://github.test/artifact/1" },
  };
  const given = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? ""]);
  const context = { ...Object.fromEntries(given), token: "secret", ...inputs };
  let [code, log] = [0, ""];
  for (const step of action.runs.steps) {
    if (step.run === undefined || step.run.startsWith("npm install")) continue;
    const variables = Object.entries(step.env ?? {}).map(([name, text]) => [name, filled(text, context, outputs)]);
    writeFileSync(join(work, "output"), "");
    const ran = await shell(step.run, Object.fromEntries(variables));
    log += ran.log;
    const lines = readFileSync(join(work, "output"), "utf8").split("\n").filter(Boolean);
    if (step.id) outputs[step.id] = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
    code = ran.code;
    if (code !== 0) break;
  }
  return { code, log, outputs, summary: readFileSync(join(work, "step-summary.md"), "utf8") };
}

function filled(text: string, inputs: Record<string, string>, outputs: Record<string, Record<string, string>>): string {
  return text.replaceAll(/\$\{\{ (.+?) \}\}/g, (_, name: string) => {
    const [kind, key = "", , output = ""] = name.split(".");
    if (kind === "inputs") return inputs[key] ?? "";
    if (kind === "steps") return outputs[key]?.[output] ?? "";
    if (name === "github.action_path") return folder;
    throw new Error(`expected an expression that a runner knows, got ${name}`);
  });
}

function shell(script: string, env: Record<string, string>): Promise<{ code: number; log: string }> {
  const runner = {
    RUNNER_TEMP: work,
    GITHUB_API_URL: api,
    GITHUB_REPOSITORY: "me/it",
    GITHUB_EVENT_PATH: join(work, "event.json"),
    GITHUB_OUTPUT: join(work, "output"),
    GITHUB_STEP_SUMMARY: join(work, "step-summary.md"),
  };
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    cwd: work,
    env: { ...process.env, ...runner, ...env },
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (log += text));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code: code ?? 1, log })));
}

const inputs = { models: "model.onnx", data: "digits" };

describe("examples/github-action", { timeout: 120_000 }, () => {
  it("comments with a table, changes that comment on the next run, and keeps the report", async () => {
    // Others have said a lot: the comment is on the second page.
    comments = Array.from({ length: 120 }, (_, i) => ({ id: i + 1, body: "a remark <!-- fovea: audit -->" }));
    writeFileSync(program, real);
    const first = await run(inputs);
    expect(first.code, first.log).toBe(0);
    expect(comments).toHaveLength(121);
    const { body = "" } = comments.at(-1) ?? {};
    expect(body.split("\n").slice(0, 6)).toEqual([
      "<!-- fovea: audit -->",
      "### Fovea: audit",
      "",
      "|  | model |",
      "| --- | --- |",
      expect.stringMatching(/^\| accuracy \| (100\.0|9\d\.\d) % \(\d+\.\d % to \d+\.\d %\) \|$/),
    ]);
    expect(body).toContain("[The report](https://github.test/artifact/1)");
    expect(body.length).toBeLessThan(600);
    expect(body).toContain(first.summary);
    const report = readFileSync(first.outputs.audit?.report ?? "", "utf8");
    expect(report).toMatch(/^<!doctype html>/i);
    requests = [];
    writeFileSync(program, standIn);
    expect((await run(inputs)).code).toBe(0);
    expect(comments).toHaveLength(121);
    expect(comments.at(-1)?.body).toContain("95.0 % (90.0 % to 98.0 %)");
    expect(requests.map((each) => each.split(" ")[0])).toEqual(["GET", "GET", "PATCH"]);
  });

  it("compares models side by side, and fails below the minimum, after it has commented", async () => {
    const { code, log } = await run({
      ...inputs,
      models: "model.onnx\n model.onnx",
      "minimum-accuracy": "1.01",
      options: "--errors 3\n--title A report",
    });
    expect(code).toBe(1);
    expect(log).toContain("::error::the accuracy is below the minimum");
    expect(log).toContain(" --errors 3 --title A report -- model.onnx model.onnx digits");
    expect(comments[0]?.body).toContain("**The accuracy is below the minimum of 101.0 %.**");
    expect(comments[0]?.body).toContain("| --- | --- | --- |");
  });

  it("writes the table into the run's summary where it may not comment, and where there is no pull request", async () => {
    refuses = true;
    const forked = await run(inputs);
    expect(forked).toMatchObject({
      code: 0,
      summary: expect.stringContaining("accuracy"),
      log: expect.stringContaining("::warning::"),
    });
    requests = [];
    expect(await run(inputs, {})).toMatchObject({ code: 0, summary: expect.stringContaining("accuracy") });
    expect(requests).toEqual([]);
  });

  it("fails with what the command says where it cannot measure", async () => {
    writeFileSync(program, real);
    const { code, log } = await run({ ...inputs, data: "nothing" });
    expect(code).toBe(2);
    expect(log).toMatch(/fovea: .*nothing.*expected/);
    expect(requests).toEqual([]);
  });

  it("gives no input to a shell but as a variable, and tells of all inputs", () => {
    for (const { run = "" } of action.runs.steps) expect(run).not.toContain("${{");
    const page = readFileSync(join(folder, "README.md"), "utf8");
    for (const name of Object.keys(action.inputs)) expect(page).toContain(`| \`${name}\` |`);
  });

  it("is used by a workflow with inputs that it has", () => {
    const { jobs } = parse(readFileSync(join(folder, "audit.yml"), "utf8"));
    const step = jobs.audit.steps.find(({ uses }: Step) => uses?.includes("examples/github-action"));
    for (const name of Object.keys(step.with)) expect(action.inputs).toHaveProperty(name);
    const required = Object.entries(action.inputs).flatMap(([name, input]) => (input.required ? [name] : []));
    expect(Object.keys(step.with)).toEqual(expect.arrayContaining(required));
  });
});
