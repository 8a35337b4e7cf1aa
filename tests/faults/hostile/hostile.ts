import { defineArea, type Observed, openNothing, type Scenario, type Trial } from "../scenario.ts";
import { hostileRequests } from "./apiRequests.ts";
import { hostileCsv } from "./csvFiles.ts";
import { hostileFrames, hostileTickets } from "./frames.ts";
import { hostileHeaders } from "./headers.ts";
import { hostileJobs } from "./jobs.ts";
import { hostileCommands, hostileEvents } from "./queueMessages.ts";
import { hostileReturnedMail } from "./returnedMail.ts";
import { hostileTemplates } from "./templates.ts";

/** One kind of input. */
interface Kind {
  readonly name: string;
  /** Inputs of the fast selection, which is the first scenario of the kind; none if 0. */
  readonly few: number;
  /** Further scenarios, each with inputs of its own, and how many inputs each has. */
  readonly batches: number;
  readonly perBatch: number;
  explore(trial: Trial & { readonly tries: number }): Promise<Observed>;
}

const kinds: readonly Kind[] = [
  { name: "headers", few: 500, batches: 12, perBatch: 4000, explore: hostileHeaders },
  { name: "templates", few: 100, batches: 16, perBatch: 1000, explore: hostileTemplates },
  { name: "returned-mail", few: 300, batches: 10, perBatch: 2000, explore: hostileReturnedMail },
  { name: "frames", few: 100, batches: 4, perBatch: 3000, explore: hostileFrames },
  { name: "tickets", few: 0, batches: 2, perBatch: 2000, explore: hostileTickets },
  { name: "csv", few: 10, batches: 4, perBatch: 60, explore: hostileCsv },
  { name: "requests", few: 0, batches: 3, perBatch: 500, explore: hostileRequests },
  { name: "commands", few: 0, batches: 2, perBatch: 300, explore: hostileCommands },
  { name: "events", few: 0, batches: 2, perBatch: 300, explore: hostileEvents },
  { name: "jobs", few: 0, batches: 1, perBatch: 200, explore: hostileJobs },
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
  ).slice(few > 0 ? 0 : 1),
);

/** Inputs that were made to break something, from examples of the real thing. */
export const hostileInput = defineArea<undefined>({
  name: "hostile",
  title: "Hostile input: mail, templates, CSV files, requests, messages",
  open: openNothing,
  scenarios,
});
