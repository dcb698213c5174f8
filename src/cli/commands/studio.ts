/** @file `fovea studio`: the page that shows where a model looks, served to this machine's own browser. */

import { Command } from "commander";
import { usualPort } from "../../serve/studio/usual-port.js";
import { withServedModelOptions } from "../options/model-options.js";
import { numberFor } from "../options/numbers.js";
import type { StudioFlags } from "../studio/studio.js";
import { runJob } from "../terminal/job.js";

const help = `
Nothing leaves this machine: the page computes in the browser, and its server answers only to the browser that opens the address
which the terminal shows. Keep that address to yourself. Ctrl-C ends it.

Examples:
  fovea studio
  fovea studio resnet50.onnx photos
  fovea studio better.onnx photos --protocol better.onnx.improve.json
  fovea studio pets.keras "photos/**/*.jpg" --labels names.txt --no-open`;

/** @param page the folder of the built page; tests have their own. Default: the one that is built */
export function studioCommand(page?: string): Command {
  const command = new Command("studio")
    .description("Open the studio: a page that shows where a model looks, in the browser, with nothing uploaded.")
    .argument("[model]", "an ONNX or Keras file, or hf:owner/name; default the embedded digit model")
    .argument(
      "[images...]",
      "image files, folders of them or quoted patterns; lists of photos (.csv, .json); or mnist, fashion-mnist, digits or shapes",
    )
    .option(
      "--port <n>",
      `where it is served; 0 for any free port (default: ${usualPort}, or a free one where that is taken)`,
      numberFor("--port"),
    )
    .option("--protocol <file>", "also show what fovea improve found, verified, repaired and proved")
    .option("--no-open", "do not open a browser")
    .option("--follow-links", "also show images outside of the given folders, where links in them lead to");
  return withServedModelOptions(command)
    .addHelpText("after", help)
    .action((first: string | undefined, others: string[], flags: StudioFlags) =>
      runJob(flags, async (job) => {
        const { studio } = await import("../studio/studio.js");
        return studio(job, page, first === undefined ? [] : [first, ...others], flags);
      }),
    );
}
