/** @file The protocol of a real improvement in a report: what was found, verified, repaired and proved passes through to the page. */

import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { Protocol } from "../../../src/improve/protocol/parse-protocol.js";
import { protocolAt } from "../../../src/improve/protocol/protocol.js";
import { type MadeReport, makeReport } from "../../../src/report/make-report.js";
import { nextSteps } from "../../../src/report/page/steps/next-steps.js";
import { digitModel, platform, reportedDigits } from "./reported-digits.js";

const path = fileURLToPath(new URL("../../fixtures/protocols/stamped-digits.json", import.meta.url));
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, " ");

describe("a report with the protocol of an improvement", { timeout: 60_000 }, () => {
  let protocol: Protocol;
  let report: MadeReport;
  let html: string;
  beforeAll(async () => {
    protocol = await protocolAt(path);
    report = await makeReport([{ name: "c2", model: await digitModel() }], reportedDigits(30), {
      ...{ platform, date: "2025-03-14", errors: 1, protocol, commands: [] },
      names: { models: ["c2.onnx"], data: "stamped-digits-balanced" },
    });
    html = plain(report.html);
  }, 60_000);

  it("fills all five stations", () => {
    const line = /<div class="stations".*?<\/div>/s.exec(html)?.[0] ?? "";
    expect(line.match(/<li><a href="#/g)).toHaveLength(5);
    expect(line).toContain("2 hypotheses, 1 verified; exchange");
    expect(line).toContain("proved: worst group 38 % → 67 %");
  });

  it("shows the verified cue first among the findings, with its place", () => {
    const summary = /<section id="summary".*?<\/section>/s.exec(html)?.[0] ?? "";
    expect(summary).toMatch(
      /alt="Place of region-1".*A verified cue of <b class="name">c2<\/b> on stamped-digits-balanced: when region-1/s,
    );
    expect(summary).toContain("30 % of the answers become those of the image that it comes from");
  });

  it("has every hypothesis with its verdict, every candidate, and the repair beside its three controls", () => {
    const [, repair = "", proof = ""] =
      /(<section id="repair".*?<\/section>).*?(<section id="proof".*?<\/section>)/s.exec(html) ?? [];
    for (const { id } of protocol.discovery?.hypotheses ?? []) expect(repair).toContain(`<h3>${id} <small>`);
    expect(repair.match(/alt="Place of/g)).toHaveLength(1);
    expect(repair).toContain("<p>The tint and the brightness of the whole image alone");
    expect(repair).toMatch(/as it is.*exchange <small>chosen.*exchange-3.*last-layer.*group-weights/s);
    expect(proof).toContain("Proved on the sealed images: the worst group from 38.0 % to 66.5 %");
    expect(proof.match(/<td>beaten<\/td>/g)).toHaveLength(3);
  });

  it("says to train other networks with the cue exchanged", () => {
    const step = nextSteps(report.data).find(({ title }) => title === "Train other networks with region-1 exchanged");
    expect(step?.command).toMatch(
      /^fovea train stamped-digits-balanced --net \w+ --exchange region-1\.mask\.png --out exchanged\.onnx$/,
    );
    expect(plain(step?.effect ?? "")).toContain("the worst group rose from 38 % to 67 % on sealed images");
  });
});
