import type { OrderAct, OrderStart } from "./orderActs.ts";
import type { Step } from "./orderHappenings.ts";

interface OrderCase {
  readonly start: OrderStart;
  readonly acts: readonly OrderAct[];
}

const ready: OrderStart = { completed: 4, continuous: false };
const give = (action: "start" | "stop", step: Step): OrderAct => ({ do: "give", action, step });
const begin = (step: Step): OrderAct[] => [give("start", step), { do: "deliver" }, { do: "pick up", nth: 0 }];
const complete: OrderAct = { do: "end", nth: 0, end: "complete" };
const lookTwice: OrderAct[] = [
  { do: "look", silent: true },
  { do: "look", silent: true },
];

/** Ingest dies behind its judgement; the command goes to the dead-letter queue and comes back after `meanwhile`. */
const judgedAndBack = (given: OrderAct, meanwhile: readonly OrderAct[]): OrderAct[] => [
  ...[given, { do: "deliver", crash: 5 } as const, { do: "give up" } as const, ...meanwhile],
  ...[{ do: "redrive" } as const, { do: "deliver" } as const, { do: "deliver" } as const],
];

/** What random acts or thought have found, by name. */
export const orderCases: Readonly<Record<string, OrderCase>> = {
  "a stop that comes back stops no later run": {
    start: ready,
    acts: [...begin("Send"), ...judgedAndBack(give("stop", "Send"), begin("Send"))],
  },
  "a start that was rejected and comes back starts nothing": {
    start: ready,
    acts: [
      { do: "edit", edit: { field: "form" } },
      ...judgedAndBack(give("start", "Dry-Run"), [{ do: "clock", minutes: 31 }, ...begin("Count"), complete]),
    ],
  },
  "a start whose run has ended and that comes back starts no second one": {
    start: ready,
    acts: judgedAndBack(give("start", "Count"), [
      ...lookTwice,
      { do: "pick up", nth: 0 },
      ...[complete, ...begin("Count"), complete],
    ]),
  },
  "a Send whose quota is used up at its end has the same numbers in its line": {
    start: { completed: 4, continuous: true },
    acts: [...begin("Send"), { do: "clock", minutes: 400 }, { do: "end", nth: 0, end: "quota" }],
  },
};
