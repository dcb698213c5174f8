/** @file Asks the hub's questions on Node: over https, not for ever, and with the token for the hub's own address alone. */

import type { HubSettings } from "../files/hub-settings.js";
import { followed, reasonOf } from "../files/transfer/answer.js";
import { Pace } from "../files/transfer/pace.js";
import { FoveaError } from "../foundation/error.js";
import { type Asked, away } from "./refusals.js";

/** Bytes of the longest list: ten thousand files take two or three megabytes. */
const most = 64 * 2 ** 20;
/** Bytes a second below which an answer is not waited for. */
const leastRate = 100;
const withoutBody = [101, 204, 205, 304];

/** As whom files are asked for, and whether http will do. */
export function termsOf({ endpoint, token }: Pick<HubSettings, "endpoint" | "token">) {
  return { bearer: token, loopback: new URL(endpoint).protocol === "http:" };
}

/**
 * `fetch` for the hub's questions. Its answers have come whole.
 * @throws HubRefusal `network` without an answer; the signal's reason
 */
export function guardedFetch(settings: HubSettings, asked: Asked, signal: AbortSignal | undefined): typeof fetch {
  return async (address, init = {}) => {
    const url = String(address);
    const pace = new Pace({ patience: settings.patience.answer, leastRate });
    const stop = signal ? AbortSignal.any([pace.signal, signal]) : pace.signal;
    const { bearer, loopback } = termsOf(settings);
    // The rest of a list may be elsewhere, as the hub behind a mirror says.
    const isOwn = URL.canParse(url) && new URL(url).origin === new URL(settings.endpoint).origin;
    try {
      const request = { ...init, signal: stop };
      const response = await followed(url, request, { loopback, bearer: isOwn ? bearer : undefined });
      const { status, headers } = response;
      const body = await bodyOf(response, asked, pace);
      return new Response(withoutBody.includes(status) ? null : body, { status, headers });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof FoveaError) throw error;
      throw away(asked, pace.signal.aborted ? String(pace.signal.reason) : `none: ${reasonOf(error)}`);
    } finally {
      pace.end();
    }
  };
}

async function bodyOf({ body }: Response, asked: Asked, pace: Pace): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.length;
    if (bytes > most) throw away(asked, `more than ${most} bytes`);
    pace.came(piece.length);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
