/** @file Ranges and choices in braces, as shells and WebDataset write them: `train-{000000..000999}.tar`, `{train,val}.parquet`. */

import { FoveaError, shortened } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";

const most = 100_000;

const pattern = /\{(?:(\d{1,15})\.\.(\d{1,15})|([^{}]*,[^{}]*))\}/;

export const hasBraces = (text: string) => pattern.test(text);

/** All texts that one with braces stands for, in the order of its parts. @throws FoveaError `bad-input` for more than anybody means */
export function expandBraces(text: string): string[] {
  let texts = [text];
  while (texts.some(hasBraces)) {
    const expanded: string[] = [];
    for (const each of texts) {
      for (const part of partsOf(each)) {
        if (expanded.length >= most) throw tooMany(text);
        expanded.push(part);
      }
    }
    texts = expanded;
  }
  return texts;
}

/** The texts that the first braces make of one; itself where there are none. */
function* partsOf(text: string): Generator<string> {
  const found = pattern.exec(text);
  if (found === null) {
    yield text;
    return;
  }
  const [whole, first, last, choices] = found;
  const [start, end] = [text.slice(0, found.index), text.slice(found.index + whole.length)];
  if (choices !== undefined) for (const choice of choices.split(",")) yield start + choice + end;
  else for (const number of numbersBetween(first, last)) yield start + number + end;
}

/** Ones that rise, of as many digits as the first. */
function* numbersBetween(first = "", last = ""): Generator<string> {
  if (Number(last) < Number(first)) {
    throw new FoveaError("bad-input", `{${first}..${last}}: expected a range that rises, got one that falls`);
  }
  for (let i = Number(first); i <= Number(last); i++) yield String(i).padStart(first.length, "0");
}

function tooMany(text: string): FoveaError {
  return new FoveaError("bad-input", `${shortened(text)}: expected at most ${count(most)} files in all, got more`);
}
