/** @file Many images through one explainer: read ahead, explained in batches, handed out one by one. */

import { badInput } from "../foundation/check.js";
import { FoveaError } from "../foundation/error.js";
import type { Items } from "../foundation/map-ahead.js";
import { at } from "../foundation/present.js";
import { joined, rowsOf } from "../model/run/batches.js";
import { fullGroup, type Read, readBatches, runTogether } from "../model/run/read-batches.js";
import type { Tensor } from "../onnx/tensor.js";
import { createExplanation, type Explanation } from "./explanation.js";
import type { Explainer, ExplainOptions } from "./options.js";
import { checkExplainOptions } from "./run/check-options.js";

/** How images are explained as they come; `progress` counts the runs of one batch. Labels are for one call's images; see `labelOf`. */
export interface ExplainStreamOptions<Source = unknown> extends Omit<ExplainOptions, "labels"> {
  /** The class to explain of each source, by index or by name, in the place of `classes`. Default those. */
  readonly labelOf?: ((source: Source) => number | string) | undefined;
  /** Images in one run, fewer of large ones; up to as many more, and at most 64, are read meanwhile. Default 8. */
  readonly batch?: number;
  /**
   * Fills up runs of fewer images with copies of the last, so that an image's numbers are the same to the last bit whichever others
   * there are: kernels for other numbers of images round otherwise. Default false.
   */
  readonly fill?: boolean;
}

/** One source with its image and explanation, or with its error. */
export type Explained<Source, Image> =
  | { readonly source: Source; readonly image: Image; readonly explanation: Explanation; readonly error?: undefined }
  | {
      readonly source: Source;
      readonly error: FoveaError;
      readonly image?: undefined;
      readonly explanation?: undefined;
    };

/**
 * Explains sources in order, however many. Sources of the same size share a run. One that cannot be read or explained yields
 * its error, and the others go on. At most two batches are in memory: one that is explained, and one that is read.
 * @param read a source as the model's input, float32 [n, C, H, W]; n is 1 for a picture
 * @throws FoveaError `bad-input` for a batch that is none, or for labels; the reason of `signal`'s abort
 */
export async function* explainStream<Source, Image extends { readonly input: Tensor }>(
  explainer: Pick<Explainer, "explain">,
  sources: Items<Source>,
  read: (source: Source) => Promise<Image>,
  how: ExplainStreamOptions<Source> = {},
): AsyncGenerator<Explained<Source, Image>> {
  checkSources(sources);
  checkExplainOptions(how);
  const { batch = 8, fill = false, labelOf, ...options } = how;
  if (!Number.isInteger(batch) || batch < 1) throw badInput("batch", "a whole number from 1 on", batch);
  if ("labels" in options) throw new FoveaError("bad-input", "labels: expected none for images that come in batches");
  for await (const group of readBatches(sources, read, batch, ({ input }) => input.byteLength))
    yield* await explainGroup(explainer, group, options, { least: fill ? batch : 1, labelOf });
}

/** A text is a list of letters, and none of images. */
function checkSources(sources: unknown): void {
  const isList =
    typeof sources === "object" &&
    sources !== null &&
    (Symbol.iterator in sources || Symbol.asyncIterator in sources) &&
    !ArrayBuffer.isView(sources);
  if (!isList) throw badInput("sources", "a list of images", sources);
}

interface Runs<Source> {
  /** How many images a run has at least, fewer of large ones: others are copies of the last one. */
  readonly least: number;
  readonly labelOf: ((source: Source) => number | string) | undefined;
}

/** An input with the class to explain, where that is its own. */
interface Labelled {
  readonly input: Tensor;
  readonly label: number | string | undefined;
}

async function explainGroup<Source, Image extends { readonly input: Tensor }>(
  explainer: Pick<Explainer, "explain">,
  group: readonly Read<Source, Image>[],
  options: ExplainOptions,
  { least, labelOf }: Runs<Source>,
): Promise<Explained<Source, Image>[]> {
  const inputs = group.flatMap(({ source, image }) =>
    image ? [{ input: image.input, label: labelOf?.(source) }] : [],
  );
  const explanations: (Explanation | FoveaError)[] = [];
  options.signal?.throwIfAborted();
  for (const run of runsOf(inputs, least > 1)) {
    explanations.push(...(await runTogether(run, (some) => explainRun(explainer, some, options, least))));
    // A reason that is a FoveaError looks like the fault of a source.
    options.signal?.throwIfAborted();
  }
  return group.map((read) => {
    if (read.error) return read;
    const explanation = explanations.shift();
    if (explanation === undefined) throw new Error("internal: an image was not explained");
    if (explanation instanceof FoveaError) return { source: read.source, error: explanation };
    return { ...read, explanation };
  });
}

/**
 * Inputs in a row that differ in nothing but how many images they hold.
 * @param filled whether runs are filled up: one of several images is then a run of its own, whatever stands beside it
 */
function runsOf(inputs: readonly Labelled[], filled: boolean): Labelled[][] {
  const shape = ({ input: { type, dims } }: Labelled) => [type, ...dims.slice(1)].join();
  const isAlone = ({ input: { dims } }: Labelled) => filled && dims[0] !== 1;
  const runs: Labelled[][] = [];
  for (const input of inputs) {
    const last = runs.at(-1);
    if (last && ![...last, input].some(isAlone) && last.every((other) => shape(other) === shape(input)))
      last.push(input);
    else runs.push([input]);
  }
  return runs;
}

async function explainRun(
  explainer: Pick<Explainer, "explain">,
  given: readonly Labelled[],
  options: ExplainOptions,
  least: number,
): Promise<Explanation[]> {
  const last = at(given, given.length - 1);
  const [images] = last.input.dims;
  const full = images === 1 ? fullGroup(least, last.input.byteLength) : 1;
  const count = Math.max(given.length, full);
  const inputs = Array.from({ length: count }, (_, i) => given[i] ?? last);
  const labels = inputs.flatMap(({ input: { dims }, label }) =>
    label === undefined ? [] : Array.from({ length: dims[0] ?? 0 }, () => label),
  );
  const labelled = labels.length > 0 ? { ...options, labels } : options;
  if (inputs.length === 1) return [await explainer.explain(last.input, labelled)];
  const all = await explainer.explain(joined(inputs.map(({ input }) => input)), labelled);
  let first = 0;
  return given.map(({ input }) => {
    const [own = 0] = input.dims;
    first += own;
    return someImages(all, first - own, own);
  });
}

/** The explanation of images [first, first + count), sharing its elements. */
function someImages(explanation: Explanation, first: number, count: number): Explanation {
  const rows = (tensor: Tensor) => rowsOf(tensor, first, count);
  // No spread of the others: a part that is added and not cut here is an error of types.
  const { layer, against, classNames, exact, weights, activation, gradient, attribution, magnitude, completeness } =
    explanation;
  return createExplanation({
    ...{ layer, against, classNames },
    scores: rows(explanation.scores),
    probabilities: rows(explanation.probabilities),
    predicted: explanation.predicted.slice(first, first + count),
    classes: explanation.classes.slice(first, first + count),
    maps: rows(explanation.maps),
    evidence: rows(explanation.evidence),
    exact: exact && rows(exact),
    weights: weights && rows(weights),
    activation: activation && rows(activation),
    gradient: gradient && rows(gradient),
    attribution: attribution && rows(attribution),
    magnitude: magnitude && rows(magnitude),
    completeness: completeness && { attributed: rows(completeness.attributed), total: rows(completeness.total) },
    neglected: explanation.neglected?.slice(first, first + count),
  });
}
