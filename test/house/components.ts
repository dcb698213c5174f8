/** @file The components of the package as npm lists them: those that are installed with it, and those that its builds hold. */

import { execFileSync } from "node:child_process";
import { root } from "./imports.js";

/** A component of a CycloneDX list, as far as it is used here. */
export interface Component {
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

export interface ComponentList {
  readonly bomFormat: "CycloneDX";
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** npm's mark of what only develops a package. */
const development = "cdx:npm:package:development";
const ofDevelopment = ({ properties = [] }: Component) => properties.some(({ name }) => name === development);

/** @param bundled packages that the builds hold some of */
export function componentList(bundled: readonly { readonly name: string; readonly version: string }[]): ComponentList {
  const options = ["sbom", "--sbom-format=cyclonedx", "--package-lock-only"];
  const text = execFileSync("npm", options, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
  const whole: ComponentList = JSON.parse(text);
  const isBundled = ({ name, version }: Component) =>
    bundled.some((each) => each.name === name && each.version === version);
  // Our own workspace, the page, has no hash: it is part of the package.
  const others = whole.components.filter(({ hashes = [] }) => hashes.length > 0);
  const components = others.filter((each) => !ofDevelopment(each) || isBundled(each));
  const refs = new Set(components.map((each) => each["bom-ref"]));
  const dependencies = whole.dependencies
    .filter(({ ref }) => refs.has(ref) || !whole.components.some((each) => each["bom-ref"] === ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }));
  // npm calls the package as its folder.
  const component = { ...whole.metadata.component, name: "fovea" };
  return { ...whole, metadata: { ...whole.metadata, component }, components, dependencies };
}
