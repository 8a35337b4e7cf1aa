import { defineArea, type Observed, type Scenario, type Trial } from "../scenario.ts";
import { hostileHeaders } from "./headers.ts";
import { hostileReturnedMail } from "./returnedMail.ts";
import { hostileTemplates } from "./templates.ts";

/** One kind of input. */
interface Kind {
  readonly name: string;
  /** Inputs of the fast selection, which is the first scenario of the kind. */
  readonly few: number;
  /** Further scenarios, each with inputs of its own, and how many inputs each has. */
  readonly batches: number;
  readonly perBatch: number;
  explore(trial: Trial & { readonly tries: number }): Promise<Observed>;
}

const kinds: readonly Kind[] = [
  { name: "headers", few: 500, batches: 10, perBatch: 3000, explore: hostileHeaders },
  { name: "templates", few: 100, batches: 20, perBatch: 1000, explore: hostileTemplates },
  { name: "returned-mail", few: 300, batches: 10, perBatch: 2000, explore: hostileReturnedMail },
];

const scenarios = kinds.flatMap(({ name, few, batches, perBatch, explore }) =>
  Array.from(
    { length: batches + 1 },
    (_, n): Scenario<undefined> => ({
      name: n === 0 ? `${name}/few` : `${name}/${n}`,
      isFast: n === 0,
      withinSeconds: 900,
      run: (_setting, { seed }) => explore({ seed: seed * 100 + n, tries: n === 0 ? few : perBatch }),
    }),
  ),
);

/** Inputs that were made to break something, from examples of the real thing. */
export const hostileInput = defineArea<undefined>({
  name: "hostile",
  title: "Hostile input",
  open: async () => ({ setting: undefined, dispose: async () => {} }),
  scenarios,
});
