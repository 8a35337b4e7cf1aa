/** What a scenario observed. */
export interface Observed {
  /** Trials in it, 1 if absent. */
  readonly tries?: number;
  /** One sentence for each rule that did not hold; empty if all held. */
  readonly violations: readonly string[];
  /** From the end of the fault until the run had ended or had gone on by itself. */
  readonly recoveryMilliseconds?: number;
  readonly inDoubt?: number;
}

export interface Trial {
  /** Of everything random in it: the same seed gives the same faults. */
  readonly seed: number;
}

export interface Scenario<Setting> {
  /** Unique in its area, from the general to the special: `rcpt/close/tls`. */
  readonly name: string;
  /** Part of `npm test`. */
  readonly isFast?: boolean;
  /** Default: 120. A scenario that has not ended by then is a violation. */
  readonly withinSeconds?: number;
  /** Rejects with `NotPossibleHere` where the machine lacks what it needs; any other rejection is a violation. */
  run(setting: Setting, trial: Trial): Promise<Observed>;
}

/** The machine lacks what a scenario needs: the scenario counts as skipped. */
export class NotPossibleHere extends Error {}

export interface Result extends Observed {
  readonly name: string;
  readonly milliseconds: number;
  /** Why it was skipped. */
  readonly skipped?: string;
}

/** Scenarios of one kind of fault, with what they share. */
export interface Area {
  /** As on the command line. */
  readonly name: string;
  /** As in the table of counts. */
  readonly title: string;
  readonly scenarios: readonly Pick<Scenario<never>, "name" | "isFast">[];
  /** Runs the chosen scenarios; `onResult` gets each as it ends. */
  run(chosen: ReadonlySet<string>, trial: Trial, onResult: (result: Result) => void): Promise<Result[]>;
}

interface AreaDefinition<Setting> {
  readonly name: string;
  readonly title: string;
  /** How many scenarios run at the same time; 1 if absent. */
  readonly concurrency?: number;
  /** What the scenarios share. `dispose` is called after the last one. */
  readonly open: () => Promise<{ readonly setting: Setting; dispose(): Promise<void> }>;
  readonly scenarios: readonly Scenario<Setting>[];
}

/** Of an area whose scenarios share nothing. */
export const openNothing = async () => ({ setting: undefined, dispose: async () => {} });

/** Trials as one: tries and violations of all, the longest recovery, the most in doubt. */
export function summed(trials: readonly Observed[]): Required<Observed> {
  const most = (numbers: readonly number[]) => numbers.reduce((most, number) => Math.max(most, number), 0);
  return {
    tries: trials.reduce((sum, { tries = 1 }) => sum + tries, 0),
    violations: trials.flatMap(({ violations }) => violations),
    recoveryMilliseconds: most(trials.map(({ recoveryMilliseconds = 0 }) => recoveryMilliseconds)),
    inDoubt: most(trials.map(({ inDoubt = 0 }) => inDoubt)),
  };
}

export function defineArea<Setting>({ open, scenarios, concurrency = 1, ...area }: AreaDefinition<Setting>): Area {
  return {
    ...area,
    scenarios,
    async run(chosen, trial, onResult) {
      const due = scenarios.filter(({ name }) => chosen.has(name));
      if (due.length === 0) return [];
      const { setting, dispose } = await open();
      const results: Result[] = [];
      const work = async () => {
        for (let next = due.shift(); next; next = due.shift()) {
          const result = await runScenario(next, setting, trial);
          results.push(result);
          onResult(result);
        }
      };
      try {
        await Promise.all(Array.from({ length: concurrency }, work));
      } finally {
        await dispose();
      }
      return results;
    },
  };
}

async function runScenario<Setting>(scenario: Scenario<Setting>, setting: Setting, trial: Trial): Promise<Result> {
  const { name, withinSeconds = 120 } = scenario;
  const began = performance.now();
  const ended = (observed: Observed, skipped?: string): Result => ({
    ...observed,
    name,
    milliseconds: performance.now() - began,
    ...(skipped !== undefined && { skipped }),
  });
  const timeout = Promise.withResolvers<Observed>();
  const overdue = { violations: [`It did not end within ${withinSeconds} s.`] };
  const timer = setTimeout(() => timeout.resolve(overdue), withinSeconds * 1000);
  try {
    return ended(await Promise.race([scenario.run(setting, trial), timeout.promise]));
  } catch (error) {
    if (error instanceof NotPossibleHere) return ended({ tries: 0, violations: [] }, error.message);
    return ended({ violations: [`It failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`] });
  } finally {
    clearTimeout(timer);
  }
}
