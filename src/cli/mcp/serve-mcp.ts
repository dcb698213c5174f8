/** @file Serves the tools over standard input and output until the client goes. */

import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { FoveaError, messageOf } from "../../foundation/error.js";
import type { ModelOptions } from "../options/model-options.js";
import { withoutOptions } from "../shards/workers.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { Roots } from "./roots.js";
import { createToolServer } from "./server.js";
import type { Places } from "./tool.js";

export interface McpFlags extends ModelOptions {
  readonly quiet?: boolean;
  readonly root?: readonly string[];
  readonly model?: readonly string[];
}

/** Options of the server, by whether they take a value; the others are those of models. */
const own: Readonly<Record<string, boolean>> = { "--root": true, "--model": true, "--quiet": false, "-q": false };

/**
 * @param args the command line behind the command
 * @returns the exit code
 */
export async function serveMcp(
  job: Job,
  { root = ["."], model: models = [] }: McpFlags,
  { version, args }: { readonly version: string; readonly args: readonly string[] },
): Promise<number> {
  const roots = new Roots(root);
  const places = { roots, model: (name: string | undefined) => modelNamed(name, models, roots) } satisfies Places;
  const options = withoutOptions(args, own);
  // A pipe is closed without an end when its client dies, and a file ends without being closed.
  const gone = new Promise<void>((resolve) => process.stdin.once("end", resolve).once("close", resolve));
  const server = serveStdio(() => createToolServer({ version, places, options }), {
    onerror: (error) => job.note(`fovea: ${messageOf(error)}`),
  });
  await Promise.race([gone, job.untilInterrupted()]);
  await server.close();
  return exitCodes.done;
}

/** Models that the server was started with are taken as they were given; all others are files in its folders. */
function modelNamed(name: string | undefined, models: readonly string[], roots: Roots): string {
  const wanted = name ?? models[0];
  if (wanted === undefined)
    throw new FoveaError("bad-input", "model: expected a path, got none: the server was started without --model");
  return models.includes(wanted) ? wanted : roots.file(wanted);
}
