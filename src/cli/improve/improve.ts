/** @file Runs the steps of an improvement, each once: what the protocol holds already is not done again. */

import { writeFileAtomically } from "../../files/atomic.js";
import { FoveaError } from "../../foundation/error.js";
import { counted } from "../../foundation/words.js";
import { confirmedCounts, confirmedIn, confirmedInWords } from "../../improve/confirmed-labels.js";
import { discover } from "../../improve/discover/discover.js";
import { type Parts, splitByName, validationShare } from "../../improve/image-set.js";
import { ProtocolFile } from "../../improve/protocol/protocol.js";
import { type Hypothesis, verifiedHypotheses } from "../../improve/protocol/sections.js";
import { prove } from "../../improve/prove/prove.js";
import type { ChosenRepair } from "../../improve/repair/chosen-repair.js";
import { repairThoroughly } from "../../improve/repair/repair-thoroughly.js";
import type { Subject } from "../../improve/subject.js";
import { verify } from "../../improve/verify/verify.js";
import { writeModel } from "../../onnx/write.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import { loadOptions, type ModelOptions } from "../options/model-options.js";
import { runtime } from "../platform.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { note, printJson, printLines } from "../terminal/print.js";
import { drawHypotheses } from "./draw-hypotheses.js";
import { keptNetworks } from "./kept-networks.js";
import { discoveryLines, verificationLines } from "./print-findings.js";
import { type OpenSubject, subjectOf } from "./subject.js";

