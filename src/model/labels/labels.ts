/** @file Class names as a file gives them; of files that can be read in several ways, all of these. */

/** The classes of a file of labels, in the order of the model's scores. */
export interface Labels {
  readonly names: readonly string[];
  /** WordNet's ids of the classes (`n02123045`), where the file has them. */
  readonly ids?: readonly string[] | undefined;
}

/** Whether a text is one of WordNet's ids of nouns, as ImageNet's folders are called. */
export function isSynsetId(text: string): boolean {
  return /^n\d{8}$/.test(text);
}

/**
 * The reading with as many names as the model has classes; the first where none has.
 * @param fits whether a model may have that many classes
 */
export function fittingLabels(readings: readonly Labels[], fits: (count: number) => boolean): Labels | undefined {
  return readings.find(({ names }) => fits(names.length)) ?? readings[0];
}

/** Names and ids, where every name is one of WordNet's ids, or begins with one: `n02123045 tabby, tabby cat`. */
export function splitIds(texts: readonly string[]): Labels {
  const matches = texts.map((text) => /^(n\d{8})(?:[\s,:;|]+(.+))?$/s.exec(text));
  if (texts.length === 0 || matches.includes(null)) return { names: texts };
  const ids = matches.map((match) => match?.[1] ?? "");
  return { names: matches.map((match, i) => match?.[2] ?? ids[i] ?? ""), ids };
}

/** A class with the number that its file gives it. */
export interface NumberedLabel {
  readonly index: number;
  readonly name: string;
  readonly id?: string | undefined;
}

/** Far above any number of classes: a list of names with a larger number would be made of gaps. */
const highestIndex = 1e5;

/**
 * The readings of numbered classes: by their order where the numbers leave gaps or begin above 0, and with a name for each
 * number from 0 on, as the background is class 0 of detectors whose labels begin at 1. None where numbers are used twice.
 */
export function placeLabels(labels: readonly NumberedLabel[]): Labels[] {
  const sorted = [...labels].sort((a, b) => a.index - b.index);
  const distinct = sorted.every(({ index }, i) => i === 0 || index !== sorted[i - 1]?.index);
  const [lowest, highest] = [sorted[0]?.index ?? -1, sorted.at(-1)?.index ?? -1];
  if (!distinct || lowest < 0 || highest > highestIndex) return [];
  const inOrder = labelsOf(sorted);
  if (highest === sorted.length - 1) return [inOrder];
  const byIndex = new Map(sorted.map((each) => [each.index, each]));
  const unnamed = (index: number) => ({ index, name: index === 0 ? "background" : String(index) });
  const all = Array.from({ length: highest + 1 }, (_, index) => byIndex.get(index) ?? unnamed(index));
  return [inOrder, labelsOf(all)];
}

function labelsOf(list: readonly NumberedLabel[]): Labels {
  if (!list.every(({ id }) => id !== undefined)) return splitIds(list.map(({ name }) => name));
  return { names: list.map(({ name }) => name), ids: list.map(({ id = "" }) => id) };
}
