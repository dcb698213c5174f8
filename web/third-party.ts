/**
 * @file A plugin that lists the packages of which something is in a build (code of its scripts and workers, fonts, files put beside
 * them), and puts the notices of third parties there.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The list's name in the build's folder. */
const listName = "third-party.json";

/** A package as it is installed. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** From the repository's root. */
  readonly folder: string;
}

/** What the bundlers themselves add to a build has no file. */
const helpers: Readonly<Record<string, string>> = { "\0vite/": "vite", "\0rolldown/": "rolldown" };

function packageOf(id: string): BundledPackage | undefined {
  const helper = Object.entries(helpers).find(([start]) => id.startsWith(start))?.[1];
  const path = helper ? join(root, "node_modules", helper, "package.json") : id.replaceAll("\\", "/");
  const [, folder] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/@.][^/]*)\//.exec(path) ?? [];
  if (folder === undefined || path.startsWith("\0")) return undefined;
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { name, version, folder: folder.slice(root.length).replace(/^\//, "") };
}

/**
 * One plugin for a build, and another for its workers, which are builds of their own.
 * @param beside files of packages that are put beside the build
 */
export function thirdParty(beside: readonly string[]): { readonly plugin: Plugin; readonly inWorkers: () => Plugin[] } {
  const packages = new Map<string, BundledPackage>();
  const add = (id: string) => {
    const found = packageOf(id);
    if (found) packages.set(found.folder, found);
  };
  const collect: Pick<Plugin, "generateBundle"> = {
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type === "chunk") output.moduleIds.forEach(add);
        else for (const name of output.originalFileNames) add(join(root, "web", name));
      }
    },
  };
  const plugin: Plugin = {
    name: "third-party",
    generateBundle(...args) {
      if (typeof collect.generateBundle === "function") collect.generateBundle.apply(this, args);
      beside.forEach(add);
      const list = [...packages.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
      this.emitFile({ type: "asset", fileName: listName, source: `${JSON.stringify(list, null, 2)}\n` });
      for (const name of ["THIRD-PARTY-NOTICES.md", "LICENSE"]) {
        this.emitFile({ type: "asset", fileName: name, source: readFileSync(join(root, name)) });
      }
    },
  };
  return { plugin, inWorkers: () => [{ name: "third-party-in-workers", ...collect }] };
}
