/** @file The files of the built page: found in its folder, but for a few that the package has elsewhere, and nowhere else. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lookup } from "mrmime";
import { lookInside } from "../../files/own-folder.js";
import { FoveaError } from "../../foundation/error.js";
import type { Content } from "./content.js";
import { immutable } from "./headers.js";

/** Where the build puts the page: beside the compiled command line. */
export const builtPage = fileURLToPath(new URL("../../studio/", import.meta.url));

/** Folders of files that an installed package has in another place than a static build of the page, by their folder there. */
const elsewhere: Readonly<Record<string, () => string>> = {
  "": () => fileURLToPath(new URL("../../../models/", import.meta.url)),
  "ort/": () => fileURLToPath(new URL("../../heatmap/ort/", import.meta.url)),
  "h5wasm/": () => dirname(fileURLToPath(import.meta.resolve("h5wasm"))),
};

/** @throws FoveaError `not-found` where the page is not built */
export function checkBuilt(folder: string): void {
  if (existsSync(join(folder, "index.html"))) return;
  throw new FoveaError("not-found", "the studio's page is not built: run `npm run build:web`");
}

/**
 * The file of the page that a URL names; undefined for anything else. Links are not followed, and a name that begins with a dot is
 * no part of the page.
 * @param folder of the page
 * @param path of the URL, decoded, from `/` on
 */
export function pageFile(folder: string, path: string): Content | undefined {
  const name = path === "/" ? "/index.html" : path;
  if (/\\|\/[./]|\/$/.test(name)) return undefined;
  const file = lookInside(folder, name.slice(1));
  if ("path" in file && file.linked) return undefined;
  const source = "path" in file ? file.path : folder === builtPage ? fileElsewhere(name) : undefined;
  if (source === undefined) return undefined;
  if (name.endsWith(".br")) return { source, type: typeOf(name.slice(0, -3)), packed: "br" };
  return { source, type: typeOf(name), ...(name.startsWith("/assets/") ? { cache: immutable } : {}) };
}

/** The page's models, the library for HDF5 files, and onnxruntime: a package holds none of them twice, a static build all. */
function fileElsewhere(name: string): string | undefined {
  const [, kind = "", file = ""] = /^\/(ort\/|h5wasm\/)?([\w.-]+)$/.exec(name) ?? [];
  if (kind === "" && !file.endsWith(".onnx")) return undefined;
  const path = join(elsewhere[kind]?.() ?? "", file);
  return existsSync(path) ? path : undefined;
}

function typeOf(name: string): string {
  const type = lookup(name) ?? "application/octet-stream";
  return type.startsWith("text/") ? `${type}; charset=utf-8` : type;
}
