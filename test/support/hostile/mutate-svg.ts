/** @file Hostile SVG drawings: sizes, filters, patterns and uses that multiply, and links to what lies elsewhere. Seeded. */

import type { Random } from "../../../src/foundation/random.js";
import { pick } from "./mutate.js";
import type { MutatedText } from "./mutate-json.js";
import { mutateXml } from "./mutate-xml.js";

/** A drawing with what others attack. */
export const svgBase = `<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="32" viewBox="0 0 40 32">
<defs><linearGradient id="g"><stop offset="0" stop-color="#f00"/><stop offset="1" stop-color="#00f"/></linearGradient>
<filter id="f"><feGaussianBlur stdDeviation="2"/></filter>
<pattern id="p" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="2" height="2" fill="#0f0"/></pattern>
<clipPath id="c"><circle cx="20" cy="16" r="9"/></clipPath></defs>
<style>rect { stroke: #111 }</style>
<rect width="40" height="32" fill="url(#g)"/><circle cx="20" cy="16" r="9" fill="url(#p)" filter="url(#f)"/>
<g clip-path="url(#c)"><path d="M0 0 L40 32 Q 5 5 9 9 Z" stroke="#000"/><text x="3" y="9" font-size="6">a</text></g>
</svg>`;

const open = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
const drawing = (inside: string, size = 'width="64" height="64"') => `${open} ${size}>${inside}</svg>`;

type Attack = (source: Random) => MutatedText;

const filters = [
  (n: number) => `<feGaussianBlur stdDeviation="${n}"/>`,
  (n: number) => `<feTurbulence baseFrequency="0.${n % 10}1" numOctaves="${n}"/>`,
  (n: number) => `<feMorphology operator="dilate" radius="${n}"/>`,
  (n: number) => `<feConvolveMatrix order="${Math.min(n, 60)}" kernelMatrix="${"1 ".repeat(Math.min(n, 60) ** 2)}"/>`,
  (n: number) => `<feOffset dx="${n}"/><feMerge><feMergeNode/><feMergeNode/></feMerge>`,
  (n: number) => `<feDiffuseLighting><fePointLight x="${n}" y="${n}" z="${n}"/></feDiffuseLighting>`,
  (n: number) => `<feDisplacementMap in2="SourceGraphic" scale="${n}"/>`,
];

