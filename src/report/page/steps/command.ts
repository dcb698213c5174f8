/** @file Command lines that a report proposes. */

import type { ReportData } from "../../report-data.js";

/** `fovea NAME MODEL DATA ...` for a model of the report, with names quoted where a shell would read them otherwise. */
export function commandFor({ names }: ReportData, name: string, model: number, ...rest: readonly string[]): string {
  const [file, data] = [names?.models[model] ?? "model.onnx", names?.data ?? "DATA"];
  return ["fovea", name, shellWord(file), shellWord(data), ...rest].join(" ");
}

/** `fovea improve MODEL DATA ... --out better.onnx`. */
export function improveCommand(data: ReportData, model: number, ...rest: readonly string[]): string {
  return commandFor(data, "improve", model, ...rest, ...outFile(data, "better"));
}

/** `fovea train DATA --net NETWORK ...`, as a model of the report was trained. */
export function trainCommand(data: ReportData, model: number, ...rest: readonly string[]): string {
  const network = data.models[model]?.training?.network;
  const net = network === undefined ? [] : ["--net", shellWord(network)];
  return ["fovea", "train", shellWord(data.names?.data ?? "DATA"), ...net, ...rest].join(" ");
}

/** `--out WHAT.onnx`, or a name like it that none of the report's models has. */
export function outFile({ names }: ReportData, what: string): readonly [string, string] {
  let file = `${what}.onnx`;
  for (let i = 2; names?.models.includes(file); i++) file = `${what}-${i}.onnx`;
  return ["--out", file];
}

/** A text as one word of a shell's command line: names of files and folders are strangers'. */
export function shellWord(text: string): string {
  const plain = text.startsWith("-") ? `./${text}` : text;
  return /^[\w@%+=:,./-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", "'\\''")}'`;
}
