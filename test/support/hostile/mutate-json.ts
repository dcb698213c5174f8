/** @file Damage to JSON, whatever it says: values exchanged, gone, doubled, nested, of another type, and text that is no JSON. Seeded. */

import type { Random } from "../../../src/foundation/random.js";
import { pick } from "./mutate.js";

/** A text after a mutation, with what was done. */
export interface MutatedText {
  readonly text: string;
  readonly what: string;
}

const absurdNumbers = [0, -1, 1, 2, 0.5, 255, 65_536, 1e6, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e300, 1e-320];
const absurdTexts = [
  "",
  " ",
  "x".repeat(100_000),
  "a\nb",
  "\u0000\u001b[31m\u202e\u009b",
  "\ud800",
  "<script>&\"'",
  "__proto__",
  "constructor",
  "../outside/secret",
  "/etc/hostname",
  "linked",
  "é漢🙂".repeat(300),
  "NaN",
  "-1",
  "[object Object]",
  "=1+1",
];

/** Another value for the one that stands there. */
export function absurdValue(source: Random): unknown {
  switch (source.below(9)) {
    case 0:
      return null;
    case 1:
      return [];
    case 2:
      return {};
    case 3:
      return source.below(2) === 0;
    case 4:
    case 5:
      return pick(absurdNumbers, source);
    case 6:
      return pick(absurdTexts, source);
    case 7:
      return nested(pick([2, 40, 500], source), source);
    default:
      return Array.from({ length: pick([1, 3, 1000], source) }, () => pick(absurdNumbers, source));
  }
}

function nested(depth: number, source: Random): unknown {
  let value: unknown = 1;
  const isList = source.below(2) === 0;
  for (let i = 0; i < depth; i++) value = isList ? [value] : { a: value };
  return value;
}

/** A place in a tree: what holds it, and its key or index there. */
interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string | number;
}

/** Every place below a value, so that short and long lists are chosen alike: at most so many items of a list are looked at. */
const mostItems = 40;

function placesIn(value: unknown, places: Place[] = []): Place[] {
  if (typeof value !== "object" || value === null) return places;
  const holder = value as Record<string, unknown> | unknown[];
  const keys = Array.isArray(holder) ? [...holder.keys()].slice(0, mostItems) : Object.keys(holder);
  for (const key of keys) {
    places.push({ holder, key });
    placesIn((holder as Record<string | number, unknown>)[key], places);
  }
  return places;
}

const at = ({ holder, key }: Place): unknown => (holder as Record<string | number, unknown>)[key];
const put = ({ holder, key }: Place, value: unknown) => {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
};
const named = ({ key }: Place) => JSON.stringify(key).slice(0, 40);

type JsonDamage = (place: Place, places: readonly Place[], source: Random) => string;

const damages: readonly JsonDamage[] = [
  function replace(place, _, source) {
    const value = absurdValue(source);
    put(place, value);
    return `${named(place)} is ${(JSON.stringify(value) ?? "").slice(0, 40)}`;
  },
  function remove(place) {
    if (Array.isArray(place.holder)) place.holder.splice(Number(place.key), 1);
    else delete place.holder[place.key];
    return `${named(place)} is gone`;
  },
  function exchange(place, places, source) {
    const other = pick(places, source);
    const [a, b] = [structuredClone(at(place)), structuredClone(at(other))];
    put(place, b);
    put(other, a);
    return `${named(place)} and ${named(other)} exchanged`;
  },
  function copy(place, places, source) {
    const other = pick(places, source);
    put(place, structuredClone(at(other)));
    return `${named(place)} is what ${named(other)} is`;
  },
  function repeat(place, places, source) {
    const lists = places.filter((each) => Array.isArray(at(each)));
    const chosen = lists.length > 0 ? pick(lists, source) : place;
    const list = at(chosen);
    if (!Array.isArray(list) || list.length === 0) return "as it is";
    const times = pick([1, 2, 50, 2000], source);
    const item = structuredClone(pick(list, source));
    for (let i = 0; i < times; i++) list.push(item);
    return `an item of ${named(chosen)} ${times} times more`;
  },
  function rename(place, places, source) {
    if (Array.isArray(place.holder)) return "as it is";
    const value = at(place);
    delete place.holder[place.key];
    const key = source.below(2) ? pick(absurdTexts, source) : String(pick(places, source).key);
    put({ holder: place.holder, key }, value);
    return `${named(place)} is called ${JSON.stringify(key).slice(0, 40)}`;
  },
  function nudge(place, places, source) {
    const numbers = places.filter((each) => typeof at(each) === "number");
    const chosen = numbers.length > 0 ? pick(numbers, source) : place;
    const value = Number(at(chosen));
    const nudged = pick([-value, value + 1, value - 1, value * 1000, value / 3, 0, 1e9], source);
    put(chosen, nudged);
    return `${named(chosen)} is ${nudged}`;
  },
  function spell(place, places, source) {
    const texts = places.filter((each) => typeof at(each) === "string");
    const chosen = texts.length > 0 ? pick(texts, source) : place;
    const text = String(at(chosen));
    const other = pick([text.toUpperCase(), `${text}_1`, text.slice(0, -1), ...absurdTexts], source);
    put(chosen, other);
    return `${named(chosen)} is ${JSON.stringify(other.slice(0, 40))}`;
  },
  function wrap(place, _, source) {
    const value = at(place);
    put(place, source.below(2) ? [value] : { value });
    return `${named(place)} stands in something`;
  },
];

/** Text that is no JSON, or as good as none. */
const raw: readonly (readonly [what: string, make: (text: string, source: Random) => string])[] = [
  ["nothing", () => ""],
  ["deep lists", (_, source) => "[".repeat(pick([500, 200_000], source))],
  ["deep objects", () => `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
  ["a mark before it", (text) => `\ufeff${text}`],
  ["NaN for numbers", (text) => text.replaceAll(/\b\d+\b/g, "NaN")],
  ["huge numbers", (text) => text.replaceAll(/\b\d+\b/g, "1e999")],
  ["cut short", (text, source) => text.slice(0, source.below(text.length + 1))],
  ["a list of it", (text) => `[${text},${text}]`],
  ["a text", (text) => JSON.stringify(text)],
  ["keys that pollute", (text) => text.replace("{", '{"__proto__": {"polluted": true}, "constructor": 1,')],
  ["twice", (text) => text + text],
];

/** One to three kinds of damage to what a text of JSON says, now and then to the text itself. */
export function mutateJson(text: string, source: Random): MutatedText {
  if (source.below(12) === 0) {
    const [what, make] = pick(raw, source);
    return { text: make(text, source), what };
  }
  const tree = { root: JSON.parse(text) as unknown };
  const told: string[] = [];
  const wanted = source.below(3) ? 1 : 2 + source.below(2);
  for (let i = 0; i < wanted; i++) {
    const places = placesIn(tree);
    if (places.length === 0) break;
    told.push(pick(damages, source)(pick(places, source), places, source));
  }
  return { text: JSON.stringify(tree.root) ?? "", what: told.join("; ") };
}
