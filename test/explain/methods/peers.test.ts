/** @file Methods against maps that other people's code made of small networks. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readNpy } from "../../../src/data/npy.js";
import { methods, methodsAndVariants } from "../../../src/explain/methods/index.js";
import { floats } from "../../../src/onnx/tensor.js";
import { methodReferences } from "../../support/goldens/method-conformance.js";
import { draws } from "../../support/peers/draws.js";
import { type Comparison, comparisonOf, coverage, peerBar } from "../../support/peers/page.js";
import { explainedAsPeer, nameOf, type Peer, peerError, peers } from "../../support/peers/peers.js";
import { relevanceReferences } from "../../support/peers/relevance.js";

describe("maps by other people's code", () => {
  it.each(peers.map((peer) => [nameOf(peer), peer.code, peer.note ?? "", peer] as const))(
    "%s: %s %s",
    async (_name, _code, _note, peer) => {
      expect(await peerError(peer)).toBeLessThan(peerBar(peer));
    },
  );

  it("were made with the random numbers that the methods draw", () => {
    for (const [name, drawn] of Object.entries(draws())) {
      const stored = readNpy(readFileSync(new URL(`../../fixtures/peers/draws/${name}.npy`, import.meta.url)), name);
      expect([...floats(stored)], name).toEqual([...floats(drawn)]);
    }
  });

  it("are there for every method and variant, or an equation by hand", () => {
    const compared = new Set([...peers, ...methodReferences, ...relevanceReferences].map(nameOf));
    expect(methodsAndVariants.map(({ name }) => name).filter((name) => !compared.has(name))).toEqual([]);
  });

  it("count a method as compared only where somebody else's code agrees with it", () => {
    const byHand = methods.filter(({ name }) => comparisonOf(name) === "by hand");
    expect(byHand.map(({ name }) => name)).toEqual(["smooth-grad-cam++"]);
    expect(comparisonOf("grad-cam")).toBe("as it stands");
    expect(comparisonOf("full-grad")).toBe("in another form");
  });

  it("are counted in README.md and docs/conformance.md as they are compared", () => {
    const page = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8");
    const count = (how: Comparison) => methods.filter(({ name }) => comparisonOf(name) === how).length;
    const [whole, formed, byHand] = [count("as it stands"), count("in another form"), count("by hand")];
    expect(page("README.md")).toContain(`Of the ${methods.length} methods ${whole} are compared, as they stand,`);
    expect(page("README.md")).toContain(`, ${formed} in a form that differs in one stated point, and ${byHand} with`);
    expect(page("docs/conformance.md")).toContain(coverage());
  });
});

describe("integrated gradients", () => {
  const of = peers.filter(({ method, baseline }) => method === "integrated-gradients" && baseline);

  it.each(of.map((peer) => [peer.baseline, peer] as const))(
    "from %s share out the score's rise from there, but for the quadrature's error",
    async (_baseline, peer: Peer) => {
      const { completeness, attribution } = await explainedAsPeer({ ...peer, samples: 48 });
      const [attributed, total] = [floats(completeness?.attributed as never), floats(completeness?.total as never)];
      const values = floats(attribution as never);
      const size = values.length / total.length;
      total.forEach((rise, k) => {
        const sum = values.subarray(k * size, (k + 1) * size).reduce((all, value) => all + value, 0);
        expect(attributed[k]).toBeCloseTo(sum, 4);
        expect(Math.abs((attributed[k] as number) - rise)).toBeLessThan(0.01 * Math.max(...total.map(Math.abs)));
      });
    },
  );
});
