/** @file The files of `deploy` that no test runs: manifests of Kubernetes and the container file, by what they have to say. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseShard, shardOfJob } from "../../src/cli/shards/shard.js";
import { root } from "../house/imports.js";

const folder = join(root, "deploy/kubernetes");
const manifests = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

/** The documents of a file, read strictly: a key that is there twice is an error. */
function documents(name: string) {
  return parseAllDocuments(readFileSync(join(folder, name), "utf8"), { strict: true, uniqueKeys: true }).map((each) => {
    expect("errors" in each ? [...each.errors, ...each.warnings] : []).toEqual([]);
    return each.toJS();
  });
}

const jobs = manifests.flatMap((name) => documents(name).map((job) => [name, job] as const));

describe.each(jobs)("the job of %s", (_, { apiVersion, kind, metadata, spec }) => {
  const pod = spec.template.spec;
  const [container, ...others] = pod.containers;

  it("is a job of one container, under a name that is one", () => {
    expect({ apiVersion, kind }).toEqual({ apiVersion: "batch/v1", kind: "Job" });
    expect(metadata.name).toMatch(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
    expect(others).toEqual([]);
    expect(container.image).toMatch(/:\d+\.\d+\.\d+$/);
  });

  it("has no rights: no user root, a file system that is read-only, no capabilities, no token of the cluster", () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("mounts the volumes that it names, a writable /tmp among them, and keeps the cache there", () => {
    const named = pod.volumes.map(({ name }: { name: string }) => name);
    expect(container.volumeMounts.map(({ name }: { name: string }) => name)).toEqual(named);
    expect(container.volumeMounts).toContainEqual({ name: "tmp", mountPath: "/tmp" });
    expect(container.env).toContainEqual({ name: "FOVEA_CACHE", value: "/tmp/fovea" });
  });

  it("is run again where its node goes, and not where its input is bad", () => {
    expect(pod.restartPolicy).toBe("Never");
    expect(spec.podFailurePolicy.rules).toEqual([
      { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] },
      { action: "FailJob", onExitCodes: { containerName: container.name, operator: "In", values: [2] } },
    ]);
  });

  it("asks for memory and a processor, and limits its memory", () => {
    const { requests, limits } = container.resources;
    expect(requests).toMatchObject({ cpu: expect.stringMatching(/^\d+$/), memory: expect.stringMatching(/^\d+Gi$/) });
    expect(Number.parseInt(limits.memory, 10)).toBeGreaterThanOrEqual(Number.parseInt(requests.memory, 10));
  });
});

describe("report.yaml", () => {
  const [{ spec }] = documents("report.yaml");
  const [{ env, command, args }] = spec.template.spec.containers;
  const variables: Record<string, string> = Object.fromEntries(
    env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );

  it("is an Indexed Job of as many pods as there are shards, each of which is tried again by itself", () => {
    expect(spec).toMatchObject({ completionMode: "Indexed", maxFailedIndexes: 0 });
    expect(spec.backoffLimitPerIndex).toBeGreaterThan(0);
    expect(spec.backoffLimit).toBeUndefined();
    expect(String(spec.completions)).toBe(variables.FOVEA_SHARDS);
    expect(spec.parallelism).toBeLessThan(spec.completions);
  });

  it("gives each pod its shard, as Fovea reads it", () => {
    for (const JOB_COMPLETION_INDEX of ["0", String(spec.completions - 1)]) {
      const found = shardOfJob({ ...variables, JOB_COMPLETION_INDEX });
      expect(found?.shard).toEqual(parseShard(`${JOB_COMPLETION_INDEX}/${spec.completions}`));
    }
  });

  it("takes photos that cannot be read for a result, and runs what the container file holds", () => {
    expect(command).toEqual(["sh", "-c"]);
    expect(args).toEqual([
      expect.stringMatching(/^node \/app\/dist\/command\/main\.js report .* \|\| \[ \$\? -eq 1 \]$/),
    ]);
  });
});

describe("the container file", () => {
  const text = readFileSync(join(root, "deploy/container/Dockerfile"), "utf8");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const stages = text.split(/^FROM /m).slice(1);

  it("has a last stage that has what others built, and builds nothing itself", () => {
    expect(stages).toHaveLength(3);
    const last = stages.at(-1) ?? "";
    expect(last).not.toMatch(/^RUN /m);
    for (const needed of ["node_modules", "dist", "package.json", "models"])
      expect(last).toMatch(new RegExp(`^COPY .*\\b${needed}\\b`, "m"));
  });

  it("pins the system, runs as another user than root, and keeps the cache in /tmp", () => {
    for (const stage of stages) expect(stage).toMatch(/^node:\d+-[a-z]+-slim( AS \w+)?\n/);
    expect(lines.at(-2)).toBe("USER 1000:1000");
    expect(lines.at(-1)).toBe('ENTRYPOINT ["node", "/app/dist/command/main.js"]');
    expect(text).toMatch(/^ENV .*FOVEA_CACHE=\/tmp\//m);
  });

  it("copies files that are there", () => {
    const sources = lines
      .filter((line) => line.startsWith("COPY ") && !line.includes("--from"))
      .flatMap((line) => line.split(" ").slice(1, -1));
    for (const source of sources) expect(() => readdirSync(join(root, source, "..")), source).not.toThrow();
    const there = readdirSync(root);
    for (const source of sources.filter((each) => !each.includes("/")))
      if (source !== ".") expect(there).toContain(source);
  });
});
