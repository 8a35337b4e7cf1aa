import { startTables, type Tables } from "@email-agent/shared/testing/tables.ts";
import fc from "fast-check";
import { defineArea, type Observed, type Scenario, type Trial } from "../scenario.ts";
import { orderActs, orderStart } from "./orderActs.ts";
import { orderCases } from "./orderCases.ts";
import { runOrderActs } from "./orderSystem.ts";

/** Random sequences of acts until one differs from the model; the shortest that does is the violation. */
async function search<Start, Act>(
  { seed }: Trial,
  numRuns: number,
  starts: fc.Arbitrary<Start>,
  acts: fc.Arbitrary<Act[]>,
  run: (start: Start, acts: readonly Act[]) => Promise<string | undefined>,
): Promise<Observed> {
  let tries = 0;
  const property = fc.asyncProperty(starts, acts, async (start, given) => {
    tries += 1;
    const difference = await run(start, given);
    if (difference !== undefined) throw new Error(difference);
  });
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns });
  const violations = failed ? [`seed ${seed}: ${JSON.stringify(counterexample)}\n${errorInstance}`] : [];
  return { tries, violations };
}

const random = (sequences: number, isFast = false): Scenario<Tables> => ({
  name: `orders/random/${sequences}`,
  isFast,
  withinSeconds: 7200,
  run: (tables, trial) =>
    search(trial, sequences, orderStart, orderActs, (start, acts) => runOrderActs(tables, start, acts)),
});

const cases = Object.entries(orderCases).map(
  ([name, { start, acts }]): Scenario<Tables> => ({
    name: `orders/case/${name.replaceAll(" ", "-")}`,
    isFast: true,
    async run(tables) {
      const difference = await runOrderActs(tables, start, acts);
      return { violations: difference === undefined ? [] : [difference] };
    },
  }),
);

/** Random sequences of everything that may happen, compared with a model after each. */
export const models = defineArea<Tables>({
  name: "models",
  title: "Models: orders under random commands, crashes and clocks",
  async open() {
    const tables = await startTables();
    return { setting: tables, dispose: async () => tables[Symbol.asyncDispose]() };
  },
  scenarios: [...cases, random(25, true), random(3000)],
});
