/** @file Writes the random numbers that others' code is given, before `make_peers.py`. `npx tsx test/reference/peer-draws.ts` */

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeNpy } from "../../src/data/npy.js";
import { draws } from "../support/peers/draws.js";

const folder = fileURLToPath(new URL("../fixtures/peers/draws/", import.meta.url));
mkdirSync(folder, { recursive: true });
for (const [name, tensor] of Object.entries(draws())) writeFileSync(`${folder}${name}.npy`, writeNpy(tensor));
