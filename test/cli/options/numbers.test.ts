/** @file Numbers of options: what each may be, and one sentence for all else, before anything is loaded. */

import { type Command, CommanderError, type Option } from "commander";
import { describe, expect, it } from "vitest";
import { attackCommand } from "../../../src/cli/commands/attack.js";
import { benchCommand } from "../../../src/cli/commands/bench.js";
import { calibrateCommand } from "../../../src/cli/commands/calibrate.js";
import { checkCommand } from "../../../src/cli/commands/check.js";
import { dataCommand } from "../../../src/cli/commands/data.js";
import { demoCommand } from "../../../src/cli/commands/demo.js";
import { evaluateCommand } from "../../../src/cli/commands/evaluate.js";
import { explainCommand } from "../../../src/cli/commands/explain.js";
import { improveCommand } from "../../../src/cli/commands/improve.js";
import { inspectCommand } from "../../../src/cli/commands/inspect.js";
import { localiseCommand } from "../../../src/cli/commands/localise.js";
import { reportCommand } from "../../../src/cli/commands/report.js";
import { studioCommand } from "../../../src/cli/commands/studio.js";
import { trainCommand } from "../../../src/cli/commands/train.js";
import { trustCommand } from "../../../src/cli/commands/trust.js";
import { numberFrom, numbersFrom, sizeFrom } from "../../../src/cli/options/numbers.js";
import { checkClassTexts } from "../../../src/cli/options/values/classes.js";
import { eachRank } from "../../../src/explain/run/class-texts.js";
import { FoveaError } from "../../../src/foundation/error.js";

const all = [
  attackCommand,
  benchCommand,
  checkCommand,
  dataCommand,
  demoCommand,
  evaluateCommand,
  explainCommand,
].concat([
  calibrateCommand,
  improveCommand,
  inspectCommand,
  localiseCommand,
  reportCommand,
  studioCommand,
  trainCommand,
  trustCommand,
]);
const commands = all.map((make) =>
  make()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined }),
);
const garbage = [
  "",
  " ",
  "-1",
  "1e400",
  "1e999999",
  "0x10",
  "NaN",
  "Infinity",
  "-Infinity",
  "1,2,",
  "ten",
  "1_000",
  "1/0",
].concat([
  "9".repeat(400),
  "\u001b[2J\n",
  "١",
  "1e12 ",
  "0/0",
  "--",
  "1.5.2",
  "1e",
  "+",
  "1;2",
  "null",
  "9007199254740993",
]);
const numeric = commands.flatMap((command) =>
  command.options
    .filter(
      ({ long, parseArg, argChoices }) =>
        parseArg && !argChoices && !["--class", "--exchange", "--group", "--input", "--text"].includes(long ?? ""),
    )
    .map((option): [string, Command, Option] => [`${command.name()} ${option.long}`, command, option]),
);

describe.each(numeric)("%s", (_, command, option) => {
  it("refuses what is no number, or out of its range, in one sentence", async () => {
    // The work of a command begins after its options.
    command.action(() => {
      throw new Error("began");
    });
    const positional = command.registeredArguments.map(() => "x");
    for (const value of garbage) {
      const args = [...positional, `${option.long}=${value}`];
      const error: unknown = await command.parseAsync(args, { from: "user" }).catch((thrown: unknown) => thrown);
      expect(error, JSON.stringify(value)).toBeInstanceOf(FoveaError);
      expect(error).toMatchObject({
        code: "bad-input",
        message: expect.stringMatching(/^--[\w-]+: expected [^\n]*, got "/),
      });
    }
  });
});

it("of all options that take a number, each is read by the table", () => {
  const placeholders = /<(n|k|x|p|share|pixels|factor|strength)>/;
  const others = commands.flatMap((command) =>
    command.options.filter(({ flags, parseArg }) => placeholders.test(flags) && parseArg === undefined),
  );
  // How pixels are scaled is read with all else that the model does not say, before the model.
  expect(others.map(({ long }) => long).filter((long) => long !== "--scale")).toEqual([]);
  expect(numeric.length).toBeGreaterThan(30);
});

describe("a number", () => {
  it.each<[Parameters<typeof numberFrom>[0], string, number]>([
    ["--eps", "8/255", 8 / 255],
    ["--scale", "1/255", 1 / 255],
    ["--scale", "-.5e-1", -0.05],
    ["--rate", "1e-3", 1e-3],
    ["--samples", "100000", 100_000],
    ["--seed", "9007199254740991", 9007199254740991],
    ["--validation", "0", 0],
  ])("%s %s", (flag, text, value) => {
    expect(numberFrom(flag, text)).toBe(value);
  });

  it.each<[Parameters<typeof numberFrom>[0], string, string]>([
    ["--samples", "1000000000000", "a whole number from 1 to 100,000"],
    ["--validation", "1", "a number from 0 to below 1"],
    ["--rate", "0", "a number above 0, at most 100"],
    ["--crop", "0", "a share above 0, at most 1, or none or letterbox"],
    ["--port", "65536", "a whole number from 0 to 65,535"],
  ])("%s %s is out of range", (flag, text, expected) => {
    expect(() => numberFrom(flag, text)).toThrow(`${flag}: expected ${expected}, got "${text}"`);
  });

  it("of several stands between commas", () => {
    expect(numbersFrom("--mean", "0.5, 1/2,1")).toEqual([0.5, 0.5, 1]);
    expect(() => numbersFrom("--mean", "1,,2")).toThrow(/^--mean: expected a number from .*, got ""$/);
  });

  it("of rows and columns is at most 16,384", () => {
    expect(sizeFrom("--size", "224")).toEqual({ height: 224, width: 224 });
    expect(sizeFrom("--size", "16384x1")).toEqual({ height: 16384, width: 1 });
    for (const text of ["0", "1x0", "16385", "1000000000", "9999999999999999999999", "axb", "", "2x2x2", "1e3"])
      expect(() => sizeFrom("--size", text)).toThrow(
        /^--size: expected HxW or one number, from 1 to 16,384 each, got "/,
      );
  });
});

describe("classes", () => {
  it("are at most a hundred, and a thousand as numbers", () => {
    checkClassTexts(["top-98", "cat,dog"], {});
    checkClassTexts(["top-1000"], { raw: true });
    const message = /^--class: expected at most 100 classes, got /;
    for (const texts of [["top-3000"], ["top-99999999999999999999999"], ["top-99", "cat, dog"], Array(101).fill("1")])
      expect(() => checkClassTexts(texts, { raw: true, overlay: true })).toThrow(message);
    expect(() => checkClassTexts(["top-1001"], { raw: true })).toThrow(/^--class: expected at most 1,000 classes/);
  });

  it("of ranks are each by itself", () => expect(eachRank("top-2")).toEqual(["top-1", "top-2"]));
});

it("an error of the parser is its own", () => {
  const [command] = commands;
  expect(() => command?.parse(["--nix"], { from: "user" })).toThrow(CommanderError);
});
