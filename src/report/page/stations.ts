/** @file The five stations from data to proof: what is there leads to its section, what is not says the command that fills it. */

import { count, counted } from "../../foundation/words.js";
import { chosenRepair, foundFact, proofFact, verifiedFact } from "../improvement/words.js";
import { labelQueue } from "../label-queue.js";
import type { ReportData } from "../report-data.js";
import { percentage, percentDigits } from "./format.js";
import { type Html, html } from "./html.js";
import { imageWord } from "./parts.js";
import { improveCommand } from "./steps/command.js";

/** A station of the line in the head. */
export interface Station {
  readonly title: string;
  /** What is there, in a few words. */
  readonly fact: string;
  /** Address of its section. Default: it is open. */
  readonly section?: string;
  /** The command that fills an open one. */
  readonly command?: string;
}

type StationOf = (data: ReportData) => Omit<Station, "title">;

function images(data: ReportData) {
  const { evaluation } = data.models[0] ?? {};
  const classes = counted(data.data.classes.length, "class", "classes");
  return { fact: `${counted(evaluation?.count ?? 0, imageWord(data.data))}, ${classes}`, section: "data" };
}

function accuracies({ models }: ReportData) {
  const parts = models.map(({ evaluation: { accuracy, count: of } }) => percentage(accuracy.value, percentDigits(of)));
  return { fact: `${parts.join(" → ")} right`, section: "results" };
}

function errors(data: ReportData) {
  const mistakes = data.models.map(({ evaluation }) => evaluation.errors.length);
  const doubted = labelQueue(data).length;
  const labels = doubted > 0 ? `, ${counted(doubted, "label")} in doubt` : "";
  const section = mistakes.some((each) => each > 0) ? "errors" : "results";
  return { fact: `${mistakes.map(count).join(" → ")}${labels}`, section };
}

function repair(data: ReportData) {
  const { improvement } = data;
  if (improvement === undefined)
    return { fact: "open: no cue was tested yet", command: improveCommand(data, data.models.length - 1) };
  const found = `${foundFact(improvement)}, ${verifiedFact(improvement)}`;
  const chosen = chosenRepair(improvement.repair);
  return { fact: chosen === undefined ? found : `${found}; ${chosen}`, section: "repair" };
}

function proof(data: ReportData) {
  const { improvement } = data;
  if (improvement?.proof === undefined)
    return {
      fact: `open: ${improvement ? "nothing was proved" : "the same command proves a repair"} on sealed images`,
    };
  return { fact: proofFact(improvement.proof), section: "proof" };
}

const stations: readonly { readonly title: string; readonly of: StationOf }[] = [
  { title: "Data", of: images },
  { title: "Model", of: accuracies },
  { title: "Errors", of: errors },
  { title: "Repair", of: repair },
  { title: "Proof", of: proof },
];

/** The line of the stations, as navigation. */
export function stationLine(data: ReportData): Html {
  return stationList(
    "From data to proof",
    stations.map(({ title, of }) => ({ title, ...of(data) })),
  );
}

/** @param label for those who do not see it @param list five */
export function stationList(label: string, list: readonly Station[]): Html {
  return html`<div class="stations" role="navigation" aria-label="${label}"><ol>${list.map(station)}</ol></div>`;
}

function station({ title, fact, section, command }: Station): Html {
  const words = html`<b>${title}</b> <span>${fact}</span>`;
  if (section !== undefined) return html`<li><a href="#${section}">${words}</a></li>`;
  return html`<li class="open">${words}${command !== undefined && html` <code>${command}</code>`}</li>`;
}
