/** @file Ensembles of decision trees (ONNX-ML), which onnxruntime builds by calling itself for each branch. */

import { FoveaError } from "../../foundation/error.js";
import { type Attribute, type GraphNode, operatorName } from "../graph.js";

/** Decisions from a root to a leaf; trees that are grown without a limit reach a hundred. */
const deepestTree = 1000;

/**
 * Refuses trees that are deep enough to overflow the stack, or that come back to themselves.
 * @throws FoveaError `bad-graph`
 */
export function refuseDeepTrees(node: GraphNode, where: string): void {
  if (node.domain !== "ai.onnx.ml" || !node.op.startsWith("TreeEnsemble")) return;
  const problem = problemOf(branchesOf(node.attributes));
  if (problem === undefined) return;
  throw new FoveaError("bad-graph", `${where}: node "${node.name}" (${operatorName(node)}): ${problem}`);
}

type Branches = readonly (readonly number[])[];

/** The decisions behind each decision, by their places in the lists of attributes. */
function branchesOf(attributes: GraphNode["attributes"]): Branches {
  const [yes, no] = [listOf(attributes.nodes_truenodeids), listOf(attributes.nodes_falsenodeids)];
  const ids = attributes.nodes_nodeids;
  if (ids === undefined) {
    const [yesIsLeaf, noIsLeaf] = [listOf(attributes.nodes_trueleafs), listOf(attributes.nodes_falseleafs)];
    return yes.map((next, i) => [...(yesIsLeaf[i] ? [] : [next]), ...(noIsLeaf[i] ? [] : [no[i] ?? -1])]);
  }
  const trees = listOf(attributes.nodes_treeids);
  const modes = attributes.nodes_modes?.type === "strings" ? attributes.nodes_modes.value : [];
  const places = new Map(listOf(ids).map((id, i) => [`${trees[i]}/${id}`, i]));
  const placeOf = (i: number, id: number | undefined) => places.get(`${trees[i]}/${id}`) ?? -1;
  return yes.map((next, i) => (modes[i] === "LEAF" ? [] : [placeOf(i, next), placeOf(i, no[i])]));
}

function listOf(attribute: Attribute | undefined): readonly number[] {
  return attribute?.type === "ints" ? attribute.value : [];
}

/** What is wrong with the trees; undefined where nothing is. */
function problemOf(branches: Branches): string | undefined {
  const depths = new Int32Array(branches.length);
  const open = new Uint8Array(branches.length);
  for (let root = 0; root < branches.length; root++) {
    const stack = [root];
    for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
      const next = (branches[at] ?? []).filter((each) => each in branches);
      const waiting = depths[at] ? [] : next.filter((each) => !depths[each]);
      if (waiting.length === 0) {
        depths[at] ||= 1 + next.reduce((most, each) => Math.max(most, depths[each] ?? 0), 0);
        if ((depths[at] ?? 0) > deepestTree)
          return `expected trees of at most ${deepestTree} decisions in turn, got more`;
        stack.pop();
      } else if (open[at]) return "expected trees, got a decision that comes back to itself";
      else {
        open[at] = 1;
        for (const each of waiting) stack.push(each);
      }
    }
  }
  return undefined;
}
