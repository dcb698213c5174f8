/** @file Clusters of a class's images by their maps, and by their features: images that the model treats alike. */

import { at } from "../../foundation/present.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import { resizeMap } from "../../image/picture/resize.js";
import { spectralClusters } from "./spectral.js";
import type { SeenImage } from "./training-maps.js";

/** Images of one class that belong together. */
export interface ImageCluster {
  readonly label: number;
  /** What they are alike in. */
  readonly by: "maps" | "features";
  readonly members: readonly SeenImage[];
  /** Of the class's images. */
  readonly share: number;
}

/** Sides of the maps that are compared. */
const side = 7;
/** A cluster of fewer images says nothing. */
const fewest = 5;

/** Clusters of each class, by maps and by features; classes of few images are one cluster. */
export function clustersOf(images: readonly SeenImage[], classes: number, seed: number): ImageCluster[] {
  return Array.from({ length: classes }, (_, label) => {
    const own = images.filter((image) => image.label === label);
    const byMaps = partition(
      own,
      own.map(({ map }) => small(map)),
      "maps",
      seed,
    );
    const byFeatures = partition(
      own,
      own.map(({ features }) => unit(features)),
      "features",
      seed,
    );
    // One cluster is the class itself, whatever it was made by.
    return byFeatures.length > 1 ? [...byMaps, ...byFeatures] : byMaps;
  }).flat();
}

function partition(
  images: readonly SeenImage[],
  points: readonly ArrayLike<number>[],
  by: ImageCluster["by"],
  seed: number,
): ImageCluster[] {
  const places = spectralClusters(points, { seed });
  return [...new Set(places)].sort().flatMap((cluster) => {
    const members = images.filter((_, i) => places[i] === cluster);
    if (members.length < fewest) return [];
    return [{ label: at(members, 0).label, by, members, share: members.length / images.length }];
  });
}

/** The map on few places, its sum being 1. */
function small(map: FloatMap): Float32Array {
  const { values } = resizeMap(map, Math.min(side, map.width), Math.min(side, map.height), { antialias: true });
  const sum = values.reduce((total, value) => total + value, 0);
  return sum > 0 ? values.map((value) => value / sum) : values;
}

function unit(features: Float32Array): Float32Array {
  const norm = Math.hypot(...features);
  return norm > 0 ? features.map((value) => value / norm) : features;
}
