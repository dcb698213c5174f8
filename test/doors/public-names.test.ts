/** @file The public names, entry by entry: whoever adds, renames or withdraws one sees it here, and writes it into the CHANGELOG. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../house/imports.js";
import { aboutEntry, entryFiles, firstSentence, type Manifest, publicNames, sourceOf } from "../house/public-names.js";

/** The names that are the same on Node and in a page. */
const everyday = `
  BoxExplainer CamMethod ClassChoice ClassGroup ClassGroupsOptions ClassScore Classifier CompareMethodsOptions Components ComponentsOptions Concepts ConceptsOptions Cost Diagnosis DetectedBox DisplayMapOptions ErrorCode
  ExplainOptions ExplainStreamOptions Explained Explainer ExplainerOptions Explanation FloatMap FoveaError GridMap
  ImageExplainer ImageExplanation ImageSource Included Layer LoadModelOptions LoadTextOptions LoadedModel MapDiagnosis Model
  ModelCheck ModelSource Picture Platform Preprocessing ReadImage Runtime Target Tensor checkModel classGroups classMinus boxOnPicture
  className compareMethods compileExplanation createBoxExplainer decodeImage diagnoseFully diagnosisOf displayMapOf encodePicture
  explainableLayers findConcepts float32 gridMapOf loadModel mapOf maskMean measureCost methodNamed methods outputOf outputScores
  predictedRegions principalComponents similarityTo`;

/** The names of each file of src/doors. */
const listed: Readonly<Record<string, string>> = {
  node: `${everyday}
    NodeRuntimeOptions createIsolatedPlatform createNodePlatform createNodeRuntime embeddedModelPath explanationSvg svgToPng`,
  web: `${everyday}
    WebRuntimeOptions createWebPlatform createWebRuntime`,
  explain: `
    CamInputs CamMethod CamOutputs OpenModelOptions PassMethod SampledMethod chooseLayer classifyStream
    createClassifier createExplainer createLayerMaps explainStream layerRelevance occlusionWith openModel preprocessingOf riseWith
    scoreCamWith stages withTarget`,
  formats: `graphOf`,
  "formats-web": `graphOf`,
  image: `
    Box ColormapName ExplanationFigure FloatMap OverlayOptions Picture colorizeMap colormap colormapNames contactSheet
    createPicture explanationFigure floatMap mapPeak normalizeMap overlay pictureFromRgba placeMap resizeMap
    resizePicture toRgba`,
  onnx: `
    Builder Differentiated Graph GraphNode Rule Runtime Session Tensor Value ValueInfo checkGradients copyGraph
    differentiate float32 floats inferTypes int64 printGraph prune readModel rules writeModel`,
  data: `
    Dataset Examples LabelledImages Photo PhotoDataset datasetNames drawDigits drawShapes drawTwoShapes imageExamples listPhotos
    loadDataset loadPhotos nearDuplicates readIdx readIdxImages readIdxLabels readNpy split stratify take writeNpy`,
  "data-web": `
    Dataset Examples LabelledImages drawDigits drawShapes imageExamples readIdx readIdxImages readIdxLabels readNpy
    split take writeNpy`,
  train: `
    Backbone Checkpoint TrainOptions Trainable TrainedNetwork TrainingData TrainingSettings attachHead
    decodeCheckpoint encodeCheckpoint extractBackbone extractHead fromScratch headSettings measureAccuracy
    measureFeatures networks predictAll trainNetwork trainOnExamples trainableHead trainedModel trainingSettings
    unfreezeStages unfrozenSettings`,
  evaluate: `
    ClassSensitivity FamilyAgreement measureAgreement measureClassSensitivity
    AttackSummary ClassifierOutput Curve Evaluation LocalisationSummary MapSource MethodSanity Metric Trial TrustStudy
    TrustStudyOptions TrustSummary attackImages centreMap checkSanity compareClassifiers createAttack
    createPerturbedModel createTrustStudy evaluateClassifier evidenceInside localise methodMaps metricNamed metrics
    perturbationCurve pointingGame randomMaps summariseAttack summariseLocalisation summariseTrust uniformMap`,
  report: `
    MakeReportOptions makeReport
    CollectOptions Collection ReportData ReportedData ReportedModel collectReport collectRobustness collectTrust
    renderReport reportedDataset trainingOf`,
  element: `
    FoveaHeatmap LoadedHeatmap MapData`,
};

