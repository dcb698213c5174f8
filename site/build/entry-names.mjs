/** @file Gives the modules of the API reference the names that users import: `fovea/web`, not the file `web.ts`. */

import { readFileSync } from "node:fs";
import { Converter } from "typedoc";

const { name, exports } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/** What users import, by the name of the file in `src/doors`. */
const entries = new Map(
  Object.entries(exports).flatMap(([path, target]) => {
    const files = typeof target === "string" ? [target] : [target.default];
    return files
      .filter((file) => file.startsWith("./dist/doors/"))
      .map((file) => [file.replace(/^.*\/|\.js$/g, ""), `${name}${path.slice(1)}`]);
  }),
);

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of [...(project.children ?? [])]) {
      const entry = entries.get(module.name);
      if (entry) module.name = entry;
      // A page's own form of an entry has the names of the other.
      else project.removeReflection(module);
    }
  });
}
