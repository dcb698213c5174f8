/** @file Serves the studio until Ctrl-C. */

import { basename, resolve } from "node:path";
import { embeddedModelPath } from "../../explain/node.js";
import { messageOf } from "../../foundation/error.js";
import { counted } from "../../foundation/words.js";
import { protocolAt } from "../../improve/protocol/protocol.js";
import type { Resource } from "../../serve/studio/content.js";
import type { Given } from "../../serve/studio/given.js";
import { namesImages, serveImages } from "../../serve/studio/images.js";
import { serveModel } from "../../serve/studio/model.js";
import { builtPage, checkBuilt } from "../../serve/studio/page.js";
import { serveStudio } from "../../serve/studio/server.js";
import { datasetNamed } from "../inputs/datasets.js";
import { modelFile } from "../inputs/model-file.js";
import { modelName } from "../inputs/models.js";
import { loadOptions, type ModelOptions } from "../options/model-options.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { note, print } from "../terminal/print.js";
import { BrowserOpening } from "./open-browser.js";

export interface StudioFlags extends ModelOptions {
  readonly quiet?: boolean;
  readonly port?: number;
  readonly open: boolean;
  readonly followLinks?: boolean;
  readonly protocol?: string;
}

/**
 * @param page the folder of the built page. Default: the one that is built
 * @param given a model, if any, and images
 * @returns the exit code
 */
export async function studio(
  job: Job,
  page: string | undefined,
  given: readonly string[],
  { port, open, followLinks = false, protocol, ...flags }: StudioFlags,
): Promise<number> {
  const folder = page ?? builtPage;
  checkBuilt(folder);
  const resources = new Map<string, Resource>();
  const opened = {
    ...(await serveGiven(job, given, { flags, followLinks }, resources)),
    ...(protocol === undefined ? {} : { protocol: await serveProtocol(protocol, resources) }),
  };
  const source = new TextEncoder().encode(JSON.stringify(opened));
  resources.set("/given.json", () => ({ type: "application/json", source }));
  const opening = new BrowserOpening(note);
  const onEnter = () => opening.end();
  const server = await serveStudio({ page: folder, resources, port, onEnter, onFailure: noteFailure });
  const ended = job.untilInterrupted();
  print(`${opened.model?.name ?? "the embedded digit model"}, ${counted(opened.images.length, "image")}`);
  print(`the studio is at ${server.address} (Ctrl-C ends it)`);
  if (open) await opening.open(server.address);
  await ended;
  opening.end();
  await server.close();
  return exitCodes.done;
}

/** Adds the model and the images to the served files. */
async function serveGiven(
  job: Job,
  given: readonly string[],
  { flags, followLinks }: { readonly flags: ModelOptions; readonly followLinks: boolean },
  resources: Map<string, Resource>,
): Promise<Given> {
  const [first, ...others] = given;
  const onlyImages = first === undefined || (await namesImages(first));
  const hasFlags = Object.keys(flags).length > 0;
  // The page has the embedded model; the server adds only the options' settings.
  const path = onlyImages ? (hasFlags ? embeddedModelPath : undefined) : first;
  const model = path === undefined ? undefined : await serveModelAt(job, path, flags, resources);
  const load = (name: string) => datasetNamed(job, name);
  const images = await serveImages(onlyImages ? given : others, resources, { load, followLinks, onNote: note });
  return { ...(model ? { model } : {}), images };
}

async function serveModelAt(job: Job, path: string, flags: ModelOptions, resources: Map<string, Resource>) {
  const file = await modelFile(job, path);
  return serveModel(file, { ...(await loadOptions(flags)), name: modelName(path) }, resources);
}

/** Adds a protocol to the served files, as it is whenever it is asked for. @throws FoveaError `not-found`, `bad-file` */
async function serveProtocol(path: string, resources: Map<string, Resource>): Promise<NonNullable<Given["protocol"]>> {
  await protocolAt(path);
  const [url, source] = ["/given/protocol", resolve(path)];
  resources.set(url, () => ({ type: "application/json", source }));
  return { name: basename(path), url };
}

function noteFailure(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  note(`fovea: ${text.replaceAll(/\s+/g, " ")}`);
}
