/** @file Makes each superpixel one connected piece. */

import { at } from "../../foundation/present.js";
import { eachNeighbour, type Grid } from "./grid.js";

/** Places that belong together. */
export interface Superpixels {
  /** Of each place the number of its superpixel, from 0 on. */
  readonly labels: Int32Array;
  readonly count: number;
}

/**
 * Connected pieces of equal labels; those of fewer than `least` places join the neighbour that they share the longest border with, the
 * smallest piece first.
 */
export function connected(labels: Int32Array, grid: Grid, least: number): Superpixels {
  const { pieces, sizes } = piecesOf(labels, grid);
  const borders = bordersOf(pieces, sizes.length, grid);
  const parents = sizes.map((_, i) => i);
  const small = sizes.map((_, i) => i).filter((i) => at(sizes, i) < least);
  small.sort((a, b) => at(sizes, a) - at(sizes, b) || a - b);
  for (const piece of small) {
    const own = rootOf(parents, piece);
    if (at(sizes, own) < least) join(own);
  }
  return numbered(pieces, parents);

  function join(piece: number): void {
    const border = at(borders, piece);
    let [neighbour, longest] = [-1, 0];
    for (const [other, length] of border) if (length > longest) [neighbour, longest] = [other, length];
    if (neighbour < 0) return;
    parents[piece] = neighbour;
    sizes[neighbour] = at(sizes, neighbour) + at(sizes, piece);
    const kept = at(borders, neighbour);
    for (const [other, length] of border) {
      at(borders, other).delete(piece);
      if (other === neighbour) continue;
      kept.set(other, (kept.get(other) ?? 0) + length);
      at(borders, other).set(neighbour, kept.get(other) ?? 0);
    }
  }
}

/** The connected piece of each place, and how many places each has. */
function piecesOf(labels: Int32Array, grid: Grid): { readonly pieces: Int32Array; readonly sizes: number[] } {
  const pieces = new Int32Array(labels.length).fill(-1);
  const sizes: number[] = [];
  const open: number[] = [];
  for (let start = 0; start < labels.length; start++) {
    if (pieces[start] !== -1) continue;
    const piece = sizes.length;
    let size = 0;
    const take = (place: number) => {
      if (pieces[place] !== -1 || labels[place] !== labels[start]) return;
      pieces[place] = piece;
      size++;
      open.push(place);
    };
    take(start);
    for (let place = open.pop(); place !== undefined; place = open.pop()) eachNeighbour(grid, place, take);
    sizes.push(size);
  }
  return { pieces, sizes };
}

/** Of each piece the lengths of its borders, by neighbour. */
function bordersOf(pieces: Int32Array, count: number, grid: Grid): Map<number, number>[] {
  const borders = Array.from({ length: count }, () => new Map<number, number>());
  for (const [place, piece] of pieces.entries()) {
    const border = at(borders, piece);
    eachNeighbour(grid, place, (other) => {
      const neighbour = pieces[other] ?? piece;
      if (neighbour !== piece) border.set(neighbour, (border.get(neighbour) ?? 0) + 1);
    });
  }
  return borders;
}

function rootOf(parents: readonly number[], piece: number): number {
  let root = piece;
  while (at(parents, root) !== root) root = at(parents, root);
  return root;
}

/** Numbers the joined pieces by their first places. */
function numbered(pieces: Int32Array, parents: readonly number[]): Superpixels {
  const numbers = new Map<number, number>();
  const labels = pieces.map((piece) => {
    const root = rootOf(parents, piece);
    const number = numbers.get(root) ?? numbers.size;
    numbers.set(root, number);
    return number;
  });
  return { labels, count: numbers.size };
}
