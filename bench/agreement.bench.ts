/**
 * @file How far methods agree: on drawn shapes where the truth is known, and every two methods on the networks at hand, which is what
 * docs/choose-a-method.md is written from. `npm run bench -- agreement [--only truth|chance|SUBJECT] [--page]`
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type MeasuredChance, measureChance } from "./agreement/measure-chance.js";
import { measureSubject } from "./agreement/measure-methods.js";
import { measureTruth } from "./agreement/measure-truth.js";
import { type AgreementResults, withAgreement } from "./agreement/page.js";
import { subjects } from "./agreement/subjects.js";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const [file, page] = [at("agreement/results.json"), at("../docs/choose-a-method.md")];
const { values } = parseArgs({ options: { only: { type: "string" }, page: { type: "boolean", default: false } } });
const wants = (name: string) => !values.page && (values.only === undefined || name.includes(values.only));

let results: AgreementResults = existsSync(file)
  ? (JSON.parse(readFileSync(file, "utf8")) as AgreementResults)
  : { truth: undefined, chance: [], subjects: [] };
const keep = (news: Partial<AgreementResults>) => {
  results = { ...results, ...news };
  writeFileSync(file, `${JSON.stringify(results)}\n`);
};

if (wants("truth")) keep({ truth: await measureTruth(30) });
if (wants("chance")) {
  const chance: MeasuredChance[] = [];
  for (const subject of subjects) chance.push(await measureChance(subject));
  keep({ chance });
}
for (const subject of subjects) {
  if (!wants(subject.name)) continue;
  const measured = await measureSubject(subject);
  const others = results.subjects.filter(({ subject: name }) => name !== subject.name);
  keep({ subjects: [...others, measured] });
}
if (results.truth) writeFileSync(page, withAgreement(readFileSync(page, "utf8"), results));
