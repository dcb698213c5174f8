/** @file The part of `docs/conformance.md` that says, for every method, with whose code it is compared. */

import { methods, methodsAndVariants } from "../../../src/explain/methods/index.js";
import { type MethodErrors, methodReferences } from "../goldens/method-conformance.js";
import { peerMeta } from "./meta.js";
import { nameOf, type Peer, peers } from "./peers.js";
import { relevanceMeta, relevanceReferences } from "./relevance.js";

/** The largest permitted difference of a comparison that says no other. */
const usualBar = 1e-4;

export function peerBar({ bar = usualBar }: Peer): number {
  return bar;
}

/** One comparison, of either harness. */
interface Compared {
  readonly name: string;
  readonly code: string;
  readonly agrees: boolean;
  /** The method of which this is another form, as the note says. */
  readonly formOf: string | undefined;
  readonly note: string;
  /** Undefined while nothing is measured. */
  readonly worst: number | undefined;
}

export type Comparison = "as it stands" | "in another form" | "by hand";

/** What was measured of each of `methodReferences`, of `peers` and of `relevanceReferences`. */
type Measured = readonly [
  references: readonly (number | undefined)[],
  others: readonly number[],
  relevance: readonly number[],
];

/** Nothing for a table without numbers. */
function comparisons([references, others, relevance]: Measured = [[], [], []]): Compared[] {
  const ofReferences = methodReferences.map((reference, i): Compared => {
    const { code = "pytorch-grad-cam", formOf, note = "" } = reference;
    const agrees = reference.bar !== Number.POSITIVE_INFINITY;
    return { name: nameOf(reference), code, agrees, formOf, note, worst: references[i] };
  });
  const ofPeers = peers.map((peer, i): Compared => {
    const { code, formOf, note = "" } = peer;
    return { name: nameOf(peer), code, agrees: Number.isFinite(peerBar(peer)), formOf, note, worst: others[i] };
  });
  const ofRelevance = relevanceReferences.map(({ method, code, note }, i): Compared => {
    return { name: method, code, agrees: true, formOf: undefined, note, worst: relevance[i] };
  });
  return [...ofReferences, ...ofPeers, ...ofRelevance];
}

/** How a method is compared at best: with the code of others as it stands or in a form that differs as said, or with its equation alone. */
export function comparisonOf(method: string): Comparison {
  const others = comparisons().filter(({ code, agrees }) => agrees && code !== "by hand");
  if (others.some(({ name, formOf }) => name === method && formOf === undefined)) return "as it stands";
  return others.some(({ formOf }) => formOf === method) ? "in another form" : "by hand";
}

function named(how: Comparison): string[] {
  return methods.map(({ name }) => name).filter((name) => comparisonOf(name) === how);
}

/** How many methods are compared with whose code, in sentences. */
export function coverage(): string {
  const listed = (how: Comparison) =>
    named(how)
      .map((name) => `\`${name}\``)
      .join(", ");
  const [whole, formed, byHand] = (["as it stands", "in another form", "by hand"] as const).map(
    (how) => named(how).length,
  );
  return `Of ${methods.length} methods ${whole} are compared, as they stand, with other people's code that is run; ${formed} (${listed("in another form")}) in a form that differs in one stated point; and ${byHand} (${listed("by hand")}) with its equation, written with PyTorch's autograd, alone.`;
}

/**
 * @param references the largest difference of each of `methodReferences`, by its comparisons
 * @param others that of each of `peers`
 * @param relevance that of each of `relevanceReferences`
 */
export function peersSection(
  references: readonly (readonly (MethodErrors | undefined)[])[],
  others: readonly number[],
  relevance: readonly number[],
): string {
  const largest = methodReferences.map((_, i) => Math.max(...references.flatMap((row) => row[i]?.worst ?? [])));
  const all = comparisons([largest, others, relevance]);
  const order = methodsAndVariants.map(({ name }) => name);
  const place = ({ name, formOf = "" }: Compared) => order.indexOf(order.includes(name) ? name : formOf);
  const lines = all
    .toSorted((a, b) => place(a) - place(b))
    .map(({ name, code, worst, note, agrees }) => {
      const cells = [`\`${name}\``, code, worst?.toExponential(1) ?? "", agrees ? "" : "no", note];
      return `| ${cells.join(" | ")} |`;
    });
  const commits = Object.entries(peerMeta.sources).map(([name, commit]) => `${name} (${commit.slice(0, 7)})`);
  const versions = Object.entries(peerMeta.versions).map(([name, version]) => `${name} ${version}`);
  const ofRelevance = Object.entries(relevanceMeta.sources).map(([name, commit]) => `${name} (${commit.slice(0, 7)})`);
  const alsoVersions = Object.entries(relevanceMeta.versions).map(([name, version]) => `${name} ${version}`);
  return `
## Whose code each method is compared with

${coverage()} *The authors' code* is that of the method's own authors, where it has a licence that allows running it. Differences are the largest of all, relative to the largest magnitude of each array; *agrees* says no where the other code has another definition, and the remark which.

Rows of pytorch-grad-cam, PyTorch and of Captum's 16 steps above are those of the table above. The others are of two small seeded networks (\`test/fixtures/peers\`: convolutions of 24x20 pixels, and a transformer), written by \`test/reference/make_peers.py\` and \`make_shapley.py\` with ${commits.join(", ")}; ${versions.join(", ")}. Random numbers are the same on both sides. Relevance is that of six more networks (\`test/fixtures/relevance\`), in float64, written by \`test/reference/lrp.py\` with ${ofRelevance.join(", ")}; ${alsoVersions.join(", ")}. The test suite asserts these rows.

| method | compared with | largest difference | agrees | |
|---|---|--:|---|---|
${lines.join("\n")}
`;
}
