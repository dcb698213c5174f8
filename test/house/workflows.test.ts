/** @file The workflows can be read, and name scripts and files that are there. They are not run here. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { root } from "./imports.js";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly needs?: string;
  readonly "runs-on": string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: object };
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: object;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(root, ".github/workflows");
const workflows: readonly (readonly [string, Workflow])[] = readdirSync(folder).map((name) => [
  name,
  parse(readFileSync(join(folder, name), "utf8")),
]);
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const builtins = ["npm ci", "npm pack", "npm publish", "npm test"];

/** Scripts of npm that a command runs and that package.json does not have. */
const lostScripts = (command: string) =>
  Array.from(command.matchAll(/npm run (?:-s )?([\w:-]+)/g), ([, name = ""]) => name).filter(
    (name) => !Object.hasOwn(manifest.scripts, name),
  );

/** Files of the repository that a command names and that are not there; what is built is none. */
const lostFiles = (command: string) =>
  Array.from(
    command.matchAll(/(?<![\w./-])((?:build|bench|test|src|docs|web|examples)\/[\w./-]+)/g),
    ([, path = ""]) => path,
  ).filter((path) => !existsSync(join(root, path)));

describe("the workflows", () => {
  it("are those for tests, releases and pages", () => {
    expect(workflows.map(([name]) => name).sort()).toEqual(["pages.yml", "release.yml", "test.yml"]);
  });

  it.each(workflows)("%s has jobs that may do little, in an order that exists, with pinned actions", (_, workflow) => {
    expect(workflow.on).toBeTypeOf("object");
    // Whoever needs more says so in its job.
    expect(workflow.permissions).toEqual({ contents: "read" });
    for (const { needs, steps, ...job } of Object.values(workflow.jobs)) {
      expect(job["runs-on"]).toMatch(/^(ubuntu-latest|\$\{\{ matrix\.os \}\})$/);
      if (needs !== undefined) expect(Object.keys(workflow.jobs)).toContain(needs);
      for (const { uses, run } of steps) {
        expect([uses, run].filter((each) => each !== undefined)).toHaveLength(1);
        if (uses !== undefined) expect(uses).toMatch(/^actions\/[\w-]+@v\d+$/);
      }
    }
  });

  it.each(workflows)("%s names scripts and files that are there", (_, { jobs }) => {
    const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run = [] }) => run));
    expect(commands.length).toBeGreaterThan(3);
    expect(commands.flatMap(lostScripts)).toEqual([]);
    expect(commands.flatMap(lostFiles)).toEqual([]);
    const other = commands.filter((command) => command.startsWith("npm ") && !/^npm run /.test(command));
    expect(other.filter((command) => !builtins.some((known) => command.startsWith(known)))).toEqual([]);
  });

  it("test on three systems with three versions of Node, of which the first is the oldest that is supported", () => {
    const test = workflows.find(([name]) => name === "test.yml")?.[1].jobs.test;
    expect(test?.strategy?.matrix).toEqual({
      os: ["ubuntu-latest", "macos-latest", "windows-latest"],
      node: [20, 22, 24],
    });
    expect(manifest.engines.node).toBe(">=20.19");
  });

  it("publish with provenance and without a token", () => {
    const text = readFileSync(join(folder, "release.yml"), "utf8");
    expect(text).toMatch(/npm publish .*--provenance/);
    expect(text).toContain("id-token: write");
    expect(text).not.toMatch(/NODE_AUTH_TOKEN|NPM_TOKEN/);
  });

  it("are checked for scripts and files that are not there", () => {
    expect(lostScripts("npm run -s nothing && npm run build")).toEqual(["nothing"]);
    expect(lostFiles("node build/nothing.mjs build/command.mjs")).toEqual(["build/nothing.mjs"]);
  });
});
