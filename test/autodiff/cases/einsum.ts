/** @file Cases of the rule of Einsum. */

import type { GradientCase } from "../../support/models/gradient-case.js";

function product(equation: string, ...operands: readonly (readonly number[])[]): GradientCase {
  return {
    inputs: Object.fromEntries(operands.map((dims, i) => [`x${i}`, dims])),
    attributes: { equation },
    refused: equation.includes("...") ? ["nothing"] : [],
  };
}

export const einsumCases: Record<string, GradientCase[]> = {
  Einsum: [
    product("ij,jk->ik", [2, 3], [3, 4]),
    product("B G H I J, B G H J D -> B G H I D", [1, 2, 2, 3, 4], [1, 2, 2, 4, 2]),
    product("bhid,bhjd->bhij", [2, 2, 3, 4], [2, 2, 5, 4]),
    product("nkctv,kvw->nctw", [2, 3, 2, 2, 4], [3, 4, 4]),
    product("ij,kj", [2, 3], [4, 3]),
    product("ij->ji", [2, 3]),
    product("ij->i", [2, 3]),
    product("ij->", [2, 3]),
    product("i,i->", [4], [4]),
    product("i,j->ij", [3], [4]),
    product("ij,jk->i", [2, 3], [3, 4]),
    product("ij,k->i", [2, 3], [4]),
    product("ij,jk,kl->il", [2, 3], [3, 4], [4, 2]),
    product("ii->i", [3, 3]),
    product("ii->", [3, 3]),
    product("iij,jk->ik", [3, 3, 2], [2, 4]),
    { ...product("...ij,...jk->...ik", [2, 3, 4], [2, 4, 2]), refused: ["ranks", "nothing"] },
    { ...product("...ij,...jk->...ik", [2, 3, 4], [1, 4, 2]), refused: ["batch", "ranks", "nothing"] },
    { ...product("...ij,...jk", [2, 3, 4], [2, 4, 2]), refused: ["ranks", "nothing"] },
    product("...ij,jk->...ik", [2, 2, 3, 4], [4, 2]),
    product("...i->...", [2, 3, 4]),
  ],
};
