/** @file The colours of a scene: a ground with a slow change of light, and inks that stand out from it. */

import { at, present } from "../../foundation/present.js";
import type { Random } from "../../foundation/random.js";
import type { Ink } from "./ink.js";

/** Red, green and blue, 0 to 255. */
type Colour = readonly [number, number, number];

/** The colours of one scene. */
export interface Colours {
  readonly ground: Colour;
  /** An ink that stands out from the ground. */
  ink(source: Random): Colour;
}

/** Dark inks on a light ground, or light ones on a dark ground. */
export function pickColours(source: Random): Colours {
  const isLight = source.uniform() < 0.5;
  return {
    ground: groundColour(isLight, source),
    ink: (by) =>
      colourOf(by.uniform(), between(0.45, 0.9, by), isLight ? between(0.18, 0.42, by) : between(0.6, 0.85, by)),
  };
}

/** The colour of a ground. */
export function groundColour(isLight: boolean, source: Random): Colour {
  const lightness = isLight ? between(0.84, 0.97, source) : between(0.06, 0.2, source);
  return colourOf(source.uniform(), between(0.05, 0.4, source), lightness);
}

/** The middle of each colour's hues, and how far they go to either side. */
const hues: Readonly<Record<string, readonly [number, number]>> = {
  red: [0, 0.025],
  orange: [0.078, 0.015],
  yellow: [0.15, 0.018],
  green: [0.34, 0.06],
  blue: [0.61, 0.05],
  purple: [0.79, 0.04],
};

/** An ink of a named colour that stands out from the ground. */
export function namedColour(name: string, isLight: boolean, source: Random): Colour {
  const [middle, reach] = present(hues[name], `hue of ${name}`);
  const hue = (1 + middle + reach * (2 * source.uniform() - 1)) % 1;
  return colourOf(hue, between(0.75, 1, source), isLight ? between(0.36, 0.46, source) : between(0.5, 0.64, source));
}

function between(from: number, to: number, source: Random): number {
  return from + (to - from) * source.uniform();
}

/** Of hue, saturation and lightness, 0 to 1 each. */
function colourOf(hue: number, saturation: number, lightness: number): Colour {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + 12 * hue) % 12;
    return 255 * (lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

/** The ground of a square picture, [side, side, 3], somewhat lighter on one side than on the other. */
export function drawGround({ ground }: Pick<Colours, "ground">, side: number, source: Random): Float32Array {
  const [turn, strength] = [2 * Math.PI * source.uniform(), 24 * source.uniform()];
  const [across, down] = [(strength * Math.cos(turn)) / side, (strength * Math.sin(turn)) / side];
  const values = new Float32Array(3 * side * side);
  for (let i = 0; i < values.length; i++) {
    const place = Math.floor(i / 3);
    const light = across * ((place % side) - side / 2) + down * (Math.floor(place / side) - side / 2);
    values[i] = at(ground, i % 3) + light;
  }
  return values;
}

/** Lays ink over a picture. */
export function paint(picture: Float32Array, { places, values }: Ink, colour: Colour): void {
  for (const [i, place] of places.entries())
    for (const [channel, value] of colour.entries()) {
      const sample = 3 * place + channel;
      const before = at(picture, sample);
      picture[sample] = before + (value - before) * at(values, i);
    }
}
