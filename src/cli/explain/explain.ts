/** @file Explains a model's answers for inputs, however many, and writes and tells the results as they come. */

import { availableParallelism } from "node:os";
import type { FoundInput } from "../../data/find-inputs.js";
import type { Families } from "../../evaluate/agreement/compare-families.js";
import type { PerturbedModel } from "../../evaluate/trial/trial.js";
import { methodOfBoxes } from "../../explain/boxes/box-method.js";
import { methodNamed } from "../../explain/methods/index.js";
import type { ClassChoice, Explainer } from "../../explain/options.js";
import type { ModelCheck } from "../../explain/prove/check-model.js";
import { eachClass, rankedChoice } from "../../explain/run/class-texts.js";
import { type Explained, explainStream } from "../../explain/stream.js";
import { meetsAllFiles } from "../../files/system-error.js";
import { FoveaError, namedError, naming } from "../../foundation/error.js";
import { mapAhead } from "../../foundation/map-ahead.js";
import { count } from "../../foundation/words.js";
import { presentFiles } from "../inputs/given-images.js";
import { findGrids } from "../inputs/grids/grid-files.js";
import { modelAmong } from "../inputs/model-among.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import { type ImageInput, readInput } from "../inputs/read-input.js";
import { tryModel, withTrial } from "../inputs/try-model.js";
import type { ExplainFlags } from "../options/explain-options.js";
import { layerOptions, loadOptions } from "../options/model-options.js";
import { checkClassTexts } from "../options/values/classes.js";
import { targetedModel } from "../options/values/targets.js";
import { expectOneRun, runtime } from "../platform.js";
import { type RowDestination, refuseRows, rowDestination } from "../shards/rows/row-destination.js";
import { isOfShard, type Shard } from "../shards/shard.js";
import { unitOf } from "../shards/unit-of.js";
import type { Job, OnProgress } from "../terminal/job.js";
import { agreementOfMaps, familiesOfRun } from "./agreement/compare-maps.js";
import { asksForSteps, checkSteps } from "./asked-steps.js";
import { explainsBoxes } from "./boxes/asked-for.js";
import { drawnMap, drawsComponents, flagsForTask } from "./by-task.js";
import { diagnosed } from "./diagnosis.js";
import { withDigitWarning } from "./digit-warning.js";
import { explainerFlags } from "./explaining/explainer-flags.js";
import { checkGridFlags, takesGrids } from "./grids/grid-flags.js";
import { type Plan, planExplanation } from "./plan.js";
import { withPresentClasses } from "./present-classes.js";
import { runLines } from "./print-results.js";
import { Reporter } from "./reporter.js";
import type { Result } from "./result/result.js";
import { stepsOfMaps, writeSteps } from "./steps.js";
import { trustOfMaps } from "./trust-of-maps.js";
import { clipAmong } from "./video/clip-options.js";
import { writeResults } from "./write-results.js";

/** All that the inputs of a run share. */
interface Run {
  readonly plan: Plan;
  readonly named: NamedModel;
  readonly explainer: Explainer;
  readonly classes: readonly ClassChoice[];
  /** Images of a run of the network: all runs are of as many, so that results do not depend on which images stand beside them. */
  readonly batch: number;
  /** Measures trust in maps, if the user asks for that. */
  readonly network: PerturbedModel | undefined;
  /** Compares families of methods, if that is asked for or may be cheap. */
  readonly families: Families | undefined;
  readonly flags: ExplainFlags;
}

