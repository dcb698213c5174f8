/** @file The parts of CONTRIBUTING.md and of the pages in docs that are written from the code's own tables. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { passTable } from "../../src/model/open.js";
import { root } from "./imports.js";
import { apiReference, type Manifest } from "./public-names.js";
import { type Room, rooms } from "./rooms.js";

const manifest: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The parts of each page, by the name in the comment around them. */
const parts: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  "CONTRIBUTING.md": { rooms: () => roomTable(rooms) },
  "docs/architecture.md": { picture: () => picture(rooms), passes: passTable },
  "docs/library.md": { names: () => apiReference(manifest.exports) },
};

/** The pages by path, with all their parts as they should be. */
export function pages(): Map<string, string> {
  return new Map(
    Object.entries(parts).map(([path, contents]) => {
      const text = readFileSync(join(root, path), "utf8");
      return [path, Object.entries(contents).reduce((page, [name, content]) => fillIn(page, name, content()), text)];
    }),
  );
}

/** A page with the lines between the comments of a part replaced. @param command what writes it */
export function fillIn(page: string, name: string, content: string, command = "npm run house"): string {
  const [start, end] = [`<!-- \`${command}\` writes: ${name} -->\n`, "<!-- end -->"];
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`expected a part "${name}" between comments, got none`);
  return `${page.slice(0, from + start.length)}\n${content.trim()}\n\n${page.slice(to)}`;
}

/** What each room holds and may import, lowest first. */
export function roomTable(rooms: readonly Room[]): string {
  const rows = rooms.map((room, i) => {
    const cells = [`\`${room.folder}\``, room.holds, importsOf(room, rooms.slice(0, i)), packagesOf(room)];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| room | holds | may import | packages |", "|---|---|---|---|", ...rows].join("\n");
}

function importsOf({ imports }: Room, above: readonly Room[]): string {
  const names = above.map(({ name }) => name);
  const missing = names.filter((name) => !imports.includes(name));
  const rest = missing.length > 0 ? `, but not ${missing.join(", ")}` : "";
  if (imports.length > 2 * missing.length + 3) return `all above${rest}`;
  return names.filter((name) => imports.includes(name)).join(", ") || "no other room";
}

function packagesOf({ packages = [], onNode = [], inPage = [] }: Room): string {
  const list = (names: readonly string[], where: string) =>
    names.length > 0 ? [`${names.map((name) => `\`${name}\``).join(", ")}${where}`] : [];
  return [...list(packages, ""), ...list(onNode, " in `node.ts`"), ...list(inPage, " in `web.ts`")].join("; ");
}

/** The rooms as a diagram in Mermaid, highest first; an arrow that others imply is left out. */
export function picture(rooms: readonly Room[]): string {
  const nodes = rooms.toReversed().map(({ name, folder, holds }) => {
    return `  ${name}["<b>${folder}</b><br>${inTwoLines(holds.replace(/[<>`]/g, ""))}"]`;
  });
  const arrows = rooms.toReversed().flatMap(({ name, imports }) => {
    const direct = imports.filter((other) => !imports.some((way) => reaches(way, other, rooms)));
    return direct.map((other) => `  ${name} --> ${other}`);
  });
  return ["```mermaid", "flowchart TD", ...nodes, ...arrows, "```"].join("\n");
}

/** Whether a room may import another, be it by way of others. */
function reaches(name: string, other: string, rooms: readonly Room[]): boolean {
  const imports = rooms.find((room) => room.name === name)?.imports ?? [];
  return imports.includes(other) || imports.some((way) => reaches(way, other, rooms));
}

/** Broken at the space that is nearest to the middle; short phrases stay on one line. */
function inTwoLines(phrase: string): string {
  if (phrase.length < 24) return phrase;
  const middle = phrase.length / 2;
  const spaces = Array.from(phrase.matchAll(/ /g), ({ index }) => index);
  const nearest = spaces.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0] ?? 0;
  return `${phrase.slice(0, nearest)}<br>${phrase.slice(nearest + 1)}`;
}
