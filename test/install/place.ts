/** @file A place like a new machine: an empty folder and home, a Node, and npm, pnpm and Yarn that know one registry. */

import { spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { root } from "../house/imports.js";

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
}

export interface Place {
  /** Where the user is. */
  readonly folder: string;
  /** Runs a command there, with nothing of this process's environment. */
  run(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  remove(): void;
}

/** The scripts of the package managers; npm's is the one that comes with this Node. */
const managers = {
  npm: join(dirname(realpathSync(process.execPath)), "../lib/node_modules/npm/bin/npm-cli.js"),
  npx: join(dirname(realpathSync(process.execPath)), "../lib/node_modules/npm/bin/npx-cli.js"),
  pnpm: join(root, "node_modules/pnpm/bin/pnpm.cjs"),
  yarn: join(root, "node_modules/@yarnpkg/cli-dist/bin/yarn.js"),
} as const;

/** @param node path of the Node that runs everything @param registry its URL */
export function newPlace(node: string, registry: string): Place {
  const base = mkdtempSync(join(tmpdir(), "fovea-install-"));
  const [folder, home, bin] = ["here", "home", "bin"].map((name) => join(base, name)) as [string, string, string];
  for (const path of [folder, home, bin]) mkdirSync(path);
  symlinkSync(node, join(bin, "node"));
  for (const [name, script] of Object.entries(managers)) {
    writeFileSync(join(bin, name), `#!/bin/sh\nexec "${join(bin, "node")}" "${script}" "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const env = {
    PATH: [bin, "/usr/bin", "/bin"].join(delimiter),
    HOME: home,
    npm_config_registry: registry,
    npm_config_cache: join(home, ".npm"),
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: "127.0.0.1",
    YARN_ENABLE_TELEMETRY: "0",
    YARN_ENABLE_IMMUTABLE_INSTALLS: "false",
    // As behind a firewall: what onnxruntime-node's script asks for goes nowhere.
    GLOBAL_AGENT_HTTPS_PROXY: "http://127.0.0.1:9",
    FOVEA_THREADS: "1",
  };
  return {
    folder,
    async run(command, args, own = {}) {
      const began = performance.now();
      const child = spawn(command, args, { cwd: folder, env: { ...env, ...own }, stdio: ["ignore", "pipe", "pipe"] });
      const ended = new Promise<number | null>((resolve, reject) => child.once("close", resolve).once("error", reject));
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return { code: await ended, out, err, seconds: (performance.now() - began) / 1000 };
    },
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}

/** Writes the manifest of an empty project. */
export function beginProject({ folder }: Place, manifest: object = {}): void {
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "empty", version: "1.0.0", private: true, ...manifest }),
  );
}

export const readJson = (path: string) => JSON.parse(readFileSync(path, "utf8"));