/** @returns the exit code */
export async function explain(job: Job, args: readonly string[], given: ExplainFlags): Promise<number> {
  const ofBoxes = methodOfBoxes(given.method)?.name;
  const method = given.method === "all" ? given.method : (ofBoxes ?? methodNamed(given.method).name);
  checkClassTexts(given.class, given);
  const destination = rowDestination(given, { others: true });
  const { model, inputs } = modelAmong(args, given.model, "fovea explain");
  const opened = await modelAt(job, model, await loadOptions(given));
  const clip = clipAmong(inputs);
  const isGrid = takesGrids(opened.model);
  if (isGrid) refuseRows(destination, "volumes, signals or clips");
  if (clip !== undefined && !isGrid) {
    refuseRows(destination, "a clip");
    const { explainVideo } = await import("./video/explain-video.js");
    return explainVideo(job, opened, clip, { ...given, method });
  }
  if (explainsBoxes(opened.model, given)) {
    refuseRows(destination, "boxes of a detector");
    const plan = await planExplanation(inputs, { ...given, class: [] });
    return (await import("./boxes/explain-boxes.js")).explainBoxes(job, opened, plan, given);
  }
  if (ofBoxes !== undefined)
    throw new FoveaError("bad-input", `--method ${ofBoxes}: expected boxes of a detector to explain, got none`);
  const drawn = drawnOtherwise(job, opened, given);
  if (drawn) {
    refuseRows(destination, drawn.what);
    return drawn.draw(await planExplanation(inputs, given));
  }
  const { table } = destination;
  const flags = flagsForTask(opened, table === undefined ? given : { ...withoutOut(given), table });
  if (isGrid) checkGridFlags({ ...flags, method });
  const targeted = { ...opened, model: await targetedModel(opened.model, flags) };
  const classFlags = { ...flags, class: eachClass(targeted.model, flags.class) };
  const planned = await planExplanation(inputs, classFlags, isGrid ? findGrids : undefined);
  const plan = await withPresentClasses(targeted.model, planned, flags);
  const { trial } = (await tryModel(job, opened, presentFiles(plan.inputs))).model;
  const named = trial ? withTrial(targeted, trial) : targeted;
  const explaining = await explainerFlags(opened, flags);
  const classes = plan.drawing.classes.map((text) => rankedChoice(named.model, text));
  checkSteps({ ...flags, method }, plan.many);
  if (method === "all") {
    refuseRows(destination, "--method all");
    return (await import("./method-sheet.js")).sheetOfMethods(job, named, { ...plan, classes, explaining });
  }
  if (!plan.many && "build" in methodNamed(method)) expectOneRun();
  const include = asksForSteps(flags) ? (["activation", "gradient"] as const) : [];
  const explainer = await named.model.explainer({ method, include, ...explaining });
  const network = flags.trust ? await perturbed(named) : undefined;
  const run = {
    plan,
    named,
    explainer,
    classes,
    network,
    families: isGrid ? undefined : await familiesOfRun(named.model, flags, plan.many),
    flags: { ...flags, method, model },
    batch: runOf(plan, flags),
  };
  // An array job may as well call the command for one image.
  const isPart = destination.shard !== undefined && (plan.many || given.shard !== undefined);
  try {
    return isPart ? await explainPart(job, run, destination, inputs) : await explainInputs(job, run, table);
  } finally {
    await explainer.close();
    await network?.close();
    await run.families?.close();
  }
}

/** What is drawn in the place of maps of a class: an output that is a map itself, or components. Undefined for neither. */
function drawnOtherwise(job: Job, opened: NamedModel, given: ExplainFlags) {
  const map = drawnMap(opened, given);
  if (map) {
    const draw = async (plan: Plan) => (await import("./output-map/explain-map.js")).explainMap(job, opened, map, plan);
    return { what: "maps that are drawn", draw };
  }
  if (!drawsComponents(opened, given)) return undefined;
  const draw = async (plan: Plan) =>
    (await import("./components/explain-components.js")).explainComponents(job, opened, plan, given);
  return { what: "components", draw };
}

async function perturbed({ model }: NamedModel): Promise<PerturbedModel> {
  const { createPerturbedModel } = await import("../../evaluate/trial/perturbed-model.js");
  return createPerturbedModel(model, { runtime });
}

/**
 * How many images share a run, which is filled up where there are fewer: the same in all parts, and of all images hardly more than there
 * are.
 */
function runOf({ inputs: { length } }: Plan, { batch }: ExplainFlags): number {
  return Number.isInteger(batch) && batch > 0 ? Math.ceil(length / Math.max(1, Math.ceil(length / batch))) || 1 : batch;
}

function withoutOut({ out: _, ...flags }: ExplainFlags): ExplainFlags {
  return flags;
}

/** Explains a shard of the inputs, and writes its part. */
async function explainPart(
  job: Job,
  run: Run,
  destination: Extract<RowDestination, { readonly shard: Shard }>,
  given: readonly string[],
): Promise<number> {
  const { makePart } = await import("../shards/rows/make-part.js");
  const { explainCommand } = await import("./rows/explain-command.js");
  const { checkPart, explainWork } = await import("./rows/explain-work.js");
  const { explanationRows } = await import("./rows/explanation-rows.js");
  const { plan, flags } = run;
  const { shard } = destination;
  checkPart(flags, plan);
  const own = plan.inputs.filter((input) => isOfShard(shard, unitOf(input)));
  const explain = (inputs: readonly FoundInput[]) =>
    results(job, { ...run, plan: { ...plan, inputs } }, () => undefined);
  const { named, explainer } = run;
  const rowsOf = (result: WrittenResult, input: number) =>
    explanationRows({ named, explainer, top: flags.top }, result, result.written, input);
  const lines = (isArray: boolean) => runLines(named, explainer, { isArray });
  const all = { pictures: lines(false), arrays: lines(true) };
  return makePart(job, explainCommand, explainWork({ ...run, given, explain, rowsOf, lines: all }, own), destination);
}

