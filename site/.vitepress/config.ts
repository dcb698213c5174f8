/** @file The site: VitePress over `docs`. The variable `FOVEA_SITE_BASE` names the path below which it is served. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DefaultTheme, defineConfig } from "vitepress";
import { drawFlowchart, readFlowchart } from "../flowchart.js";
import { glossaryPlugin } from "../glossary.js";
import { linksPlugin } from "../links.js";
import { type PlacedPage, placePages } from "../pages.js";
import { slugOf } from "../slug.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const docs = join(root, "docs");
const base = process.env.FOVEA_SITE_BASE ?? "/";
const manifest: { version: string; repository?: { url: string } } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
const repository = manifest.repository?.url.replace(/^git\+|\.git$/g, "");

const address = (path: string) => `/${path.replace(/(^|\/)index$/, "$1")}`;
const pages = readdirSync(docs, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md"))
  .map((file) => file.slice(0, -3).replaceAll("\\", "/"));

function sidebar(): DefaultTheme.SidebarItem[] {
  return placePages(pages).map(({ title, pages }) => ({
    text: title,
    items: pages.map(sidebarItem),
    collapsed: false,
  }));
}

function sidebarItem({ path, title, below }: PlacedPage): DefaultTheme.SidebarItem {
  const items = below.map((path) => ({ text: headingOf(path), link: address(path) }));
  return { text: title, link: address(path), ...(items.length > 0 ? { items, collapsed: true } : {}) };
}

const headingOf = (path: string) =>
  /^# (.*)$/m.exec(readFileSync(join(docs, `${path}.md`), "utf8"))?.[1]?.replaceAll(/[`\\]/g, "") ?? path;

export default defineConfig({
  srcDir: "../docs",
  base,
  lang: "en",
  title: "Fovea",
  description:
    "Shows where a vision model looks: Grad-CAM and thirty other methods for any ONNX network, in Node and the browser.",
  head: [
    ["link", { rel: "icon", type: "image/svg+xml", href: `${base}favicon.svg` }],
    ["meta", { name: "theme-color", content: "#131416" }],
  ],
  metaChunk: true,
  markdown: {
    anchor: { slugify: slugOf },
    theme: { light: "github-light", dark: "github-dark" },
    languageAlias: { pbtxt: "proto" },
    config(md) {
      md.use(linksPlugin, { docs, root, repository });
      md.use(glossaryPlugin, { docs });
      const drawFence = md.renderer.rules.fence;
      md.renderer.rules.fence = (...args) => {
        const [tokens, i] = args;
        const token = tokens[i];
        const chart = token?.info.trim() === "mermaid" ? readFlowchart(token.content) : undefined;
        return chart ? drawFlowchart(chart) : (drawFence?.(...args) ?? "");
      };
    },
  },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === "fovea-heatmap" } } },
  vite: {
    publicDir: fileURLToPath(new URL("../public", import.meta.url)),
    // onnxruntime's files are beside the element, once for all.
    resolve: { conditions: ["onnxruntime-web-use-extern-wasm", "browser", "module", "import", "default"] },
    build: { target: "es2022", chunkSizeWarningLimit: 1500 },
    esbuild: { target: "es2022" },
  },
  themeConfig: {
    siteTitle: "Fovea",
    search: { provider: "local" },
    nav: [
      { text: "Start", link: "/start" },
      { text: "Methods", link: "/methods" },
      { text: "Commands", link: "/commands" },
      { text: "API", link: "/api/" },
    ].filter(({ link }) => pages.includes(link.slice(1).replace(/\/$/, "/index"))),
    sidebar: sidebar(),
    outline: { level: [2, 3] },
    docFooter: { prev: "Before", next: "Next" },
    externalLinkIcon: true,
    ...(repository ? { socialLinks: [{ icon: "github" as const, link: repository }] } : {}),
    footer: { message: `Fovea ${manifest.version}. MIT licence.` },
  },
});
