/** @file docs/commands.md is what the commands say of themselves. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../house/imports.js";
import { allCommands, commandsPage } from "../support/docs/commands-page.js";

const page = readFileSync(join(root, "docs/commands.md"), "utf8");

it("docs/commands.md is up to date (npm run commands writes it)", { timeout: 60_000 }, async () => {
  expect(page).toBe(await commandsPage());
});

it("every command has a description and an example, and so does every option a sentence", async () => {
  for (const command of await allCommands()) {
    expect(command.description(), command.name()).not.toBe("");
    expect(page).toMatch(new RegExp(`^fovea ${command.name()} `, "m"));
    for (const { flags, description } of command.options) expect(description, flags).not.toBe("");
  }
});
