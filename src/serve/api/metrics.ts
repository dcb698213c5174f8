/** @file The numbers that Prometheus collects. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Task } from "./queue/queue.js";

/** What is measured at the moment when it is asked for. */
export interface MetricSources {
  readonly queue: () => number;
  readonly computing: () => number;
  readonly workers: () => number;
}

/** A request that was answered. */
export interface Answered {
  /** The pattern of its path; empty for none. */
  readonly route: string;
  /** Empty for none that is served. */
  readonly model: string;
  readonly status: number;
  readonly seconds: number;
}

const latencies = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<"route" | "model" | "status">;
  readonly #latency: Histogram<"route" | "model">;
  readonly #batches: Histogram<"model" | "kind">;
  readonly #computing: Histogram<"model" | "kind">;
  readonly #crashes: Counter;

  constructor({ queue, computing, workers }: MetricSources) {
    const registers = [this.#registry];
    const named = (name: string, help: string) => ({ name: `fovea_${name}`, help, registers });
    collectDefaultMetrics({ register: this.#registry });
    const labelNames = ["model", "kind"] as const;
    this.#requests = new Counter({
      ...named("requests_total", "Requests answered, by route, model and status"),
      labelNames: ["route", "model", "status"],
    });
    this.#latency = new Histogram({
      ...named("request_seconds", "Seconds from a request's arrival to its answer"),
      labelNames: ["route", "model"],
      buckets: latencies,
    });
    this.#batches = new Histogram({
      ...named("batch_images", "Images that shared a run"),
      labelNames,
      buckets: [1, 2, 4, 8, 16, 32, 64],
    });
    this.#computing = new Histogram({
      ...named("batch_seconds", "Seconds that a run took"),
      labelNames,
      buckets: latencies,
    });
    this.#crashes = new Counter(named("worker_crashes_total", "Processes of workers that ended by themselves"));
    gauge(named("queue_images", "Images that wait"), queue);
    gauge(named("computing_images", "Images that workers have taken, and not yet answered"), computing);
    gauge(named("workers_ready", "Workers that have the models open"), workers);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  answered({ route, model, status, seconds }: Answered): void {
    this.#requests.inc({ route, model, status });
    this.#latency.observe({ route, model }, seconds);
  }

  computed(batch: readonly Task[], seconds: number): void {
    const [first] = batch;
    if (first === undefined) return;
    const labels = { model: first.job.model, kind: first.job.explain ? "explain" : "score" };
    this.#batches.observe(labels, batch.length);
    this.#computing.observe(labels, seconds);
  }

  crashed(): void {
    this.#crashes.inc();
  }
}

function gauge(options: { readonly name: string; readonly help: string; registers: Registry[] }, value: () => number) {
  new Gauge({
    ...options,
    collect() {
      this.set(value());
    },
  });
}
