/** @file A model of the hub as a file on this machine: from the cache that all programs share, downloaded where it is not there. */

import { type HubSettings, hubSettings } from "../files/hub-settings.js";
import { type BringOptions, bringFiles } from "./bring-files.js";
import { RepoCache } from "./cache.js";
import { chooseModel, modelsAmong } from "./choose-model.js";
import { askRevision, type HubClientOptions, type HubRevision, isAway } from "./client.js";
import { filesBeside } from "./files-beside.js";
import { guardedFetch } from "./guarded-fetch.js";
import { type HubName, readHubName } from "./name.js";
import { notCached } from "./refusals.js";

export interface FromHubOptions extends Pick<BringOptions, "onProgress" | "onNote" | "signal"> {
  /** Default: as the environment says. */
  readonly settings?: HubSettings | undefined;
}

/**
 * The path of a model of the hub, with the files that belong to it beside it. Of a model that is there already only the revision is asked
 * for; offline nothing is.
 * @param text `hf:owner/name`, see `readHubName`
 * @throws FoveaError `bad-input` for what is no name, and where a file must be named; `not-found`, `unsupported-operator` without a
 *   model that can be opened; `network`, `checksum`, `unwritable`; the signal's reason
 */
export async function modelFromHub(text: string, options: FromHubOptions = {}): Promise<string> {
  const name = readHubName(text);
  const { settings = hubSettings(), signal, onNote } = options;
  const cache = new RepoCache(settings.cache, name.repo);
  if (settings.isOffline) return cachedModel(name, cache) ?? refuseOffline(name, cache);
  const asked = { name, endpoint: settings.endpoint, hasToken: settings.token !== undefined };
  const client: HubClientOptions = { ...asked, ask: guardedFetch(settings, asked, signal) };
  let now: HubRevision;
  try {
    now = await askRevision(client);
  } catch (error) {
    const kept = isAway(error) ? cachedModel(name, cache) : undefined;
    if (kept === undefined) throw error;
    onNote?.(
      `${text}: ${settings.endpoint} does not answer: the copy in the cache is taken, which may be an older one`,
    );
    return kept;
  }
  const { commit, files } = now;
  const model = chooseModel(files, name);
  // The model last: where it lies in the cache, what belongs to it does so too.
  await bringFiles(commit, [...filesBeside(model, files), model], { ...options, settings, client, cache });
  // Offline the revision is what came whole.
  await cache.remember(name.revision, commit);
  return cache.placeOf(commit, model);
}

/** The model's file in the cache, by what lies there; undefined where none does. */
function cachedModel(name: HubName, cache: RepoCache): string | undefined {
  const commit = cache.commitOf(name.revision);
  if (commit === undefined) return undefined;
  const files = cache.filesOf(commit);
  const isThere = name.file === undefined ? modelsAmong(files).length > 0 : files.includes(name.file);
  return isThere ? cache.placeOf(commit, chooseModel(files, name)) : undefined;
}

function refuseOffline(name: HubName, cache: RepoCache): never {
  const commit = cache.commitOf(name.revision);
  throw notCached(name, cache.root, commit === undefined ? [] : cache.filesOf(commit));
}
