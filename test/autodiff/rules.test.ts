/** @file Every differentiation rule against finite differences, with all, some or none of the sizes known. */

import { describe, expect, it } from "vitest";
import { checkGradients } from "../../src/autodiff/check-gradients.js";
import { differentiate } from "../../src/autodiff/differentiate.js";
import { flat } from "../../src/autodiff/rule.js";
import { rules } from "../../src/autodiff/rules/index.js";
import { copyGraph, type Graph, type GraphNode, type Value } from "../../src/onnx/graph.js";
import { prune } from "../../src/onnx/prune.js";
import { caseTitle, type GradientCase, gradientProblem, type Mode, modes } from "../support/models/gradient-case.js";
import { run, runFresh } from "../support/models/run.js";
import { runtime } from "../support/runtime.js";
import { everything, share } from "../support/share.js";
import { cases } from "./cases.js";

const smooth = Object.keys(rules).filter((op) => rules[op] !== flat);

it("there are cases for every rule and only for rules", () => {
  expect(Object.keys(cases).sort()).toEqual(smooth.sort());
});

/** Every third case in one of the modes in turn, beginning with all sizes known; in the long suite every case in every mode. */
function modesOf(place: number): readonly Mode[] {
  return everything || place % 3 === 0 ? share(modes, modes.length, place / 3) : [];
}

describe.each(Object.entries(cases))("%s", (op, list) => {
  for (const [place, theCase] of list.entries()) {
    it.each(modesOf(place))(`${caseTitle(theCase)}, sizes known: %s`, async (mode) => {
      const problem = await gradientProblem(op, theCase, mode);
      const { graph, of, wrt } = problem;
      if (theCase.refused?.includes(mode)) {
        expect(() => differentiate(graph, { of, wrt })).toThrow(expect.objectContaining({ code: "bad-graph" }));
        return;
      }
      const { tolerance = 2e-4, fresh = false } = theCase;
      const check = await checkGradients(graph, { ...problem, run: fresh ? runFresh : run, tolerance });
      expect(check).toMatchObject({ passed: true });
      if (mode === "static") await expectStandardForms(graph, of, wrt, theCase);
    });
  }
});

/** The backward nodes have the standard domain, names after their forward nodes, and forms valid in later opsets too. */
async function expectStandardForms(
  graph: Graph,
  of: Value,
  wrt: readonly Value[],
  theCase: GradientCase,
): Promise<void> {
  const { graph: whole, gradients } = differentiate(graph, { of, wrt });
  const backward = whole.nodes.slice(graph.nodes.length);
  expect(backward.filter(({ domain }) => domain !== "")).toEqual([]);
  const owners = [
    ...graph.nodes.map(({ name }) => name),
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
  ];
  const owned = ({ name }: GraphNode) => owners.some((owner) => name.startsWith(`${owner}/grad`));
  expect(backward.filter((node) => !owned(node)).map(({ name }) => name)).toEqual([]);
  const { opset: oldest = 18, newest = 23 } = theCase;
  for (const opset of [21, 23].filter((version) => version >= oldest && version <= newest)) {
    const newer = copyGraph(prune(whole, [...gradients.values()]));
    newer.opsets.set("", opset);
    await (await runtime.open(newer, { optimize: false, threads: 1 })).close();
  }
}
