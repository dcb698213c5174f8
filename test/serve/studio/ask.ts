/** @file Asks a server exactly what is said: no address is tidied up, and any header may be wrong. */

import { request } from "node:http";

export interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @param url of the server; its port is what counts @param path as it is sent */
export function ask(url: string, path: string, { method = "GET", headers = {} }: AskOptions = {}): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }),
      );
      response.on("error", reject);
    });
    asked.on("error", reject).end();
  });
}

/** Opens a studio's address, token and all. @returns the header that lets its browser in from then on */
export async function enter(address: string): Promise<{ readonly Cookie: string }> {
  const { pathname, search } = new URL(address);
  const { headers } = await ask(address, pathname + search);
  const [cookie = ""] = headers["set-cookie"] ?? [];
  return { Cookie: cookie.replace(/;.*/, "") };
}

/** Asks as a browser that has opened the studio's address. */
export async function askInside(address: string, path: string, options: AskOptions = {}): Promise<Answer> {
  return ask(address, path, { ...options, headers: { ...(await enter(address)), ...options.headers } });
}
