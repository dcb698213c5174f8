/** @file Slurm: a controller and several nodes on this machine, all of its files in one folder, and nothing of the system's touched. */

import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Cluster, Engine, ShardedJob } from "./cluster.js";
import { commandsOf, environmentOf, kill, processes, run, start } from "./processes.js";
import { deploy } from "./subject.js";

export const slurm: Engine = { name: "Slurm, an array job", start: startSlurm };

/** Nodes that the configuration knows; they join when their daemon starts. */
const mostNodes = 3;

async function startSlurm(nodes: number, folder: string): Promise<Cluster> {
  const configuration = join(folder, "slurm.conf");
  const env = { SLURM_CONF: configuration };
  for (const name of ["state", "spool", "munge", "log"])
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  const key = join(folder, "munge/key");
  writeFileSync(key, randomBytes(128), { mode: 0o600 });
  writeFileSync(configuration, configurationOf(folder, await freePorts(mostNodes + 1)));
  const [socket, pid, log, seed] = ["socket", "pid", "log", "seed"].map((name) => join(folder, "munge", name));
  await run([
    "munged",
    "--force",
    `--key-file=${key}`,
    `--socket=${socket}`,
    `--pid-file=${pid}`,
    `--log-file=${log}`,
    `--seed-file=${seed}`,
  ]);
  await run(["slurmctld"], { env });
  let running = 0;
  const addNode = async () => {
    running++;
    await run(["slurmd", "-N", `n${running}`], { env });
    await untilIdle(`n${running}`, env);
  };
  for (let i = 0; i < nodes; i++) await addNode();
  /** The processes of jobs: the scripts and what they started. */
  const jobProcesses = (on = "") =>
    processes().filter(({ pid }) => {
      const variables = environmentOf(pid);
      return (
        variables.includes(`SLURM_CONF=${configuration}`) &&
        variables.some((each) => each.startsWith(`SLURMD_NODENAME=${on}`))
      );
    });
  return {
    submit: ({ shards, parts, command }: ShardedJob) =>
      start([join(deploy, "slurm/submit.sh"), String(shards), parts, ...command], { env }),
    victims: ({ parts }) => jobProcesses().filter(({ line }) => line.includes(parts)),
    addNode,
    onLastNode: (job) => commandsOf(job, jobProcesses(`n${running}`)),
    loseNode: async () => {
      const node = `n${running--}`;
      const jobs = jobProcesses(node);
      const parents = new Set(jobs.map(({ parent }) => parent));
      const steps = processes().filter(({ pid, line }) => parents.has(pid) && line.startsWith("slurmstepd"));
      kill(pidIn(join(folder, `${node}.pid`)));
      for (const { pid } of [...steps, ...jobs]) kill(pid);
    },
    stop: async () => {
      const names = ["slurmctld", ...Array.from({ length: running }, (_, i) => `n${i + 1}`), "munge/pid"];
      for (const name of names) process.kill(pidIn(join(folder, name.replace(/^[^/]+$/, "$&.pid"))), "SIGTERM");
    },
  };
}

function pidIn(file: string): number {
  return Number(readFileSync(file, "utf8"));
}

async function untilIdle(node: string, env: Readonly<Record<string, string>>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const state = await run(["sinfo", "--noheader", "--nodes", node, "--format", "%t"], { env }).catch(() => "");
    if (/^(idle|mix|alloc)$/.test(state.trim())) return;
    await setTimeout(100);
  }
  throw new Error(`slurm: node ${node} does not come up`);
}

function configurationOf(folder: string, [port, ...ports]: readonly number[]): string {
  const host = hostname().split(".")[0];
  const at = (name: string) => join(folder, name);
  return [
    "ClusterName=fovea",
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${port}`,
    "SlurmUser=root",
    "AuthType=auth/munge",
    "CredType=cred/munge",
    // A job that is put back into the queue waits for so many seconds. Usual: 120.
    `AuthInfo=socket=${at("munge/socket")},cred_expire=5`,
    `StateSaveLocation=${at("state")}`,
    `SlurmdSpoolDir=${at("spool/%n")}`,
    `SlurmctldPidFile=${at("slurmctld.pid")}`,
    `SlurmdPidFile=${at("%n.pid")}`,
    `SlurmctldLogFile=${at("log/slurmctld.log")}`,
    `SlurmdLogFile=${at("log/%n.log")}`,
    // No control groups, which containers do not have.
    "ProctrackType=proctrack/pgid",
    "TaskPlugin=task/none",
    "MpiDefault=none",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_CPU",
    "SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0",
    // Seconds until a node that is silent is lost. Usual: 300.
    "SlurmdTimeout=10",
    "KillWait=1",
    "ReturnToService=2",
    "SlurmdParameters=config_overrides",
    ...ports.map(
      (each, i) => `NodeName=n${i + 1} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${each} CPUs=1 RealMemory=1000`,
    ),
    "PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
    "",
  ].join("\n");
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address();
      await new Promise((resolve) => server.close(resolve));
      return typeof address === "object" && address ? address.port : 0;
    }),
  );
}
