/** @file Damage to HDF5 files by the library that writes them: attributes and arrays of other kinds, sizes and places. Seeded. */

import { Dataset, File, Group, ready } from "h5wasm";
import type { Random } from "../../../src/foundation/random.js";
import { type Mutated, mutateBytes, pick } from "./mutate.js";
import { absurdValue, mutateJson } from "./mutate-json.js";

/** What a damage works on. */
interface Site {
  readonly file: File;
  readonly groups: readonly string[];
  readonly sets: readonly string[];
  readonly source: Random;
}

type Damage = (site: Site) => string | undefined;

const damages: readonly Damage[] = [
  function damageConfig({ file, source }) {
    const config = file.attrs.model_config?.value;
    if (typeof config !== "string") return undefined;
    const { text, what } = mutateJson(config, source);
    setAttribute(file, "model_config", text);
    return `model_config: ${what}`;
  },
  function replaceAttribute({ file, groups, sets, source }) {
    const path = pick([...groups, ...sets], source);
    const owner = file.get(path);
    if (!(owner instanceof Group || owner instanceof Dataset)) return undefined;
    const name = pick([...Object.keys(owner.attrs), "weight_names", "keras_version", "model_config", "dtype"], source);
    const value = pick<string | number | string[] | Int32Array | Float64Array>(
      [
        "",
        "x".repeat(1000),
        -1,
        ["a", "b"],
        ["a:0", "a:0", "a:0"],
        new Int32Array(0),
        new Float64Array([Number.NaN]),
        JSON.stringify(absurdValue(source) ?? null).slice(0, 60_000),
      ],
      source,
    );
    setAttribute(owner, name, value);
    return `${name} of ${path} is ${String(value).slice(0, 40)}`;
  },
  function removeAttribute({ file, groups, source }) {
    const owner = file.get(pick(groups, source));
    if (!(owner instanceof Group)) return undefined;
    const name = pick(Object.keys(owner.attrs), source);
    if (name === undefined) return undefined;
    owner.delete_attribute(name);
    return `${name} of ${owner.path} is gone`;
  },
  function addArrays({ file, groups, source }) {
    const group = file.get(pick(groups, source));
    if (!(group instanceof Group)) return undefined;
    const made = pick(arrays, source)(group, `${source.below(3)}`);
    return `${made} in ${group.path}`;
  },
  function addLinks({ file, groups, source }) {
    const group = file.get(pick(groups, source));
    if (!(group instanceof Group)) return undefined;
    const name = pick(["0", "1", "vars", "layers", "conv2d", "kernel:0", "kernel", "loop"], source);
    const target = pick(["/", group.path, "/nowhere", "..", name], source);
    switch (source.below(3)) {
      case 0:
        group.create_soft_link(target, name);
        return `a link ${name} to ${target} in ${group.path}`;
      case 1:
        group.create_external_link(pick(["/etc/hostname", "../outside/secret", "gone.h5"], source), "/", name);
        return `a link ${name} to another file in ${group.path}`;
      default:
        group.create_hard_link(pick(["/", ...file.paths().slice(0, 20)], source), name);
        return `a second name ${name} in ${group.path}`;
    }
  },
  function deepGroups({ file, source }) {
    const depth = pick([10, 60], source);
    let group: Group = file;
    for (let i = 0; i < depth; i++) group = group.create_group("layers");
    return `${depth} groups in one another`;
  },
];

/** Arrays that are none of a network's, under a name that may be asked for. */
const arrays: readonly ((group: Group, name: string) => string)[] = [
  (group, name) => {
    group.create_dataset({ name, data: ["a", "b"] });
    return "texts";
  },
  (group, name) => {
    group.create_dataset({ name, data: new Float64Array(3), shape: [3, 1, 1] });
    return "float64 [3, 1, 1]";
  },
  (group, name) => {
    group.create_dataset({ name, data: new Float32Array(0), shape: [0] });
    return "no numbers";
  },
  (group, name) => {
    const data = new Float32Array(4);
    const set = group.create_dataset({
      name,
      data,
      shape: [2, 2],
      maxshape: [null, null],
      chunks: [100, 100],
      compression: 9,
    });
    set.resize([100_000, 100_000]);
    return "40 GB of nothing";
  },
  (group, name) => {
    const data = new Uint8Array(20_000_000);
    group.create_dataset({ name, data, shape: [20_000_000], chunks: [1_000_000], compression: 9 });
    return "20 MB of zeros, packed";
  },
  (group, name) => {
    group.create_dataset({ name, data: new BigInt64Array(2), shape: [2] });
    return "int64";
  },
  (group, name) => {
    group.create_dataset({ name, data: 1 });
    return "a single number";
  },
];

function setAttribute(owner: Group | Dataset, name: string, value: Parameters<Group["create_attribute"]>[1]): void {
  if (Object.hasOwn(owner.attrs, name)) owner.delete_attribute(name);
  owner.create_attribute(name, value);
}

let count = 0;

/** Damage to what a file holds, or to its bytes. What the library refuses to write leaves the file as it is then. */
export async function mutateHdf5(bytes: Uint8Array, source: Random): Promise<Mutated> {
  if (source.below(2) === 0) return mutateBytes(bytes, source);
  const module = await ready;
  module.activate_throwing_error_handler();
  const path = `/hostile-${count++}.h5`;
  module.FS.writeFile(path, bytes);
  // The library writes the time into what it makes.
  const { now } = Date;
  Date.now = () => 0;
  const told: string[] = [];
  const file = new File(path, "a");
  try {
    const paths = ["/", ...file.paths()];
    const groups = paths.filter((each) => each === "/" || file.get(each) instanceof Group);
    const sets = paths.filter((each) => file.get(each) instanceof Dataset);
    for (let tries = 0; told.length === 0 && tries < 10; tries++) {
      const what = pick(damages, source)({ file, groups, sets, source });
      if (what !== undefined) told.push(what);
    }
  } catch (error) {
    told.push(`as far as it goes: ${String(error).slice(0, 60)}`);
  } finally {
    file.close();
    Date.now = now;
  }
  const damaged = new Uint8Array(module.FS.readFile(path) as Uint8Array);
  module.FS.unlink(path);
  return { bytes: damaged, what: told.join("; ") };
}
