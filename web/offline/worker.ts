/**
 * @file The service worker of the page on a static host: keeps all of its files, those of one version and no other, and answers with
 * them whether or not there is a network. It is a script without imports; the build puts `built` in front of it.
 */

declare const built: import("./built.js").Built;

const worker = self as unknown as ServiceWorkerGlobalScope;
const { scope } = worker.registration;
/** Other pages of the same origin have caches as well. */
const ours = `fovea ${scope} `;
const cacheName = ours + built.version;
/** Files that are fetched side by side, while somebody works with the page. */
const lanes = 3;

worker.addEventListener("install", (event) => event.waitUntil(keepAll()));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("message", (event) => event.waitUntil(renew(event.ports[0])));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (isForServer(request)) return event.respondWith(leave(request));
  const name = nameOf(request.url);
  if (name !== undefined) event.respondWith(answer(name));
});

async function keepAll(): Promise<void> {
  const cache = await caches.open(cacheName);
  const names = Object.keys(built.files)[Symbol.iterator]();
  const keepSome = async () => {
    for (const name of names) if (!(await keptIn(cache, name))) await keep(cache, name);
  };
  await Promise.all(Array.from({ length: lanes }, keepSome));
}

async function keep(cache: Cache, name: string): Promise<void> {
  await cache.put(urlOf(name), await fetched(name));
}

function keptIn(cache: Cache, name: string): Promise<Response | undefined> {
  return cache.match(urlOf(name), { ignoreVary: true });
}

/** The file with the right content, and no other: from the browser's own cache, else from the host. @throws TypeError */
function fetched(name: string): Promise<Response> {
  return fetch(urlOf(name), askFor(name, "force-cache")).catch(() => fetch(urlOf(name), askFor(name, "reload")));
}

function askFor(name: string, cache: RequestCache): RequestInit {
  return { cache, integrity: built.files[name] ?? "", mode: "same-origin" };
}

/** Some hosts send away from `index.html` to its folder. */
function urlOf(name: string): string {
  return new URL(name === "index.html" ? "./" : name, scope).href;
}

/** The page's file that a URL means; undefined for what is none. */
function nameOf(url: string): string | undefined {
  const address = new URL(url);
  const start = new URL(scope);
  if (address.origin !== start.origin || !address.pathname.startsWith(start.pathname)) return undefined;
  const path = decodeURIComponent(address.pathname.slice(start.pathname.length));
  return [path, `${path}index.html`, `${path}.html`].find((name) => Object.hasOwn(built.files, name));
}

async function answer(name: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await keptIn(cache, name);
  if (kept) return isolated(kept);
  const response = await fetched(name);
  // A full disk is no reason not to answer.
  cache.put(urlOf(name), response.clone()).catch(() => undefined);
  return isolated(response);
}

/** With the headers that isolate a page, where its host did not give them; as of no redirection, which pages may not come from. */
function isolated({ body, headers: given }: Response): Response {
  const headers = new Headers(given);
  for (const [name, value] of Object.entries(built.headers)) if (!headers.has(name)) headers.set(name, value);
  // The body is unpacked already.
  if (headers.has("content-encoding")) for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  return new Response(body, { headers });
}

/** Whether `fovea studio` begins at this address: from now on its server answers here. */
function isForServer({ mode, url }: Request): boolean {
  return mode === "navigate" && new URL(url).searchParams.has("token");
}

async function leave(request: Request): Promise<Response> {
  await worker.registration.unregister();
  return fetch(request);
}

/** Pages of a version before were closed, or are loaded again. */
async function takeOver(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(ours) && name !== cacheName) await caches.delete(name);
  await worker.clients.claim();
}

/** Ends the version before, unless pages of it would get parts of this one. @param port is told how many other pages are open */
async function renew(port: MessagePort | undefined): Promise<void> {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const others = pages.filter(({ url }) => url.startsWith(scope)).length - 1;
  port?.postMessage(others);
  if (others === 0) await worker.skipWaiting();
}
