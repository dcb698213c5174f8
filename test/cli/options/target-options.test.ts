/** @file The table of options that choose a target. */

import { readFileSync } from "node:fs";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { planExplanation } from "../../../src/cli/explain/plan.js";
import type { ExplainFlags } from "../../../src/cli/options/explain-options.js";
import { givenTargets, targetOptions, withTargetOptions } from "../../../src/cli/options/target-options.js";

const page = readFileSync(new URL("../../../docs/tasks.md", import.meta.url), "utf8");
const names = Object.values(targetOptions).map(({ flag }) => flag.replace(/ .*/, ""));
const given = (...args: string[]) =>
  givenTargets(withTargetOptions(new Command()).parse(args, { from: "user" }).opts()).map(({ name }) => name);

describe("the options that choose a target", () => {
  it.each(names)("have %s in the page's section on what is explained", (name) => {
    const [, section = ""] = /\n## What is explained\n([\s\S]*)/.exec(page) ?? [];
    expect(section.match(/--[a-z]+(-[a-z]+)*/g)).toContain(name);
  });

  it.each(Object.values(targetOptions))("are found where they are given: $flag", (option) => {
    const flag = option.flag.replace(/ .*/, "");
    expect(given(flag, "2")).toEqual(["narrows" in option ? option.narrows : flag]);
  });

  it("are one target where one only narrows the other, and several elsewhere", () => {
    expect(given("--scores", "1:2", "--at", "2=0")).toEqual(["--at"]);
    expect(given("--at", "2=0", "--minus", "1", "--mask", "m.png")).toEqual(["--minus", "--mask", "--at"]);
    expect(given()).toEqual([]);
  });

  it.each(Object.entries(targetOptions))(
    "are refused by --trust unless they are of classes: %s",
    async (key, option) => {
      const flags = { trust: true, method: "grad-cam", class: [], batch: 1, top: 1, layer: "auto", [key]: "1" };
      const message = await planExplanation([], flags satisfies ExplainFlags).then(
        () => "no error",
        (error: Error) => error.message,
      );
      if (option.ofClasses) expect(message).not.toContain("--trust");
      else expect(message).toContain(`--trust: expected no ${option.flag.replace(/ .*/, "")}:`);
    },
  );
});
