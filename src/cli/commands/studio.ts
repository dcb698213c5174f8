/** @file `fovea studio`: the page that shows where a model looks, served to this machine's own browser. */

import { Command } from "commander";
import { embeddedModelPath } from "../../explain/node.js";
import { FoveaError } from "../../foundation/error.js";
import { counted } from "../../foundation/words.js";
import type { Resource } from "../../serve/studio/content.js";
import type { Given } from "../../serve/studio/given.js";
import { namesImages, serveImages } from "../../serve/studio/images.js";
import { serveModel } from "../../serve/studio/model.js";
import { builtPage, checkBuilt } from "../../serve/studio/page.js";
import { serveStudio, usualPort } from "../../serve/studio/server.js";
import { loadOptions, type ModelOptions, wholeNumber, withModelOptions } from "../options/model-options.js";
import { exitCodes, note, print, runCommand } from "../terminal/console.js";

interface StudioOptions extends ModelOptions {
  readonly port?: number;
  readonly open: boolean;
}

const help = `
Nothing leaves this machine: the page computes in the browser, and its server answers to this machine alone. Ctrl-C ends it.

Examples:
  fovea studio
  fovea studio resnet50.onnx photos
  fovea studio pets.keras "photos/**/*.jpg" --labels names.txt --no-open`;

/** @param page the folder of the built page; tests have their own */
export function studioCommand(page = builtPage): Command {
  const command = new Command("studio")
    .description("Open the studio: a page that shows where a model looks, in the browser, with nothing uploaded.")
    .argument("[model]", "an ONNX or Keras file; default the embedded digit model")
    .argument(
      "[images...]",
      "image files, folders of them or quoted patterns; lists of photos (.csv, .json); or mnist, fashion-mnist, digits or shapes",
    )
    .option(
      "--port <n>",
      `where it is served; 0 for any free port (default: ${usualPort}, or a free one where that is taken)`,
      wholeNumber("--port", 0),
    )
    .option("--no-open", "do not open a browser");
  return withModelOptions(command)
    .addHelpText("after", help)
    .action((first: string | undefined, others: string[], options: StudioOptions) =>
      runCommand(() => studio(page, first, others, options)),
    );
}

async function studio(
  page: string,
  first: string | undefined,
  others: readonly string[],
  { port, open, ...flags }: StudioOptions,
): Promise<number> {
  if (port !== undefined && port > 65535)
    throw new FoveaError("bad-input", `--port: expected at most 65535, got ${port}`);
  checkBuilt(page);
  const resources = new Map<string, Resource>();
  const given = await whatIsGiven(first, others, flags, resources);
  const source = new TextEncoder().encode(JSON.stringify(given));
  resources.set("/given.json", () => ({ type: "application/json", source }));
  const server = await serveStudio({ page, resources, port });
  const ended = new Promise((resolve) => process.once("SIGINT", resolve));
  const { model, images } = given;
  print(`${model?.name ?? "the embedded digit model"}, ${counted(images.length, "image")}`);
  print(`the studio is at ${server.url} (Ctrl-C ends it)`);
  if (open) await openBrowser(server.url);
  await ended;
  await server.close();
  return exitCodes.done;
}

async function whatIsGiven(
  first: string | undefined,
  others: readonly string[],
  flags: ModelOptions,
  resources: Map<string, Resource>,
): Promise<Given> {
  const onlyImages = first === undefined || (await namesImages(first));
  const said = Object.keys(flags).length > 0;
  // The page has the embedded model, and the server only what is said of it.
  const path = onlyImages ? (said ? embeddedModelPath : undefined) : first;
  const model = path === undefined ? undefined : await serveModel(path, await loadOptions(flags), resources);
  const images = await serveImages(first !== undefined && onlyImages ? [first, ...others] : others, resources);
  return { ...(model ? { model } : {}), images };
}

async function openBrowser(url: string): Promise<void> {
  try {
    const { default: open } = await import("open");
    await open(url);
  } catch (error) {
    note(`no browser could be opened (${(error as Error).message}): open the address yourself`);
  }
}
