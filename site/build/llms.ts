/** @file Writes llms.txt and llms-full.txt beside the pages of the site, and the pages as Markdown, which llms.txt leads to. */

import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { llmsFull, llmsList } from "../llms.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const [docs, folder] = [join(root, "docs"), join(root, "site/public")];

const pages = readdirSync(docs, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md") && !file.startsWith("api"))
  .map((file) => ({ path: file.slice(0, -3).replaceAll("\\", "/"), text: readFileSync(join(docs, file), "utf8") }));
for (const { path } of pages) cpSync(join(docs, `${path}.md`), join(folder, `${path}.md`), { recursive: true });
writeFileSync(join(folder, "llms.txt"), llmsList(pages, process.env.FOVEA_SITE_BASE ?? "/"));
writeFileSync(join(folder, "llms-full.txt"), llmsFull(pages));