/**
 * A name that is the same thing in several entries counts once. Maps of signals and volumes have another number of axes than a `FloatMap`:
 * `GridMap` and `gridMapOf` are for them. `layerRelevance` gives what no map holds: the relevance of inner layers.
 */
const mostNames = 240;

const manifest: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const doors = readdirSync(join(root, "src/doors"))
  .map((file) => file.replace(/\.ts$/, ""))
  .sort();
const namesOf = (list = "") => list.split(/\s+/).filter((name) => name !== "");
const entries = Object.entries(manifest.exports).flatMap(([path, target]) =>
  entryFiles(target).flatMap((file) => (file.endsWith(".js") ? [{ entry: `fovea${path.slice(1)}`, file }] : [])),
);
const all = doors.flatMap((door) => publicNames(`src/doors/${door}.ts`).map((name) => ({ ...name, door })));

describe("the public names", () => {
  it.each(doors)("of src/doors/%s.ts are those that are listed here", (door) => {
    expect(publicNames(`src/doors/${door}.ts`).map(({ name }) => name)).toEqual(namesOf(listed[door]).sort());
  });

  it(`are at most ${mostNames}, counted over all entries`, () => {
    const distinct = new Set(all.map(({ name }) => name));
    expect(distinct.size).toBeGreaterThan(100);
    expect(distinct.size).toBeLessThanOrEqual(mostNames);
  });

  it("have one meaning each: another file may define a name only for the other platform", () => {
    const files = new Map<string, Set<string>>();
    for (const { name, file } of all) files.set(name, (files.get(name) ?? new Set()).add(file));
    const several = [...files].filter(([, { size }]) => size > 1);
    const platforms = several.map(([name, paths]) => [name, [...paths].map((path) => path.split("/").at(-1)).sort()]);
    expect(platforms.sort()).toEqual([
      ["decodeImage", ["node.ts", "web.ts"]],
      ["encodePicture", ["node.ts", "web.ts"]],
      ["graphOf", ["graph-of.ts", "node.ts"]],
      ["loadModel", ["node.ts", "web.ts"]],
    ]);
  });

  it("say in a sentence what they are", () => {
    expect(all.filter(({ says }) => says.length < 10).map(({ name, file }) => `${file}: ${name}`)).toEqual([]);
    expect(doors.filter((door) => aboutEntry(`src/doors/${door}.ts`) === "")).toEqual([]);
  });
});

describe("the entries of package.json", () => {
  it("lead to the files of src/doors, all of them", () => {
    const paths = doors.map((door) => `src/doors/${door}.ts`);
    expect([...new Set(entries.map(({ file }) => sourceOf(file)))].sort()).toEqual(paths.sort());
  });

  it("are at most 12, and give the page's names for `fovea` in a page", () => {
    expect(Object.keys(manifest.exports).length - 1).toBeLessThanOrEqual(12);
    expect(manifest.exports["."]).toEqual({ browser: manifest.exports["./web"], default: "./dist/doors/node.js" });
  });
});

describe("firstSentence(comment)", () => {
  it("ends at a full stop, a list, an empty line or a tag, and not at an abbreviation", () => {
    expect(firstSentence("*\n * A map, e.g. Of one\n * class. More.\n")).toBe("A map, e.g. Of one class.");
    expect(firstSentence("*\n * One of these:\n * - a\n")).toBe("One of these.");
    expect(firstSentence("*\n * A map\n * @throws Error. Really\n")).toBe("A map");
    expect(firstSentence("* @throws FoveaError `bad-file` ")).toBe("");
  });
});
