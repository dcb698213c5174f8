/** @file The skill for agents: its manifest has the open format, and its commands do what they say. */

import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { digitFiles, writeFiles } from "../support/images/digit-folder.js";
import { addShapes, copyOf, root, runNode } from "./app.js";

const skill = join(root, "skills/fovea");
const page = readFileSync(join(skill, "SKILL.md"), "utf8");
const [, front = "", body = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(page) ?? [];
const manifest = parse(front);

describe("skills/fovea", { timeout: 120_000 }, () => {
  it("has a manifest as agentskills.io describes it", () => {
    expect(manifest.name).toBe(basename(skill));
    expect(manifest.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(manifest.description.length).toBeGreaterThan(50);
    expect(manifest.description.length).toBeLessThanOrEqual(1024);
    expect(manifest.compatibility.length).toBeLessThanOrEqual(500);
    const known = ["name", "description", "license", "compatibility", "metadata", "allowed-tools"];
    expect(Object.keys(manifest).filter((field) => !known.includes(field))).toEqual([]);
    expect(body.split("\n").length).toBeLessThan(500);
  });

  it("names scripts and pages that are there", () => {
    const names = [...body.matchAll(/\b((?:scripts|references)\/[\w./-]+)/g)].map(([, name = ""]) =>
      name.replace(/\.$/, ""),
    );
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(existsSync(join(skill, name)), name).toBe(true);
  });

  it("has commands that run as they stand, and whose JSON is short", async () => {
    const folder = copyOf("node");
    const [shown] = await addShapes(folder, ["image.jpg"]);
    writeFiles(join(folder, "digits"), await digitFiles(20));
    const commands = [...body.matchAll(/`node (scripts\/\S+ (\w+) [^`]*)`/g)];
    expect(commands.map(([, , name]) => name)).toEqual(["inspect", "explain", "explain", "evaluate", "report"]);
    for (const [, text = "", command] of commands) {
      // The shapes are one image; the digits are a folder, for the model of digits.
      const model = text.includes("FOLDER") ? join(root, "models/mnist.onnx") : "model.onnx";
      const names: Record<string, string> = { MODEL: model, IMAGE: "image.jpg", FOLDER: "digits" };
      const [script = "", ...args] = text.split(" ").map((word) => names[word] ?? word);
      const { code, out, err } = await runNode(folder, [join(skill, script), ...args]);
      expect(code, `${text}: ${err}`).toBe(0);
      const told = JSON.parse(out);
      if (command === "explain") expect(told.results[0].classes[0].label).toBe(shown);
      if (command === "evaluate") expect(told.accuracy.value).toBeGreaterThan(0.9);
      expect(out.length).toBeLessThan(20_000);
      const [, written] = /--out (\S+)/.exec(text) ?? [];
      if (written) expect(existsSync(join(folder, written)), written).toBe(true);
    }
  });

  it("passes on what the command says is wrong, and its exit code", async () => {
    const { code, out, err } = await runNode(root, [join(skill, "scripts/fovea.mjs"), "inspect", "gone.onnx"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^fovea: gone\.onnx: expected /);
  });
});
