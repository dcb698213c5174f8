/** @file The environment variables that the command line goes by. Nothing else reads any. */

import { join } from "node:path";
import { cacheFolder } from "../files/cache-folder.js";

export interface Environment {
  /** `FOVEA_THREADS`, for machines that do other work as well; undefined for anything but a whole number from 1 to 1024. */
  readonly threads: number | undefined;
  /** `FOVEA_DEVICE`: the default of `--device`. */
  readonly device: string | undefined;
  /** `FOVEA_DATA`: the folder with datasets by name. */
  readonly dataFolder: string | undefined;
  /** `FOVEA_CACHE`, else `fovea` in `XDG_CACHE_HOME` or `~/.cache`: the folder of files kept between runs. */
  readonly cacheFolder: string;
  /** `FOVEA_TOKEN`: what clients of `fovea serve` must send. */
  readonly token: string | undefined;
  /** `FOVEA_DEBUG`: faults of the program are told with the place where they arose. */
  readonly debug: boolean;
  /** All, for what array jobs say of their tasks. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

const mostThreads = 1024;

/** @param variables by name; an empty one counts as unset */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const { FOVEA_THREADS, FOVEA_DEVICE, FOVEA_DATA, FOVEA_CACHE, FOVEA_TOKEN, FOVEA_DEBUG, XDG_CACHE_HOME } = variables;
  const threads = Number(FOVEA_THREADS);
  return {
    threads: Number.isSafeInteger(threads) && threads > 0 && threads <= mostThreads ? threads : undefined,
    device: FOVEA_DEVICE || undefined,
    dataFolder: FOVEA_DATA || undefined,
    cacheFolder: FOVEA_CACHE || (XDG_CACHE_HOME ? join(XDG_CACHE_HOME, "fovea") : cacheFolder()),
    token: FOVEA_TOKEN || undefined,
    debug: Boolean(FOVEA_DEBUG),
    variables,
  };
}

/** The environment as it is now: a process may run several commands, each with its own. */
export function environment(): Environment {
  return readEnvironment(process.env);
}
