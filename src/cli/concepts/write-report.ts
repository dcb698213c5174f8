/** @file Writes the report of concepts. */

import { extname } from "node:path";
import { writeFileAtomically } from "../../files/atomic.js";
import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { list } from "../../foundation/words.js";
import { className } from "../../model/class-names.js";
import { collectConcepts, type StudiedImage } from "../../report/concepts/collect-concepts.js";
import { renderConceptsReport } from "../../report/concepts/page/render-concepts.js";
import { encoder } from "../../report/encoder.js";
import { photoName } from "../inputs/photo-name.js";
import { assumptions, readInput } from "../inputs/read-input.js";
import { baseName } from "../options/command-line.js";
import { modelCommandLine } from "../options/model-options.js";
import { platform } from "../platform.js";
import { today } from "../report/today.js";
import type { Job } from "../terminal/job.js";
import type { ConceptFlags } from "./concept-flags.js";
import type { ConceptImage, ConceptResult } from "./concept-result.js";
import { classOf } from "./print-concepts.js";

/** @throws FoveaError `bad-input` for a name that is not that of a page */
export function checkReportName(report: string | undefined): void {
  if (report === undefined || /^\.html?$/i.test(extname(report))) return;
  throw new FoveaError("bad-input", `--report ${report}: expected a file that ends in .html`);
}

/** @param args the model, and the images. @param report the file */
export async function writeReport(
  job: Job,
  result: ConceptResult,
  { args, flags, report }: { readonly args: readonly string[]; readonly flags: ConceptFlags; readonly report: string },
): Promise<void> {
  const { named, classIndex, concepts, study, from, studied } = result;
  const nameOf = (index: number) => className(named.model, index);
  const collected = await collectConcepts({
    ...{ concepts, study, from, nameOf, encode: encoder(platform), signal: job.signal },
    studied: studied.map((image) => studiedImage(result, image)),
  });
  const [, ...inputs] = args;
  const data = {
    title: `${named.name}: concepts for ${classOf(result)}`,
    date: today(),
    model: named.name,
    images: list(inputs.map(baseName)),
    classAsked: classIndex === undefined ? undefined : nameOf(classIndex),
    ...collected,
    reproduce: {
      commands: [commandLine(args, flags, report)],
      seed: flags.seed,
      versions: platform.versions,
      notes: assumptions(named.model),
    },
  };
  const page = renderConceptsReport(data, await platform.fonts?.());
  await writeFileAtomically(report, new TextEncoder().encode(page));
}

function studiedImage({ named }: ConceptResult, { source, input }: ConceptImage): StudiedImage {
  return {
    name: source.folder === undefined ? baseName(source.path) : photoName(source.folder, source.path),
    input,
    read: async () => {
      const { pictures, box } = await readInput(named.model, source);
      const picture = at(pictures, 0);
      return { picture, seen: box ?? { x: 0, y: 0, width: picture.width, height: picture.height } };
    },
  };
}

/** Reports are given away: files are named without their folders. */
function commandLine(args: readonly string[], flags: ConceptFlags, report: string): string {
  const { count, seed, crops, layer } = flags;
  const options = [
    ...modelCommandLine(flags),
    ...(flags.class === undefined ? [] : [`--class "${flags.class}"`]),
    ...(count === 8 ? [] : [`--count ${count}`]),
    ...(crops ? ["--crops"] : []),
    ...(layer === "auto" ? [] : [`--layer ${layer}`]),
    ...(seed === 1 ? [] : [`--seed ${seed}`]),
  ];
  return ["fovea concepts", ...args.map(baseName), ...options, `--report ${baseName(report)}`].join(" ");
}