export interface ImproveFlags extends ModelOptions {
  readonly out?: string;
  /** A list of labels that a person has looked at. */
  readonly accept?: string;
  readonly only?: "discover" | "verify";
  readonly protocol?: string;
  readonly pictures?: string;
  readonly cache?: string;
  readonly seed: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** @returns the exit code */
export async function improve(job: Job, path: string, data: string, flags: ImproveFlags): Promise<number> {
  const named = await modelAt(job, path, await loadOptions(flags));
  const out = flags.out ?? `${named.name}-better.onnx`;
  if (out === path)
    throw new FoveaError("bad-input", `--out ${out}: expected another file than the model, got the model`);
  const opened = await subjectOf(job, named, data, { seed: flags.seed, cache: flags.cache, accept: flags.accept });
  return improveSubject(job, named, opened, { ...flags, out });
}

/** The same with a model and images that are open; closes the images. @returns the exit code */
export async function improveSubject(
  job: Job,
  named: NamedModel,
  { subject, source, sealedBy, close }: OpenSubject,
  flags: ImproveFlags & { readonly out: string },
): Promise<number> {
  const { out } = flags;
  try {
    const { identity, learning, name } = subject;
    const protocol = flags.protocol ?? `${out}.improve.json`;
    const file = await ProtocolFile.open(protocol, {
      subject: `${named.name} on ${name}`,
      seed: String(flags.seed),
      ...identity,
    });
    note(`improving ${named.name} on ${source}; protocol ${protocol}`);
    const parts = splitByName(learning, validationShare, String(flags.seed));
    const run: Run = { job, subject, parts, file, flags, out };
    await begin(run, sealedBy);
    const code = await job.heed(() => steps(run));
    if (job.format === "json") printJson(file.protocol);
    return job.end({ stopped: "fovea: stopped; the same command goes on" }) || code;
  } finally {
    await close();
  }
}

/** What all steps share. */
interface Run {
  readonly job: Job;
  readonly subject: Subject;
  readonly parts: Parts;
  readonly file: ProtocolFile;
  readonly flags: ImproveFlags;
  readonly out: string;
}

/** Writes down what everything after it goes by: the parts, and the labels that were replaced. */
async function begin({ job, subject, parts, file, flags }: Run, sealedBy: string): Promise<void> {
  if (file.protocol.split === undefined) {
    const [train, validation] = [parts.train.count, parts.validation.count];
    const rule = `validation by a hash of the images' names; sealed: ${sealedBy}`;
    const about = { rule, seed: String(flags.seed), share: validationShare, train, validation };
    await file.write("split", { ...about, sealed: subject.sealed.count, opened: null });
  }
  const { confirmed } = subject;
  if (confirmed === undefined) {
    if (flags.accept !== undefined) tell(job, [`${flags.accept}: no row says "label wrong": no label is replaced`]);
    return;
  }
  const counts = confirmedCounts(subject, parts);
  const sentence = confirmedInWords(counts);
  const changes = confirmed.map(({ path, old, new: label }) => ({ path, old, new: label }));
  if (file.protocol.replaced === undefined) await file.write("replaced", { sentence, ...counts, changes });
  tell(job, [sentence]);
}

async function steps(run: Run): Promise<number> {
  const { job, file, flags } = run;
  await findCues(run);
  if (flags.only === "discover") return exitCodes.done;
  await verifyCues(run);
  const verified = verifiedHypotheses(file.protocol);
  const learned = confirmedIn(run.subject, run.parts.train).length;
  if (verified.length === 0 && (learned === 0 || flags.only === "verify")) {
    tell(job, [`nothing is verified${nothingToDo(run, learned)}`]);
    return exitCodes.nothingProved;
  }
  if (flags.only === "verify") return exitCodes.done;
  return repairAndProve(run, verified);
}

function nothingToDo({ subject: { confirmed } }: Run, learned: number): string {
  const nothing = "nothing is changed, no model is written";
  return confirmed && learned === 0 ? `, and no confirmed label is of a training image: ${nothing}` : `: ${nothing}`;
}

async function findCues({ job, subject, parts, file, flags }: Run): Promise<void> {
  const { signal } = job;
  if (file.protocol.discovery === undefined) {
    const section = await job.stage("looking at training images", (onProgress) =>
      discover(subject, parts, { runtime, seed: String(flags.seed), signal, onProgress }),
    );
    await file.write("discovery", section);
  }
  const { discovery } = file.protocol;
  if (discovery === undefined) return;
  tell(job, discoveryLines(discovery));
  const folder = flags.pictures ?? file.path.replace(/(\.improve)?\.json$/, ".improve");
  for (const picture of await drawHypotheses(parts.train, discovery, folder)) tell(job, [`wrote ${picture}`]);
}

async function verifyCues({ job, subject, parts, file, flags }: Run): Promise<void> {
  const { signal } = job;
  const { discovery } = file.protocol;
  if (discovery === undefined) return;
  if (file.protocol.verification === undefined) {
    const section = await job.stage("exchanging cues", (onProgress) =>
      verify(subject, parts, discovery, { runtime, seed: String(flags.seed), signal, onProgress }),
    );
    await file.write("verification", section);
  }
  if (file.protocol.verification) tell(job, verificationLines(discovery, file.protocol.verification));
}

async function repairAndProve(
  { job, subject, parts, file, flags, out }: Run,
  verified: readonly Hypothesis[],
): Promise<number> {
  const { signal } = job;
  // Networks of other labels may lie in the same place when somebody took the protocol away.
  const kept = keptNetworks(`${file.path}.networks`, subject.identity.labels?.slice(0, 8) ?? "own");
  const options = { runtime, seed: flags.seed, parts, networks: kept, signal };
  const { chosen, cues, networks, context, foundAgain } = await job.stage("trying repairs", (update) =>
    repairThoroughly(subject, verified, { ...options, onProgress: (done, of, what) => update(done, of, what) }),
  );
  await file.write("repair", { ...chosen, foundAgain });
  tell(
    job,
    foundAgain.map(
      ({ sentence }) => `a repaired network still went by this, which is repaired with the rest: ${sentence}`,
    ),
  );
  tell(job, ["", ...repairLines(chosen)]);
  if (chosen.chosen === null) return exitCodes.nothingProved;
  const { proof, graph } = await job.stage("training the repair and its controls", (update) =>
    prove(subject, cues, chosen, {
      ...options,
      networks,
      context,
      onProgress: (done, of, what) => update(done, of, what),
      open: async (purpose) => {
        await file.openSeal(purpose);
        return subject.sealed;
      },
    }),
  );
  await file.write("proof", { ...proof });
  tell(job, ["", proof.sentence]);
  if (graph === undefined) return exitCodes.nothingProved;
  await writeFileAtomically(out, writeModel(graph));
  await kept.remove();
  tell(job, [`wrote ${out}`]);
  return exitCodes.done;
}

function repairLines({ candidates, impossible, sentence }: ChosenRepair): string[] {
  return [
    `${counted(candidates.length, "repair")} tried with the same budget`,
    ...candidates.map(({ sentence: what }) => `  ${what}`),
    ...impossible.map(({ name, reason }) => `  ${name} cannot be tried: ${reason}`),
    sentence,
  ];
}

function tell(job: Job, lines: readonly string[]): void {
  if (job.format === "text") printLines(lines);
}
