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
  /** Whether it is one term for all of them; else several classes share the word or the name, and it is not clear which is meant. */
  readonly together: boolean;
  /** Whether several classes have just this name. Default false. */
  readonly sameName?: boolean;
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
  const [exact, whole, words] = [new IndicesByText(), new IndicesByText(), new IndicesByText()];
  const wider = new Map<string, ClassTerm>();
  classes.forEach((name, index) => {
    exact.add(name, index);
    whole.add(normalise(name), index);
    for (const word of synonymsIn(name)) words.add(word, index);
  });
  for (const each of terms) {
    const [first] = each.indices;
    if (each.name === undefined && first !== undefined) words.add(normalise(each.term), first);
    else wider.set(normalise(each.term), each);
  }
  return {
    find(text) {
      const key = normalise(text);
      const named = exact.get(text) ?? whole.get(key);
      if (named) return { indices: named, together: named.length === 1, sameName: named.length > 1 };
      const several = words.get(key);
      if (several) return { indices: several, together: several.length === 1 };
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
        for (const [word, indices] of words.entries()) if (word.includes(part)) for (const i of indices) found.add(i);
      return [...found].sort((a, b) => a - b);
    },
  };
}

/** The classes of each text, each once. */
class IndicesByText {
  readonly #indices = new Map<string, Set<number>>();

  add(text: string, index: number): void {
    const indices = this.#indices.get(text);
    if (indices) indices.add(index);
    else this.#indices.set(text, new Set([index]));
  }

  get(text: string): readonly number[] | undefined {
    const indices = this.#indices.get(text);
    return indices && [...indices];
  }

  entries(): Iterable<[string, Iterable<number>]> {
    return this.#indices.entries();
  }
}

/** Names that several classes have, each with their indices, in the order of the classes. */
export function doubledNames(classes: readonly string[]): (readonly [name: string, indices: readonly number[]])[] {
  const indicesOf = new Map<string, number[]>();
  classes.forEach((name, index) => {
    const indices = indicesOf.get(name);
    if (indices) indices.push(index);
    else indicesOf.set(name, [index]);
  });
  return [...indicesOf].filter(([, { length }]) => length > 1);
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
