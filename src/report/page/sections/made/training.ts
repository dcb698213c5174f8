/** @file The section on training: each model's settings and curves. */

import { count } from "../../../../foundation/words.js";
import type { EpochReport, TrainingReport } from "../../../report-data.js";
import { type LineChartOptions, lineChart, niceDomain } from "../../charts/line-chart.js";
import { percentage, significant, timeTaken } from "../../format.js";
import { type Html, html } from "../../html.js";
import { columns, type ReportSection, scrollable } from "../../parts.js";

type Measure = Exclude<keyof EpochReport, "epoch">;

/** The charts of a column. Validation counts, so it gets the strong line. */
const charts: readonly {
  readonly yLabel: string;
  readonly lines: readonly { readonly name: string; readonly of: Measure; readonly quiet?: boolean }[];
  readonly format: (value: number) => string;
  /** The same for the axis, whose numbers are round. Default: `format`. */
  readonly tickFormat?: (value: number) => string;
  readonly logarithmic?: boolean;
  readonly height?: number;
}[] = [
  {
    yLabel: "Loss (logarithmic)",
    lines: [
      { name: "validation", of: "validationLoss" },
      { name: "training", of: "trainLoss", quiet: true },
    ],
    format: significant,
    logarithmic: true,
  },
  {
    yLabel: "Accuracy",
    lines: [
      { name: "validation", of: "validationAccuracy" },
      { name: "training", of: "trainAccuracy", quiet: true },
    ],
    format: (value) => percentage(value, 2),
    tickFormat: (value) => percentage(value, Number.isInteger(Math.round(value * 1e4) / 100) ? 0 : 1),
  },
  { yLabel: "Learning rate", lines: [{ name: "", of: "learningRate" }], format: significant, height: 140 },
];

export const trainingSection: ReportSection = {
  id: "training",
  title: "Training",
  render(data) {
    const histories = data.models.flatMap(({ training }) => training?.history ?? []);
    if (!data.models.some(({ training }) => training)) return undefined;
    return {
      intro:
        "Strong lines are measured on images held back from training, dashed ones on the training images themselves; the gap between them is memorising.",
      body: columns(
        data,
        ({ name, training, parameters }) => training && column(name, training, parameters, histories),
        "It came trained.",
      ),
    };
  },
};

function column(
  name: string,
  training: TrainingReport,
  parameters: number | undefined,
  histories: readonly EpochReport[],
): Html {
  const { history, keptEpoch = history.at(-1)?.epoch } = training;
  const settings: [string, string | undefined][] = [
    ["Optimiser", training.optimiser],
    ["Learning rate", training.schedule],
    [
      "Epochs",
      `${history.length}${keptEpoch && keptEpoch !== history.at(-1)?.epoch ? `, weights of epoch ${keptEpoch} kept` : ""}`,
    ],
    ["Batch", count(training.batchSize)],
    ["Augmentation", training.augmentation],
    ["Parameters", parameters === undefined ? undefined : count(parameters)],
    ["Seed", String(training.seed)],
    ["Time", training.seconds === undefined ? undefined : timeTaken(training.seconds)],
  ];
  const rows = settings.map(
    ([term, value]) => value !== undefined && html`<div><dt>${term}</dt><dd>${value}</dd></div>`,
  );
  const mark =
    keptEpoch !== undefined && keptEpoch !== history.at(-1)?.epoch ? { x: keptEpoch, label: "kept" } : undefined;
  const figures = charts.map((chart) => curves(name, history, histories, chart, mark));
  return html`<dl class="facts">${rows}</dl><div class="charts">${figures}</div>${history.length > 0 && numbers(name, history)}`;
}

function curves(
  name: string,
  history: readonly EpochReport[],
  histories: readonly EpochReport[],
  { yLabel, lines, format, tickFormat, logarithmic = false, height }: (typeof charts)[number],
  mark: LineChartOptions["mark"],
): Html | undefined {
  const presentLines = lines.filter(({ of }) => history.some((epoch) => epoch[of] !== undefined));
  if (presentLines.length === 0) return undefined;
  const domain = niceDomain(
    histories.flatMap((epoch) => lines.map(({ of }) => epoch[of])),
    logarithmic,
  );
  const ends = presentLines.map(({ name, of }) => {
    const values = history.flatMap((epoch) => epoch[of] ?? []);
    return `${name} from ${format(values[0] ?? Number.NaN)} to ${format(values.at(-1) ?? Number.NaN)}`.trim();
  });
  return lineChart({
    description: `${yLabel} of ${name} over ${history.length} epochs: ${ends.join("; ")}.`,
    xLabel: "epoch",
    yLabel,
    x: history.map(({ epoch }) => epoch),
    series: presentLines.map(({ name, of, quiet = false }) => ({
      name,
      quiet,
      values: history.map((epoch) => epoch[of]),
    })),
    domain,
    logarithmic,
    format,
    ...(tickFormat && { tickFormat }),
    ...(mark && { mark }),
    ...(height && { height }),
  });
}

const measures: readonly {
  readonly of: Measure;
  readonly title: string;
  readonly format: (value: number) => string;
}[] = [
  { of: "trainLoss", title: "Training loss", format: significant },
  { of: "validationLoss", title: "Validation loss", format: significant },
  { of: "trainAccuracy", title: "Training accuracy", format: (value) => percentage(value, 2) },
  { of: "validationAccuracy", title: "Validation accuracy", format: (value) => percentage(value, 2) },
  { of: "learningRate", title: "Learning rate", format: significant },
];

function numbers(name: string, history: readonly EpochReport[]): Html {
  const presentMeasures = measures.filter(({ of }) => history.some((epoch) => epoch[of] !== undefined));
  const rows = history.map((epoch) => {
    const cells = presentMeasures.map(({ of, format }) => {
      const value = epoch[of];
      return html`<td class="number">${value === undefined ? "–" : format(value)}</td>`;
    });
    return html`<tr><th scope="row" class="number">${epoch.epoch}</th>${cells}</tr>`;
  });
  const heads = presentMeasures.map(({ title }) => html`<th scope="col" class="number">${title}</th>`);
  return html`<details><summary>The numbers, epoch by epoch</summary>${scrollable(
    `Training figures of ${name}`,
    html`<table><caption>Training of ${name}, epoch by epoch</caption><thead><tr><th scope="col" class="number">Epoch</th>${heads}</tr></thead><tbody>${rows}</tbody></table>`,
  )}</details>`;
}
