/** @file Serves models until a signal ends it. */

import { availableParallelism } from "node:os";
import { FoveaError } from "../../foundation/error.js";
import { counted, list } from "../../foundation/words.js";
import { type ModelServer, type ServeLimits, serveModels } from "../../serve/api/server.js";
import { environment } from "../environment.js";
import { type DeviceFlags, deviceFrom } from "../options/device-option.js";
import { type IsolationFlags, limitsFrom } from "../options/isolation-options.js";
import { loadOptions, type ModelOptions } from "../options/model-options.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { note, print } from "../terminal/print.js";
import { plansOf } from "./models.js";
import { usualSettings } from "./settings.js";
import { isLoopback, readToken } from "./token.js";

export interface ServeFlags extends ModelOptions, DeviceFlags, IsolationFlags, Partial<ServeLimits> {
  readonly quiet?: boolean;
  readonly name?: readonly string[];
  readonly host: string;
  readonly port?: number;
  readonly tokenFile?: string;
  readonly allowHost?: readonly string[];
  readonly workers?: number;
}

/** @returns the exit code */
export async function serve(job: Job, models: readonly string[], flags: ServeFlags): Promise<number> {
  const { host, quiet = false, tokenFile, allowHost = [], name: names = [] } = flags;
  const { token: variable, threads = availableParallelism() } = environment();
  const device = deviceFrom(flags);
  // Every process of a card holds its own memory there.
  const workers = device === "cpu" ? Math.min(threads, usualSettings.workers) : 1;
  const settings = { ...usualSettings, workers, ...defined(flags) };
  const token = await readToken(tokenFile, variable);
  const isOwn = await isLoopback(host);
  if (!isOwn && token === undefined)
    throw new FoveaError(
      "bad-input",
      `--host ${host}: expected a token where others can reach the server (FOVEA_TOKEN or --token-file), got none`,
    );
  const plans = await plansOf(job, models, names, await loadOptions(flags));
  const ended = job.untilInterrupted();
  const server = await serveModels({
    ...settings,
    ...{ models: plans, host, token, device, limits: limitsFrom(flags) ?? {} },
    // The token keeps pages of others out, whatever name they call the server by.
    hosts: isOwn || allowHost.length > 0 ? allowHost : undefined,
    threads: Math.max(1, Math.floor(threads / settings.workers)),
    log: { write: (line) => print(line.trimEnd()) },
    level: quiet ? "warn" : "info",
  });
  try {
    await Promise.race([
      opened(
        server,
        plans.map(({ name }) => name),
      ),
      ended,
    ]);
    await ended;
  } finally {
    await server.stop();
  }
  return exitCodes.done;
}

async function opened(server: ModelServer, names: readonly string[]): Promise<void> {
  note(`fovea listens at ${server.url}, and opens ${counted(names.length, "model")}`);
  for (const { name, notes } of await server.open()) for (const each of notes) note(`${name}: ${each}`);
  note(`ready: ${list(names)} (Ctrl-C ends it)`);
}

/** The settings that options give. */
function defined(flags: Partial<ServeLimits> & Pick<ServeFlags, "port" | "workers">) {
  const { port, workers, maxBatch, maxDelay, maxQueue, maxInstances, maxBody, maxPixels, deadline } = flags;
  const given = { port, workers, maxBatch, maxDelay, maxQueue, maxInstances, maxBody, maxPixels, deadline };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
