/** @file The headers that every answer of the studio has, and that other hosts of its page may give it. */

/** Limits of the page: it may load and ask for nothing but its own parts, run WebAssembly, and show its own output. */
const policy = {
  "default-src": "'self'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "style-src": "'self' 'unsafe-inline'",
  "img-src": "'self' blob: data:",
  "media-src": "'self' blob: mediastream:",
  "worker-src": "'self' blob:",
  "connect-src": "'self' blob: data:",
  "object-src": "'none'",
  "base-uri": "'none'",
  "form-action": "'none'",
};
const written = Object.entries(policy)
  .map(([what, from]) => `${what} ${from}`)
  .join("; ");
/** No page of others may show the studio in a frame. */
const unframed = "frame-ancestors 'none'";

/** They isolate the page from other origins, without which browsers give WebAssembly one thread. */
export const isolationHeaders: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

export const studioHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": `${written}; ${unframed}`,
  ...isolationHeaders,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/** For files whose names change with their content, all those of the page's folder `assets`. */
export const immutable = "public, max-age=31536000, immutable";

/** The page for lessons, which may be shown in frames where anybody may open it anyway: it can reach no file of this machine. */
const framed = { "/how.html": "frame-ancestors *", "/how": "frame-ancestors *" };

/** A text that holds the policy, so that the page may ask these hosts as well. */
export function withHosts(text: string, hosts: readonly string[]): string {
  const own = `connect-src ${policy["connect-src"]}`;
  return text.replace(own, [own, ...hosts].join(" "));
}

/**
 * The same as a file `_headers`, which static hosts such as Netlify and Cloudflare Pages read. Several policies of one page add up,
 * so that each page says in one of its own who may frame it. Hosts drop the ending of a page's address, or not.
 * @param hosts that a page may ask besides its own. Default none
 */
export function headersFile(hosts: readonly string[] = []): string {
  const everywhere = { ...studioHeaders, "Content-Security-Policy": withHosts(written, hosts) };
  const lines = Object.entries(everywhere).map(([name, value]) => `  ${name}: ${value}\n`);
  const pages = { "/": unframed, "/index.html": unframed, "/index": unframed, ...framed };
  const framing = Object.entries(pages).map(([path, value]) => `${path}\n  Content-Security-Policy: ${value}\n`);
  return `/*\n${lines.join("")}${framing.join("")}/assets/*\n  Cache-Control: ${immutable}\n`;
}
