/**
 * @file A registry on this machine in the place of npm's: it serves the packages that the lock names, packed from `node_modules` once.
 * Of packages for other platforms it has the description, as npm's has, and an empty package.
 */

import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
} from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import { root } from "../house/imports.js";

interface Locked {
  readonly version?: string;
  readonly link?: boolean;
  /** Whether nobody needs it who installs the project's own package. */
  readonly dev?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

/** A package of the lock, and the folder in which it is installed here. */
interface Stored {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly locked: Locked;
}

export interface Registry {
  /** Without a slash at the end. */
  readonly url: string;
  /** Paths that were asked for and are not here. */
  readonly missing: readonly string[];
  /** Whether it answers; where not, it is as if there were no network. */
  answers: boolean;
  close(): Promise<void>;
}

const cache = join(root, "node_modules/.cache/fovea/registry");

const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  readFileSync(join(root, "package-lock.json"), "utf8"),
);

const { overrides }: { overrides: Readonly<Record<string, object>> } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);

function storedPackages(): Stored[] {
  return Object.entries(lock.packages).flatMap(([path, locked]) => {
    const name = path.replace(/^.*node_modules\//, "");
    if (!path.includes("node_modules/") || locked.link || locked.version === undefined) return [];
    return [{ name, version: locked.version, folder: join(root, path), locked }];
  });
}

const readManifest = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** What npm's registry says of a version. */
function describe({ name, version, folder, locked }: Stored, url: string): object {
  const manifest = existsSync(folder) ? readManifest(folder) : locked;
  const hasInstallScript = ["preinstall", "install", "postinstall"].some((script) => manifest.scripts?.[script]);
  const tarball = `${url}/${name}/-/${name.split("/").at(-1)}-${version}.tgz`;
  // What our lock has in another version than the package asks for is not here in the one it asks for.
  const dependencies = { ...manifest.dependencies, ...overrides[name] };
  return { ...manifest, name, version, dependencies, hasInstallScript, dist: { tarball } };
}

function document(versions: readonly Stored[], url: string): object {
  const { name = "", version = "" } = versions.at(-1) ?? {};
  return {
    name,
    "dist-tags": { latest: version },
    versions: Object.fromEntries(versions.map((each) => [each.version, describe(each, url)])),
    // Yarn takes no version that is only days old.
    time: Object.fromEntries(versions.map((each) => [each.version, "2020-01-01T00:00:00.000Z"])),
  };
}

/** Sends a package that is not installed here: Yarn fetches some that no system of this kind loads. */
function sendEmpty(manifest: object, response: ServerResponse): void {
  const archive = pack();
  archive.pipe(createGzip()).pipe(response);
  archive.entry({ name: "package/package.json" }, JSON.stringify(manifest));
  archive.finalize();
}

/** The folder as npm packs it: without packages of its own, which are packages of the registry. @param tarball what is written */
async function packFolder(folder: string, tarball: string): Promise<void> {
  const archive = pack();
  const written = pipeline(archive, createGzip({ level: 1 }), createWriteStream(tarball));
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.slice(folder.length).includes("/node_modules/"));
  for (const path of names.sort()) {
    const content = readFileSync(path);
    const { mode } = statSync(path);
    await new Promise<void>((resolve, reject) => {
      archive.entry({ name: `package${path.slice(folder.length)}`, mode }, content, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }
  archive.finalize();
  await written;
}

/** Its tarball, packed once for all runs, since a version stays as it is. */
async function tarballOf({ name, version, folder }: Stored): Promise<string> {
  const tarball = join(cache, `${name.replace("/", "+")}-${version}.tgz`);
  if (existsSync(tarball)) return tarball;
  mkdirSync(cache, { recursive: true });
  // Several processes may do this at once.
  const own = `${tarball}.${process.pid}`;
  await packFolder(folder, own);
  renameSync(own, tarball);
  return tarball;
}

/**
 * What the project's own package needs is packed before it answers, as a registry has it: packing takes as long as installing.
 * @param tarball the packed project, which is served by its name as the others are
 */
export async function openRegistry(tarball: string): Promise<Registry> {
  const own: Stored = { ...readManifest(root), folder: root, locked: {} };
  const packages = [...storedPackages(), own];
  for (const each of packages) if (each !== own && !each.locked.dev && existsSync(each.folder)) await tarballOf(each);
  const missing: string[] = [];
  const server = createServer(async ({ url: path = "", socket }, response) => {
    if (!registry.answers) return socket.destroy();
    const [name = "", file] = decodeURIComponent(path.slice(1)).replace(/\?.*/, "").split("/-/");
    const versions = packages.filter((each) => each.name === name);
    const stored = versions.find(({ version }) => file?.endsWith(`-${version}.tgz`));
    if (versions.length > 0 && file === undefined) {
      response.setHeader("Content-Type", "application/json").end(JSON.stringify(document(versions, url)));
    } else if (stored === own) {
      response.setHeader("Content-Type", "application/octet-stream").end(readFileSync(tarball));
    } else if (stored && existsSync(stored.folder)) {
      const file = createReadStream(await tarballOf(stored));
      file.pipe(response.setHeader("Content-Type", "application/octet-stream"));
    } else if (stored) {
      sendEmpty(describe(stored, url), response.setHeader("Content-Type", "application/octet-stream"));
    } else {
      missing.push(path);
      response.writeHead(404, { "Content-Type": "application/json" }).end('{"error":"Not found"}');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registry: Registry = {
    url,
    missing,
    answers: true,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return registry;
}
