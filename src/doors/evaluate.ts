/** @file Entry `fovea/evaluate`: how good a classifier is, how two differ, and how far maps can be trusted. */

export { createAttack } from "../evaluate/attack/attack.js";
export { type AttackSummary, attackImages, summariseAttack } from "../evaluate/attack/attack-study.js";
export { compareClassifiers } from "../evaluate/classifier/compare-classifiers.js";
export { type Evaluation, evaluateClassifier } from "../evaluate/classifier/evaluate-classifier.js";
export type { ClassifierOutput } from "../evaluate/classifier/predictions.js";
export { metricNamed, metrics } from "../evaluate/metrics/index.js";
export type { Metric } from "../evaluate/metrics/metric.js";
export { type ClassSensitivity, measureClassSensitivity } from "../evaluate/sanity/class-sensitivity.js";
export { type FamilyAgreement, measureAgreement } from "../evaluate/sanity/family-agreement.js";
export { checkSanity, type MethodSanity } from "../evaluate/sanity/sanity-check.js";
export { type LocalisationSummary, localise, summariseLocalisation } from "../evaluate/studies/localisation.js";
export { createTrustStudy, type TrustStudy, type TrustStudyOptions } from "../evaluate/studies/trust-study.js";
export { summariseTrust, type TrustSummary } from "../evaluate/studies/trust-summary.js";
export { centreMap, uniformMap } from "../evaluate/trial/baseline-maps.js";
export { evidenceInside, pointingGame } from "../evaluate/trial/evidence.js";
export { type MapSource, methodMaps, randomMaps } from "../evaluate/trial/map-source.js";
export { type Curve, perturbationCurve } from "../evaluate/trial/perturbation-curve.js";
export { createPerturbedModel } from "../evaluate/trial/perturbed-model.js";
export type { Trial } from "../evaluate/trial/trial.js";
