/** @file `fovea mcp`: tools for agents, by the Model Context Protocol. */

import { Command } from "commander";
import type { McpFlags } from "../mcp/serve-mcp.js";
import { collect } from "../options/class-option.js";
import { withDevice } from "../options/device-option.js";
import { withLimits } from "../options/isolation-options.js";
import { withServedModelOptions } from "../options/model-options.js";
import { runJob } from "../terminal/job.js";

const help = `
Tools:  explain_image, inspect_model, list_methods, evaluate_model, write_report

It speaks over standard input and output, and ends when its client does. A client may name files in the folders of --root alone,
and the models of --model. Each call runs in child processes within limits.

A client that is configured by JSON:
  {"mcpServers": {"fovea": {"command": "fovea", "args": ["mcp", "--root", "/home/me/photos", "--model", "/home/me/model.onnx"]}}}

Examples:
  fovea mcp
  fovea mcp --root photos --root models
  fovea mcp --root photos --model hf:Xenova/resnet-50`;

export function mcpCommand(): Command {
  const command = new Command("mcp")
    .description("Give agents tools that explain and measure models, by the Model Context Protocol.")
    .option(
      "--root <folder>",
      "a folder whose files tools may use; may be given several times (default: this one)",
      collect,
    )
    .option(
      "--model <model>",
      "a model that tools may use wherever it lies, hf:owner/name included; the first is the default",
      collect,
    );
  return withLimits(withServedModelOptions(withDevice(command)))
    .addHelpText("after", help)
    .action((flags: McpFlags) => {
      const about = { version: command.parent?.version() ?? "", args: process.argv.slice(3) };
      // Standard output is the client's alone.
      return runJob({ quiet: flags.quiet, out: "-" }, async (job) =>
        (await import("../mcp/serve-mcp.js")).serveMcp(job, flags, about),
      );
    });
}