const attacks: Readonly<Record<string, Attack>> = {
  size: (source) => {
    const side = () => pick(["0", "-1", "1e9", "32000", "100%", "1e-9", "NaN", "9999999999cm", "1000in"], source);
    const [width, height] = [side(), side()];
    return { text: drawing("<rect/>", `width="${width}" height="${height}"`), what: `${width} x ${height}` };
  },
  "view box": (source) => {
    const box = pick(["0 0 0 0", "0 0 1e30 1e30", "-1e30 0 1 1", "0 0 1e-30 1", "a", "0 0 1e9 1"], source);
    return { text: drawing("<rect width='9' height='9'/>", `viewBox="${box}"`), what: `view box ${box}` };
  },
  uses: (source) => {
    const [levels, wide] = [pick([3, 6, 12], source), pick([2, 10], source)];
    const groups = Array.from(
      { length: levels },
      (_, i) => `<g id="u${i}">${(i ? `<use xlink:href="#u${i - 1}"/>` : '<circle r="9"/>').repeat(wide)}</g>`,
    );
    return {
      text: drawing(`${groups.join("")}<use xlink:href="#u${levels - 1}"/>`),
      what: `${wide} uses, ${levels} deep`,
    };
  },
  circle: () => ({ text: drawing('<g id="a"><use xlink:href="#a"/></g>'), what: "a use of itself" }),
  filter: (source) => {
    const number = pick([1, 5, 50, 5000, 1e9], source);
    const count = pick([1, 3, 30], source);
    const chain = Array.from({ length: count }, () => pick(filters, source)(number)).join("");
    const side = pick([64, 900, 4000], source);
    const region = pick(["", ' x="-1000%" y="-1000%" width="9999%" height="9999%"'], source);
    const body = `<filter id="f"${region}>${chain}</filter><rect width="100%" height="100%" filter="url(#f)"/>`;
    return {
      text: drawing(body, `width="${side}" height="${side}"`),
      what: `${count} filters of ${number} on ${side}`,
    };
  },
  "many filters": (source) => {
    const count = pick([50, 1000], source);
    const body = `<filter id="f"><feGaussianBlur stdDeviation="40"/></filter>${'<rect width="99%" height="99%" filter="url(#f)"/>'.repeat(count)}`;
    return { text: drawing(body, 'width="500" height="500"'), what: `${count} blurred squares` };
  },
  pattern: (source) => {
    const tile = pick(["1e-6", "0", "1e9", "0.01"], source);
    const body = `<pattern id="p" width="${tile}" height="${tile}" patternUnits="userSpaceOnUse"><rect width="1" height="1"/></pattern><rect width="64" height="64" fill="url(#p)"/>`;
    return { text: drawing(body), what: `tiles of ${tile}` };
  },
  "nested patterns": (source) => {
    const levels = pick([3, 8], source);
    const patterns = Array.from(
      { length: levels },
      (_, i) =>
        `<pattern id="p${i}" width="0.1" height="0.1"><rect width="9" height="9" fill="${i ? `url(#p${i - 1})` : "red"}"/></pattern>`,
    );
    return {
      text: drawing(`${patterns.join("")}<rect width="64" height="64" fill="url(#p${levels - 1})"/>`),
      what: `${levels} patterns`,
    };
  },
  path: (source) => {
    const count = pick([1000, 200_000], source);
    return {
      text: drawing(`<path d="M0 0 ${"L64 64 L0 9 ".repeat(count)}" stroke="#000" stroke-dasharray="0.001"/>`),
      what: `${count} lines`,
    };
  },
  dashes: (source) => {
    const [dash, length] = [pick(["1e-9", "0", "0.0001"], source), pick(["64", "1e9"], source)];
    return {
      text: drawing(`<path d="M0 0 L${length} 9" stroke="#000" stroke-dasharray="${dash}"/>`),
      what: `dashes of ${dash}`,
    };
  },
  link: (source) => {
    const target = pick(
      [
        "../outside/secret",
        "file:///etc/hostname",
        "linked",
        "x.svg",
        "http://127.0.0.1:1/",
        "data:image/png;base64,AAAA",
        "pipe",
        "data:image/svg+xml,%3Csvg/%3E",
      ],
      source,
    );
    const tag = pick(
      [
        `<image xlink:href="${target}" width="9" height="9"/>`,
        `<use href="${target}#a"/>`,
        `<style>@import url("${target}");</style>`,
        `<rect width="9" height="9" fill="url(${target}#a)"/>`,
        `<filter id="f"><feImage href="${target}"/></filter><rect width="9" height="9" filter="url(#f)"/>`,
        `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${target}" parse="text"/>`,
      ],
      source,
    );
    return { text: drawing(tag), what: `a link to ${target}` };
  },
  text: (source) => {
    const [size, count] = [pick(["1e6", "0", "-5", "12"], source), pick([10, 20_000], source)];
    return {
      text: drawing(`<text y="20" font-size="${size}">${"é漢🙂".repeat(count)}</text>`),
      what: `letters of ${size}`,
    };
  },
  style: (source) => {
    const count = pick([100, 5000], source);
    const rules = Array.from({ length: count }, (_, i) => `.a${i} ${"g ".repeat(20)}{fill:red}`).join("");
    const groups = `${"<g>".repeat(200)}<rect class="a1"/>${"</g>".repeat(200)}`;
    return { text: drawing(`<style>${rules}</style>${groups}`), what: `${count} rules` };
  },
};

/** An attack of its own, or damage to a drawing. */
export function mutateSvg(svg: string, source: Random): MutatedText {
  if (source.below(2)) return mutateXml(svg, source);
  const [name, attack] = pick(Object.entries(attacks), source);
  const { text, what } = attack(source);
  return { text, what: `${name}: ${what}` };
}
