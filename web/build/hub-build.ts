/** @file A build of the page that may ask the Hugging Face hub for models, made only where `FOVEA_HUB` asks for it. */

import type { Plugin } from "vite";
import { withHosts } from "../../dist/serve/studio/headers.js";

/** The hub, and where it keeps files: hosts of those redirects are named below both. */
const usual = ["https://huggingface.co", "https://*.huggingface.co", "https://hf.co", "https://*.hf.co"];

/** What the page is allowed to ask besides its own host; the first is the hub itself. */
export interface HubBuild {
  readonly endpoint: string;
  readonly hosts: readonly string[];
}

/**
 * @param text of the variable: `1` for the hub; else the origin of a mirror and those of the hosts that it leads to, with spaces between
 * @returns undefined where it is unset or `0`
 * @throws Error for what is no origin
 */
export function hubFrom(text: string | undefined): HubBuild | undefined {
  if (!text || text === "0") return undefined;
  const hosts = text === "1" ? usual : text.split(/\s+/).filter(Boolean);
  for (const host of hosts)
    if (!/^https:\/\/[\w.*-]+(:\d+)?$|^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(host))
      throw new Error(`FOVEA_HUB: ${host}: expected 1, or origins of https such as https://huggingface.co`);
  return { endpoint: hosts[0] ?? "", hosts };
}

/** Lets the page ask the hosts; the page for lessons asks nobody. */
export function hubPolicy(hosts: readonly string[]): Plugin {
  return {
    name: "hub-policy",
    transformIndexHtml: (html, { path }) => (path.endsWith("index.html") ? withHosts(html, hosts) : html),
  };
}
