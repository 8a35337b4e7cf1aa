import fc from "fast-check";
import type { Observed, Trial } from "../scenario.ts";

/** Far above what one input of any kind takes on a slow machine; a pattern that backtracks takes minutes. */
const cpuSecondsOfOne = 3;

/**
 * Gives `tries` inputs to `judge`, which returns what rule an input breaks, in a sentence, or nothing. An input for which it
 * throws, or that takes more than three seconds of processor time, is a violation, too. What is found is the smallest input that breaks a rule, with
 * its seed and path for fast-check.
 */
export async function explore<Input>(
  inputs: fc.Arbitrary<Input>,
  judge: (input: Input) => string | undefined | Promise<string | undefined>,
  { seed, tries }: Trial & { readonly tries: number },
): Promise<Observed> {
  const property = fc.asyncProperty(inputs, async (input) => {
    const began = process.cpuUsage();
    const broken = await judge(input);
    if (broken !== undefined) throw new Error(broken);
    const { user, system } = process.cpuUsage(began);
    const seconds = (user + system) / 1e6;
    if (seconds > cpuSecondsOfOne) throw new Error(`It took ${seconds.toFixed(1)} s of processor time.`);
  });
  const found = await fc.check(property, { seed, numRuns: tries, interruptAfterTimeLimit: undefined });
  if (!found.failed) return { tries: found.numRuns, violations: [] };
  const { errorInstance, counterexample, counterexamplePath } = found;
  const why = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  const input = fc
    .stringify(counterexample?.[0])
    .replace(/(.{1,40}?)\1{5,}/g, "$1(…)")
    .slice(0, 3000);
  return {
    tries: found.numRuns,
    violations: [`${why.slice(0, 2000)}\n  input ${input}\n  fast-check seed ${seed}, path ${counterexamplePath}`],
  };
}
