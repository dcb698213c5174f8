/** @file Bias and groups of errors for the fixture's report, of pictures that it has already. */

import { proportion } from "../../src/evaluate/statistics/proportion.js";
import type { BiasReport, ErrorGroup, ErrorReport, RegionsReport } from "../../src/report/report-data.js";

const share = (value: number, even: number, count = 180) => ({
  count,
  share: { value, low: value - 0.03, high: value + 0.03 },
  even,
});

/** A model that looks at the corners for 7, and at the objects in general. */
export function fixtureBias(errors: readonly ErrorReport[]): BiasReport {
  const regions = [undefined, ...Array(10).keys()].map(
    (label): RegionsReport => ({
      ...(label === undefined ? {} : { label }),
      object: share(0.62, 0.38),
      border: share(0.21, 0.36),
      corners: share(label === 7 ? 0.41 : 0.1, 0.16),
      half: share(0.17, 0.5),
    }),
  );
  const images = errors.slice(0, 5).flatMap(({ index, label, confidence, maps }, i) =>
    maps
      ? [
          {
            ...{ index, label, confidence, share: 0.04 * i, even: 0.4, picture: maps.truth, scale: maps.scale },
            boxes: [{ x: 0.1 * i, y: 0.2, width: 0.5, height: 0.6 }],
          },
        ]
      : [],
  );
  return {
    regions,
    astray: { region: "object", images },
    exchange: {
      ...{ count: 2000, part: 0.2, donors: 3, pValue: 5e-5 },
      hottest: proportion(900, 2000),
      elsewhere: proportion(240, 2000),
    },
  };
}

/** Two groups, the second of which has members without pictures. */
export function fixtureGroups(
  errors: readonly ErrorReport[],
  all: readonly { readonly index: number }[],
): ErrorGroup[] {
  const indices = all.map(({ index }) => index);
  const picture = errors[0]?.maps?.predicted;
  if (picture === undefined) return [];
  return [
    { members: indices.slice(0, 8), place: "at the upper left", picture, scale: 0.8 },
    { members: indices.slice(-4), place: "all over the image", picture, scale: 0.5 },
  ];
}
