/** @file A handler that takes a `Request` and gives a `Response`, as Hono, Next.js, Deno and Bun call it. */

import { FoveaError } from "fovea";
import { explain } from "./explain.mjs";

const mostBytes = 10e6;

export default {
  /** @param {Request} request a POST with an image file */
  async fetch(request) {
    if (request.method !== "POST") return new Response("POST an image\n", { status: 405, headers: { Allow: "POST" } });
    if (!(Number(request.headers.get("Content-Length")) <= mostBytes))
      return new Response("too large\n", { status: 413 });
    try {
      const { label, png } = await explain(new Uint8Array(await request.arrayBuffer()));
      return new Response(png, { headers: { "Content-Type": "image/png", "X-Class": encodeURIComponent(label) } });
    } catch (error) {
      if (!(error instanceof FoveaError)) throw error;
      return new Response(`${error.message}\n`, { status: 400 });
    }
  },
};
