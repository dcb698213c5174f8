/** @file The options of texts that images are compared with. */

import { type Command, Option } from "commander";
import type { LoadTextOptions } from "../../explain/loading/model-source.js";
import { readInputText } from "../../files/input/read-input.js";
import { FoveaError } from "../../foundation/error.js";
import { type TextScore, textScores } from "../../model/texts/text-options.js";
import { collect } from "./class-option.js";

export interface TextFlags {
  readonly text?: readonly string[];
  readonly prompts?: string;
  readonly template?: string;
  readonly textScore?: TextScore;
  readonly tokenizer?: string;
  readonly textModel?: string;
}

const textGroup = "Texts, of a model that compares images with them (CLIP, SigLIP):";

export function withTextOptions(command: Command): Command {
  const scores = new Option("--text-score <name>", "what the score of a text is").choices(textScores);
  return command
    .optionsGroup(textGroup)
    .option("--text <text>", "a text, which becomes a class; give several to tell them apart", collect)
    .option("--prompts <file>", "texts, one in a line")
    .option("--template <text>", 'what each text is put into, e.g. "This is a photo of {}"')
    .addOption(scores.default(undefined, "cosine for one text, else as the model was trained"))
    .option("--tokenizer <file>", "its tokenizer.json, where it does not lie beside the model")
    .option("--text-model <file>", "the network of texts, where the model is that of images alone");
}

/** The texts that are asked for; undefined for none. @throws FoveaError `bad-input`, `not-found` */
export async function textsFrom(flags: TextFlags): Promise<LoadTextOptions | undefined> {
  const { text = [], prompts, template, textScore, tokenizer, textModel } = flags;
  const read = prompts === undefined ? [] : linesOf(await readInputText(prompts, "list"));
  if (prompts !== undefined && read.length === 0)
    throw new FoveaError("bad-input", `${prompts}: --prompts: expected texts, one in a line, got none`);
  const texts = [...text, ...read];
  if (texts.length > 0) return { texts, template, score: textScore, tokenizer, textModel };
  const named = {
    "--template": template,
    "--text-score": textScore,
    "--tokenizer": tokenizer,
    "--text-model": textModel,
  };
  const [alone] = Object.entries(named).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
  if (alone === undefined) return undefined;
  throw new FoveaError("bad-input", `${alone}: expected texts with it (--text "a dog" --text "a cat"), got none`);
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
