/** @file Methods against maps that other people's code made of small networks. */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readNpy } from "../../../src/data/npy.js";
import { methods } from "../../../src/explain/methods/index.js";
import { floats, type Tensor } from "../../../src/onnx/tensor.js";
import { methodReferences } from "../../support/goldens/method-conformance.js";
import { draws } from "../../support/peers/draws.js";
import { explainedAsPeer, nameOf, type Peer, peerError, peers } from "../../support/peers/peers.js";

const folder = new URL("../../fixtures/peers/", import.meta.url);

describe("maps by other people's code", () => {
  it.each(peers.map((peer) => [nameOf(peer), peer.code, peer.note ?? "", peer] as const))(
    "%s, by %s %s",
    async (_name, _code, _note, peer) => {
      const error = await peerError(peer);
      console.log(nameOf(peer), peer.code, error.toExponential(1));
      expect(error).toBeLessThan(peer.bar ?? 1e-4);
    },
  );
});
