/** @file Command lines that a report proposes. */

import type { ReportData } from "../../report-data.js";

/** `fovea NAME MODEL DATA ...` for a model of the report, with names quoted where a shell would read them otherwise. */
export function commandFor({ names }: ReportData, name: string, model: number, ...rest: readonly string[]): string {
  const [file, data] = [names?.models[model] ?? "model.onnx", names?.data ?? "DATA"];
  return ["fovea", name, shellWord(file), shellWord(data), ...rest].join(" ");
}

/** A text as one word of a shell's command line: names of files and folders are strangers'. */
export function shellWord(text: string): string {
  const plain = text.startsWith("-") ? `./${text}` : text;
  return /^[\w@%+=:,./-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", "'\\''")}'`;
}
