/** @file Joins settings of several sources, and parts those of `fovea.json` from the others. */

import { labelFilesOf, originOf, overlay, ownOrigin, partNames, type SettingName, type Sidecar } from "./sidecar.js";

/** Settings of several sources, the best first: each says what those before it leave open. */
export function joinSidecars(sidecars: readonly Sidecar[]): Sidecar | undefined {
  return sidecars
    .toReversed()
    .reduce<Sidecar | undefined>((lower, upper) => (lower ? join(upper, lower) : upper), undefined);
}

function join(upper: Sidecar, lower: Sidecar): Sidecar {
  const labelFiles = [...labelFilesOf(upper), ...labelFilesOf(lower)];
  const parts = overlay(lower.preprocessing ?? {}, upper.preprocessing ?? {});
  const main = [upper, lower].find(({ preprocessing }) => preprocessing) ?? upper;
  const origins = partNames(parts).map((name) => {
    const source = upper.preprocessing?.[name] === undefined ? lower : upper;
    return [name, originOf(source, name)] as const;
  });
  const atOtherSize = upper.preprocessing ? upper.atOtherSize : lower.atOtherSize;
  const notes = [...(upper.notes ?? []), ...(lower.notes ?? [])];
  const problems = [...(upper.problems ?? []), ...(lower.problems ?? [])];
  return {
    origin: main.origin,
    ...(labelFiles.length > 0 ? { labelFiles } : {}),
    ...(Object.keys(parts).length > 0 ? { preprocessing: parts } : {}),
    origins: Object.fromEntries(origins.filter(([, origin]) => origin !== main.origin)),
    ...(atOtherSize ? { atOtherSize } : {}),
    ...(notes.length > 0 ? { notes } : {}),
    ...(problems.length > 0 ? { problems } : {}),
  };
}

/** Of settings that were joined, those of `fovea.json`, and the others. */
export function splitOwn(sidecar: Sidecar): { readonly own: Sidecar; readonly others: Sidecar } {
  const part = (isOwn: boolean): Sidecar => {
    const { preprocessing = {}, atOtherSize, notes, problems } = sidecar;
    const belongs = (name: SettingName) => (originOf(sidecar, name) === ownOrigin) === isOwn;
    const names = partNames(preprocessing).filter(belongs);
    const origins = Object.entries(sidecar.origins ?? {}).filter(([, origin]) => (origin === ownOrigin) === isOwn);
    const labelFiles = labelFilesOf(sidecar).filter(({ origin }) => (origin === ownOrigin) === isOwn);
    return {
      origin: sidecar.origin,
      origins: Object.fromEntries(origins),
      ...(labelFiles.length > 0 ? { labelFiles } : {}),
      ...(names.length > 0
        ? { preprocessing: Object.fromEntries(names.map((name) => [name, preprocessing[name]])) }
        : {}),
      ...(isOwn ? {} : { ...(atOtherSize ? { atOtherSize } : {}), notes, problems }),
    };
  };
  return { own: part(true), others: part(false) };
}
