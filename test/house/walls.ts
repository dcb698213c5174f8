/** @file The walls: what is wrong with a set of import lists, one sentence for each fault. */

import { posix } from "node:path";
import { type Import, type ImportLists, packageOf, resolveImport, unreadable } from "./imports.js";
import { looseFiles, nodePackages, type Room, tables } from "./rooms.js";

const defaultDepth = 8;

/** All faults, those of single imports first. */
export function faultsOf(files: ImportLists, rooms: readonly Room[]): string[] {
  return [
    ...wrongImports(files, rooms),
    ...circles(files),
    ...longChains(files, rooms),
    ...nodeInPages(files),
    ...crowdedFolders(files),
  ];
}

/** Rooms that the list lets import what does not stand before them. */
export function wrongRooms(rooms: readonly Room[]): string[] {
  return rooms.flatMap(({ name, imports }, i) =>
    imports
      .filter((other) => !rooms.slice(0, i).some((room) => room.name === other))
      .map((other) => `${name} may not import ${other}, which is no room below it`),
  );
}

/** Imports of rooms, packages and files that a file's room does not have. */
export function wrongImports(files: ImportLists, rooms: readonly Room[]): string[] {
  return [...files].flatMap(([file, imports]) => {
    const room = roomOf(file, rooms);
    if (room === undefined) return [`${file} is in no room`];
    return imports.flatMap((each) => wrongImport(file, each, room, files, rooms) ?? []);
  });
}

function wrongImport(
  file: string,
  { from }: Import,
  room: Room,
  files: ImportLists,
  rooms: readonly Room[],
): string | undefined {
  if (from === unreadable) return `${file} imports a name that is computed`;
  if (!from.startsWith(".")) {
    const name = packageOf(from);
    return packagesOf(file, room).includes(name) ? undefined : `${file} may not import the package ${name}`;
  }
  const path = resolveImport(file, from, files);
  if (path === undefined) return `${file} imports ${from}, which is no file of a room`;
  const other = roomOf(path, rooms);
  if (other === undefined || other === room || room.imports.includes(other.name)) return undefined;
  return `${file} may not import ${path}`;
}

function packagesOf(file: string, { packages = [], onNode = [], inPage = [] }: Room): readonly string[] {
  const name = posix.basename(file);
  return [...packages, ...(name === "node.ts" ? onNode : []), ...(name === "web.ts" ? inPage : [])];
}

function roomOf(file: string, rooms: readonly Room[]): Room | undefined {
  return rooms.find(({ folder }) => file.startsWith(`${folder}/`));
}

/** Files that import themselves by way of others; each circle once, from its first file on. */
export function circles(files: ImportLists): string[] {
  const done = new Set<string>();
  const faults: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) faults.push(`a circle: ${[...path.slice(start), file].join(" -> ")}`);
    if (start >= 0 || done.has(file)) return;
    for (const next of neighbours(file, files)) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files.keys()) visit(file, []);
  return faults;
}

/** Files that a file imports, types included. */
function neighbours(file: string, files: ImportLists, kinds: readonly Import["kind"][] = ["value", "type", "later"]) {
  const imports = (files.get(file) ?? []).filter(({ from, kind }) => from.startsWith(".") && kinds.includes(kind));
  return [...new Set(imports.flatMap(({ from }) => resolveImport(file, from, files) ?? []))];
}

/** Rooms whose longest chain of imports has too many files. */
export function longChains(files: ImportLists, rooms: readonly Room[]): string[] {
  return rooms.flatMap(({ name, folder, depth = defaultDepth }) => {
    const chain = longestChain(files, folder);
    if (chain.length <= depth) return [];
    return [`${name}: a chain of ${chain.length} imports, ${depth} are allowed: ${chain.join(" -> ")}`];
  });
}

/** The longest way along imports that stays in a folder. */
export function longestChain(files: ImportLists, folder: string): readonly string[] {
  const found = new Map<string, readonly string[]>();
  const from = (file: string): readonly string[] => {
    const known = found.get(file);
    if (known) return known;
    // A circle, which is a fault of its own, ends here.
    found.set(file, [file]);
    const inside = neighbours(file, files).filter((path) => path.startsWith(`${folder}/`));
    const chain = [file, ...longest(inside.map(from))];
    found.set(file, chain);
    return chain;
  };
  return longest([...files.keys()].filter((file) => file.startsWith(`${folder}/`)).map(from));
}

function longest(chains: readonly (readonly string[])[]): readonly string[] {
  return chains.reduce((best, chain) => (chain.length > best.length ? chain : best), []);
}

/** Files of the page that import types from a `node.ts`, or load what runs on Node only, be it by way of others. */
function nodeInPages(files: ImportLists): string[] {
  const pages = [...files.keys()].filter((file) => file.startsWith("web/src/"));
  const named = pages.flatMap((file) =>
    neighbours(file, files)
      .filter((path) => posix.basename(path) === "node.ts")
      .map((path) => `${file} is part of a page and may not import ${path}`),
  );
  return [...named, ...nodeBehind(pages, files)];
}

/** What runs on Node only of all that these files load, now or later. */
export function nodeBehind(starts: readonly string[], files: ImportLists): string[] {
  return [...loadedBy(starts, files)].flatMap(([file, way]) => {
    const loads = (files.get(file) ?? []).filter(({ from, kind }) => !from.startsWith(".") && kind !== "type");
    const wrong = new Set(loads.map(({ from }) => packageOf(from)).filter((name) => nodePackages.includes(name)));
    return [...wrong].map((name) => `a page loads ${name}: ${way.join(" -> ")}`);
  });
}

/** Files that are loaded with the given ones, each with the way to it. */
export function loadedBy(starts: readonly string[], files: ImportLists): Map<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>(starts.map((file) => [file, [file]]));
  for (const [file, way] of ways) {
    for (const next of neighbours(file, files, ["value", "later"])) {
      if (!ways.has(next)) ways.set(next, [...way, next]);
    }
  }
  return ways;
}

/** Folders with more loose files than one can look over. */
export function crowdedFolders(files: ImportLists): string[] {
  const counts = new Map<string, number>();
  for (const file of files.keys()) counts.set(posix.dirname(file), (counts.get(posix.dirname(file)) ?? 0) + 1);
  return [...counts]
    .filter(([folder, count]) => count > looseFiles && !tables.includes(folder))
    .map(([folder, count]) => `${folder} holds ${count} loose files, ${looseFiles} are allowed`);
}
