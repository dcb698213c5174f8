/** @file Finds classes by their names, by one of several words in a name, and by other terms such as WordNet's ids. */

/** A term for a class, or for several that it covers. */
export interface ClassTerm {
  /** `n02123045`, `tabby cat`. */
  readonly term: string;
  /** What is shown for several classes. */
  readonly name?: string | undefined;
  /** The classes, as indices of the model's. */
  readonly indices: readonly number[];
}

/** Class names with all other terms. */
export interface TermedClasses {
  readonly classes: readonly string[];
  readonly terms?: readonly ClassTerm[] | undefined;
  /** What the user should know of them, a plain sentence each. */
  readonly notes?: readonly string[];
}

/** The parts of a model that tell what its classes are called. */
export interface CalledClasses {
  readonly card: { readonly classes?: readonly string[] | undefined };
  /** Default none. */
  readonly classTerms?: readonly ClassTerm[] | undefined;
}

/** What a text stands for: the classes of that name, or those that a wider term covers. */
export interface FoundClasses {
  readonly indices: readonly number[];
  /** Whether it is one term for all of them; else several classes share the word, and it is not clear which is meant. */
  readonly together: boolean;
  /** The word of a wider term that is an id. */
  readonly name?: string | undefined;
}

export interface ClassFinder {
  /** By a whole name (as it is, else in any case, with `_` and `-` as spaces), else by a word of a name, else by a term. */
  find(text: string): FoundClasses | undefined;
  /** The classes with a text in their names or terms, in any case. */
  containing(text: string): readonly number[];
}

/** Of each list of names, as long as the list is there. */
const finders = new WeakMap<
  readonly string[],
  { readonly terms: CalledClasses["classTerms"]; readonly finder: ClassFinder }
>();

/** The finder of a model's classes. */
export function classFinder({ card: { classes = [] }, classTerms }: CalledClasses): ClassFinder {
  const known = finders.get(classes);
  if (known && known.terms === classTerms) return known.finder;
  const finder = createFinder(classes, classTerms ?? []);
  finders.set(classes, { terms: classTerms, finder });
  return finder;
}

function createFinder(classes: readonly string[], terms: readonly ClassTerm[]): ClassFinder {
  const [exact, whole] = [new Map<string, number>(), new Map<string, number>()];
  const [words, wider] = [new Map<string, Set<number>>(), new Map<string, ClassTerm>()];
  const addWord = (word: string, index: number) => {
    const key = normalise(word);
    const indices = words.get(key);
    if (indices) indices.add(index);
    else words.set(key, new Set([index]));
  };
  classes.forEach((name, index) => {
    if (!exact.has(name)) exact.set(name, index);
    if (!whole.has(normalise(name))) whole.set(normalise(name), index);
    for (const word of synonymsIn(name)) addWord(word, index);
  });
  for (const each of terms) {
    const [first] = each.indices;
    if (each.name === undefined && first !== undefined) addWord(each.term, first);
    else wider.set(normalise(each.term), each);
  }
  return {
    find(text) {
      const key = normalise(text);
      const index = exact.get(text) ?? whole.get(key);
      if (index !== undefined) return { indices: [index], together: true };
      const several = words.get(key);
      if (several) return { indices: [...several], together: several.size === 1 };
      const term = wider.get(key);
      return term && { indices: term.indices, together: true, name: term.name };
    },
    containing(text) {
      const part = normalise(text);
      if (part === "") return [];
      const found = new Set<number>();
      classes.forEach((name, index) => {
        if (normalise(name).includes(part)) found.add(index);
      });
      if (found.size === 0)
        for (const [word, indices] of words) if (word.includes(part)) for (const i of indices) found.add(i);
      return [...found].sort((a, b) => a - b);
    },
  };
}

/** The words of a name that lists several: ImageNet's `tabby, tabby cat`. */
export function synonymsIn(name: string): string[] {
  return name
    .split(",")
    .map(normalise)
    .filter((word) => word !== "");
}

/** Makes one text of `golden_retriever` and `Golden Retriever`. */
function normalise(label: string): string {
  return label
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .trim();
}
