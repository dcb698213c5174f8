/** @file A web server on this machine that stands in for the datasets' mirrors. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a mirror does when it is asked for a file: sends bytes, says a status, or something of its own. */
export type Answer = Uint8Array | number | ((response: ServerResponse, request: IncomingMessage) => void);

export interface Mirror {
  /** Its address, ending in a slash. */
  readonly url: string;
  /** The paths it was asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** Starts a mirror with these files; any other is a 404. */
export async function startMirror(files: Readonly<Record<string, Answer>>): Promise<Mirror> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const name = (request.url ?? "").slice(1);
    asked.push(name);
    const answer = files[name] ?? 404;
    if (typeof answer === "function") answer(response, request);
    else if (typeof answer === "number") response.writeHead(answer).end("an error page");
    else response.writeHead(200, { "content-length": answer.length }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Sends some bytes, then hangs up. */
export const hangUp: Answer = (response) => {
  response.writeHead(200);
  response.write(Buffer.alloc(20), () => response.destroy());
};

/** Sends some bytes, then nothing any more. */
export const stall: Answer = (response) => {
  response.writeHead(200);
  response.write(Buffer.alloc(20));
};