/** @param table where rows are written as well */
async function explainInputs(job: Job, run: Run, table: string | undefined): Promise<number> {
  const { plan, named, explainer, flags } = run;
  const total = plan.inputs.length;
  const endsAtPeak = flags.percentile === undefined && !flags.raw;
  const reporter = new Reporter(job, { named, explainer, many: plan.many, top: flags.top, endsAtPeak });
  const rows = table === undefined ? undefined : await tableAt(table, run);
  const places = new Map(plan.inputs.map((input, i) => [input, i]));
  const what = plan.many ? "explaining" : explainer.method.name;
  await job.each<InputOutcome>(
    { what, total },
    (onProgress) => results(job, run, (...runs) => tellRuns(onProgress, plan, reporter, runs)),
    (result) => {
      if (result.proof) reporter.check(result.proof);
      if (result.error === undefined) {
        reporter.done(result, result.written);
        rows?.add(result, result.written, places.get(result.source) ?? -1);
      } else if (plan.many) reporter.failed(result.source.path, result.error);
      else throw namedError(result.source.path, result.error);
    },
  );
  reporter.end(flags.against ?? false);
  if (!job.interrupted) await rows?.write(job);
  return job.end({
    failed: `of ${total} inputs failed`,
    stopped: `fovea: stopped after ${reporter.count} of ${plan.many ? total : 1} inputs`,
    partly: reporter.proof?.passed === false,
  });
}

async function tableAt(path: string, { named, explainer, flags: { top } }: Run) {
  const { ExplainedTable } = await import("./rows/explained-table.js");
  return new ExplainedTable(path, { named, explainer, top });
}

/** The outcome of an input: a result with the paths that were written for each picture, or an error; and the model's proof. */
interface WrittenResult extends Result {
  readonly written: readonly (readonly string[])[];
}

type InputOutcome = (
  | (WrittenResult & { readonly error?: undefined })
  | { readonly source: FoundInput; readonly error: FoveaError }
) & { readonly proof?: ModelCheck | undefined };

/** Of methods that run the network many times: how many of the runs for the batch are done. */
function tellRuns(onProgress: OnProgress, { inputs, many }: Plan, reporter: Reporter, [done, all]: [number, number]) {
  if (!many) onProgress(done, all, `${count(done)} of ${count(all)} runs`);
  else onProgress(reporter.count, inputs.length, `${reporter.count} of ${inputs.length} (run ${done} of ${all})`);
}

/** Explains, measures and writes, some inputs ahead of those that are reported. */
function results(job: Job, run: Run, progress: (done: number, total: number) => void): AsyncIterable<InputOutcome> {
  const { plan, named, explainer, classes, flags } = run;
  const { signal } = job;
  const read = async (input: FoundInput) => {
    if (input.error) throw input.error;
    if (takesGrids(named.model))
      return (await import("../inputs/grids/read-grid.js")).readGrid(named.model, input, { ...flags, signal });
    const image = await readInput(named.model, input);
    return named.embedded ? withDigitWarning(image) : image;
  };
  const how = { batch: run.batch, fill: plan.many, classes, progress, signal };
  const explained = explainStream(explainer, plan.inputs, read, how);
  let check: Promise<ModelCheck> | undefined;
  return mapAhead(explained, availableParallelism(), async (result) => {
    const { image } = result;
    if (flags.check && image) check ??= naming(named.path, () => proveModel(run, image));
    // The proof comes before anything is written.
    const proof = await check;
    return { ...(await writeResult(run, result, signal)), proof };
  });
}

/** Writes the result of an input; an error in that is the input's own. */
async function writeResult(
  { plan, named, explainer, network, families, flags }: Run,
  result: Explained<FoundInput, ImageInput>,
  signal: AbortSignal,
): Promise<InputOutcome> {
  if (result.error) return result;
  try {
    const explanation = await diagnosed(explainer, result.image, result.explanation, {
      fully: !plan.many,
      signed: flags.signed,
      signal,
    });
    const trust = network && (await trustOfMaps(network, result.image, explanation, signal));
    const how = { ...flags, model: named.model, signal };
    const agreement = families && (await agreementOfMaps(families, result.image, explanation, how));
    const steps = asksForSteps(flags) ? await stepsOfMaps(explainer, result.image.input, explanation) : undefined;
    const measured = { ...(trust ? { trust } : {}), ...(agreement ? { agreement } : {}), ...(steps ? { steps } : {}) };
    const answer = { ...result, explanation, ...measured };
    signal.throwIfAborted();
    const arrays = steps && flags.stepsTo !== undefined ? await writeSteps(flags.stepsTo, steps) : [];
    const { outputs, drawing } = plan;
    const { grids } = answer.image;
    const written = grids
      ? await (await import("./grids/write-grids.js")).writeGrids(answer, grids, {
          explainer,
          outputs,
          options: drawing,
        })
      : await writeResults(answer, explainer, outputs, drawing);
    return { ...answer, written: written.map((paths) => [...paths, ...arrays]) };
  } catch (error) {
    // On a full disk the others need not be tried.
    if (error instanceof FoveaError && !meetsAllFiles(error)) return { source: result.source, error };
    throw error;
  }
}

/** The proofs of `fovea check`, on the input that is explained. */
async function proveModel({ named, flags }: Run, { input }: ImageInput): Promise<ModelCheck> {
  const { method, against = false } = flags;
  const { untouchedModel } = await import("../../model/node.js");
  const { checkModel } = await import("../../explain/prove/check-model.js");
  const source = await untouchedModel(named.file);
  const explaining = { runtime, method, against, ...layerOptions(flags) };
  return checkModel(named.model, { source, input, ...explaining });
}
