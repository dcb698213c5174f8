/** @file Damage to XML, annotations and SVG alike: elements gone, doubled and nested, texts that lie, entities, encodings. Seeded. */

import type { Random } from "../../../src/foundation/random.js";
import { pick } from "./mutate.js";
import type { MutatedText } from "./mutate-json.js";

const texts = [
  "",
  "0",
  "-1",
  "1e9",
  "1e999",
  "NaN",
  "0x10",
  "12.5",
  "x".repeat(100_000),
  "&lt;&amp;&#0;",
  "&#x202e;&#xFFFE;",
  "../../outside/secret",
  "/etc/hostname",
  "a&b",
  "<![CDATA[1]]>",
  "<!-- 1 -->1",
  "&e;",
];

type XmlDamage = (tokens: string[], source: Random) => string;

const isTag = (token: string) => /^<[a-zA-Z/]/.test(token);

/** The places of tokens of a kind; undefined where there are none. */
function somePlace(tokens: readonly string[], is: (token: string) => boolean, source: Random): number | undefined {
  return pick(
    [...tokens.keys()].filter((i) => is(tokens[i] as string)),
    source,
  );
}

const damages: readonly XmlDamage[] = [
  function changeText(tokens, source) {
    const at = somePlace(tokens, (token) => !token.startsWith("<") && token.trim() !== "", source) ?? 0;
    const value = pick(texts, source);
    tokens[at] = value;
    return `a text is ${JSON.stringify(value.slice(0, 30))}`;
  },
  function removeTag(tokens, source) {
    const at = somePlace(tokens, isTag, source) ?? 0;
    const [gone] = tokens.splice(at, 1);
    return `${gone?.slice(0, 30)} is gone`;
  },
  function doubleTag(tokens, source) {
    const at = somePlace(tokens, isTag, source) ?? 0;
    const tag = tokens[at] as string;
    const times = pick([1, 300, 20_000], source);
    tokens.splice(at, 0, tag.repeat(times));
    return `${tag.slice(0, 30)} ${times} times more`;
  },
  function exchangeTags(tokens, source) {
    const [a, b] = [somePlace(tokens, isTag, source) ?? 0, somePlace(tokens, isTag, source) ?? 0];
    [tokens[a], tokens[b]] = [tokens[b] as string, tokens[a] as string];
    return `tags ${a} and ${b} exchanged`;
  },
  function repeatPart(tokens, source) {
    const [a, b] = [source.below(tokens.length), source.below(tokens.length)];
    const part = tokens.slice(Math.min(a, b), Math.max(a, b) + 1);
    const times = pick([2, 50, 2000], source);
    const most = Math.min(times, Math.ceil(2_000_000 / (part.join("").length + 1)));
    tokens.splice(a, 0, part.join("").repeat(most));
    return `${part.length} pieces ${most} times more`;
  },
  function changeAttribute(tokens, source) {
    const at = somePlace(tokens, (token) => token.includes('="'), source) ?? 0;
    const value = pick(texts, source).replaceAll('"', "").replaceAll("<", "");
    const attributes = [...(tokens[at] as string).matchAll(/="[^"]*"/g)];
    const chosen = pick(attributes, source);
    if (chosen === undefined) return "as it is";
    const token = tokens[at] as string;
    tokens[at] = `${token.slice(0, chosen.index)}="${value}"${token.slice(chosen.index + chosen[0].length)}`;
    return `an attribute is ${JSON.stringify(value.slice(0, 30))}`;
  },
  function nest(tokens, source) {
    const depth = pick([10, 300, 20_000], source);
    const at = somePlace(tokens, isTag, source) ?? 0;
    const name = /^<\/?([\w:]+)/.exec(tokens[at] as string)?.[1] ?? "g";
    tokens.splice(at, 0, `<${name}>`.repeat(depth), `</${name}>`.repeat(depth));
    return `${depth} elements ${name} in each other`;
  },
  function unclosed(tokens, source) {
    const at = source.below(tokens.length);
    const piece = pick(
      ["<object", "<annotation", "<a ".repeat(20_000), "<!--", "<![CDATA[", "<?", "</", "<a b='", "&", "]]>"],
      source,
    );
    tokens.splice(at, 0, piece.length > 20 ? piece : piece.repeat(pick([1, 20_000], source)));
    return `${piece.slice(0, 10)} without an end`;
  },
  function entities(tokens, source) {
    const declared = pick(
      [
        '<!ENTITY e "1">',
        '<!ENTITY e SYSTEM "file:///etc/hostname">',
        '<!ENTITY e SYSTEM "../outside/secret">',
        `<!ENTITY a "${"x".repeat(1000)}">${Array.from({ length: 10 }, (_, i) => `<!ENTITY e${i} "${`&${i ? `e${i - 1}` : "a"};`.repeat(20)}">`).join("")}<!ENTITY e "&e9;">`,
        '<!ENTITY e "&e;">',
        '<!ENTITY % e SYSTEM "http://127.0.0.1:1/e">%e;',
      ],
      source,
    );
    tokens.unshift(`<!DOCTYPE annotation [${declared}]>`);
    const at = somePlace(tokens, (token) => !token.startsWith("<"), source) ?? 0;
    tokens[at] = `${tokens[at]}&e;`;
    return `a declaration of ${declared.slice(0, 40)}`;
  },
  function manyAttributes(tokens, source) {
    const at = somePlace(tokens, (token) => /^<\w[^/]*>$/s.test(token), source) ?? 0;
    const count = pick([1000, 30_000], source);
    const added = Array.from({ length: count }, (_, i) => ` a${i}="1"`).join("");
    tokens[at] = (tokens[at] as string).replace(/>$/, `${added}>`);
    return `${count} attributes`;
  },
];

const encodings = ["utf-8", "utf-16", "latin1", "shift_jis", "x".repeat(1000), "../../etc", "", "ucs-4"];

/** One or two kinds of damage to an XML text. */
export function mutateXml(xml: string, source: Random): MutatedText {
  if (source.below(15) === 0) {
    const encoding = pick(encodings, source);
    return { text: `<?xml version="1.0" encoding="${encoding}"?>${xml}`, what: `encoding ${encoding.slice(0, 20)}` };
  }
  const tokens = xml.match(/<[^>]*>|[^<]+/g) ?? [xml];
  const told = Array.from({ length: source.below(3) ? 1 : 2 }, () => pick(damages, source)(tokens, source));
  return { text: tokens.join(""), what: told.join("; ") };
}
