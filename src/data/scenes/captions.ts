/** @file Words for what is in a scene, and the captions that are made of them. */

import { at } from "../../foundation/present.js";
import { permutation, type Random } from "../../foundation/random.js";

/** What objects of scenes with captions can be. */
export const captionShapes = ["circle", "square", "triangle", "star", "cross"] as const;
export const captionColours = ["red", "orange", "yellow", "green", "blue", "purple"] as const;
export const captionSizes = ["small", "large"] as const;
export const captionGrounds = ["light", "dark"] as const;

/** Other words for the same. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  small: ["small", "little", "tiny"],
  large: ["large", "big"],
  purple: ["purple", "violet"],
};
const opening = ["", "", "a picture of", "a drawing of"];
/** For an object whose shape is not said. */
const anyShape = "shape";

/** All words of captions. */
export const captionWords: readonly string[] = [
  ...[...captionShapes, ...captionColours, ...captionSizes, ...captionGrounds].flatMap(
    (word) => synonyms[word] ?? [word],
  ),
  ...[anyShape, "a", "an", "and", "with", "on", "of", "the", "picture", "drawing", "ground"],
];

/** All properties that an object can have; the ground's is one of each of its objects. */
export const properties: readonly string[] = [...captionShapes, ...captionColours, ...captionSizes, ...captionGrounds];

/** An object of a scene. */
export interface CaptionedObject {
  readonly shape: (typeof captionShapes)[number];
  readonly colour: (typeof captionColours)[number];
  readonly size: (typeof captionSizes)[number];
  readonly ground: (typeof captionGrounds)[number];
}

/** What is said of a scene. */
export interface Caption {
  readonly words: string;
  /** Of each object that is mentioned, the properties that are said; of the whole scene, its objects'. */
  readonly mentions: readonly (readonly string[])[];
  readonly objects: readonly (readonly string[])[];
}

/** The most objects of a scene. */
export const mostObjects = 4;

/** A caption that mentions some of the objects, of each some properties, or one word alone. */
export function captionOf(objects: readonly CaptionedObject[], source: Random): Caption {
  const facts = objects.map((object) => Object.values(object));
  const order = permutation(objects.length, source);
  const said = [...order.subarray(0, 1 + source.below(objects.length))].map((i) => partOf(at(objects, i), source));
  const ground = objects[0]?.ground ?? "light";
  const saysGround = source.uniform() < 0.2;
  const [first] = said;
  const isOneWord = source.uniform() < 0.2 && first !== undefined;
  const single = isOneWord ? at(first, source.below(first.length)) : undefined;
  if (single !== undefined) return { words: spoken(single, source), mentions: [[single]], objects: facts };
  const phrases = said.map((properties) => phraseOf(properties, source));
  const behind = saysGround ? [`on a ${ground} ground`] : [];
  const words = [pick(opening, source), phrases.join(pick([" and ", " with "], source)), ...behind];
  const mentions = saysGround ? [...said, [ground]] : said;
  return { words: words.filter((part) => part !== "").join(" "), mentions, objects: facts };
}

/** Some properties of an object, its shape mostly among them. */
function partOf({ shape, colour, size }: CaptionedObject, source: Random): readonly string[] {
  const [saysShape, saysColour, saysSize] = [source.uniform() < 0.85, source.uniform() < 0.6, source.uniform() < 0.35];
  const part = [
    ...(saysSize ? [size] : []),
    ...(saysColour || !saysShape ? [colour] : []),
    ...(saysShape ? [shape] : []),
  ];
  return part;
}

function phraseOf(properties: readonly string[], source: Random): string {
  const isShape = (word: string) => captionShapes.some((shape) => shape === word);
  const words = properties.map((word) => spoken(word, source));
  const whole = properties.some(isShape) ? words : [...words, anyShape];
  const article = /^[aeiou]/.test(at(whole, 0)) ? "an" : "a";
  return [source.uniform() < 0.1 ? "the" : article, ...whole].join(" ");
}

function spoken(word: string, source: Random): string {
  return pick(synonyms[word] ?? [word], source);
}

function pick(words: readonly string[], source: Random): string {
  return at(words, source.below(words.length));
}
