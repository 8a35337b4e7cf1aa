import { expect, test } from "vitest";
import { dispositionOf } from "../src/kit/errors.ts";
import type { StepHandler, StepResult } from "../src/run/stepRun.ts";
import type { TestRun } from "./aStepRun.ts";
import { eventually } from "./eventually.ts";

/** A handler with its fixture. */
export interface StepSubject extends AsyncDisposable {
  readonly handler: StepHandler;
  /** A run for the handler; each call returns a new one under the same `runId`. */
  newRun(): TestRun;
  /** The visible effects of the run (mails, objects, items), in a comparable form. */
  effects(): Promise<unknown>;
}

/** What a new step provides for its contract tests. */
export interface StepSituations {
  /** Small work that ends. */
  readonly short: () => Promise<StepSubject>;
  /** Work that would take at least 5 s more once it has reported for the first time. */
  readonly long: () => Promise<StepSubject>;
  /** Work that cannot succeed because something the run needs (event, stage, account) is missing. */
  readonly broken: () => Promise<StepSubject>;
}

const stopMilliseconds = 2000;
const address = /[^\s…]@[\w-]+\.\w/;

/** Registers the tests every step handler must pass. */
export function stepContract(step: string, situations: StepSituations): void {
  test(`${step}: stops within 2 s of the signal, as an interruption`, async () => {
    await using subject = await situations.long();
    const run = subject.newRun();
    const ended = settled(subject.handler(run));
    await eventually("the run reports progress", () => run.reported.length > 0);
    const stoppedAt = performance.now();
    run.stop();
    const end = await ended;
    expect(performance.now() - stoppedAt).toBeLessThan(stopMilliseconds);
    expect("thrown" in end ? dispositionOf(end.thrown) : end).toBe("interrupted");
    const effects = await subject.effects();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await subject.effects(), "a stopped run goes on").toEqual(effects);
  });

  test(`${step}: running twice under one run id is idempotent`, async () => {
    await using subject = await situations.short();
    await subject.handler(subject.newRun());
    const once = await subject.effects();
    await subject.handler(subject.newRun());
    expect(await subject.effects()).toEqual(once);
  });

  test(`${step}: reports progress without mail addresses`, async () => {
    await using subject = await situations.short();
    const run = subject.newRun();
    const result = await subject.handler(run);
    expect(run.reported.length).toBeGreaterThan(0);
    expect(result.counters ?? run.reported.findLast((progress) => progress.counters)?.counters).toBeDefined();
    expect(JSON.stringify([run.reported, result])).not.toMatch(address);
  });

  test(`${step}: a failure is a result or an error with a disposition, in words`, async () => {
    await using subject = await situations.broken();
    const end = await settled(subject.handler(subject.newRun()));
    if ("thrown" in end) expect(dispositionOf(end.thrown), String(end.thrown)).toBeDefined();
    else expect(end.result.kind).toBe("error");
    const text = "thrown" in end ? (end.thrown as Error).message : (end.result.message ?? "");
    expect(text.length).toBeGreaterThan(10);
    expect(text).not.toMatch(address);
  });
}

async function settled(work: Promise<StepResult>): Promise<{ result: StepResult } | { thrown: unknown }> {
  try {
    return { result: await work };
  } catch (thrown) {
    return { thrown };
  }
}
