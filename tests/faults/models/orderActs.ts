import fc from "fast-check";
import { type Edit, type End, type Step, steps } from "./orderHappenings.ts";

/** One thing that is done to an order. `nth` chooses among what there is then; `crash`: see `DyingProcess.dieAt`. */
export type OrderAct =
  | { do: "give"; action: "start" | "stop" | "schedule" | "retry"; step: Step; startsInMinutes?: number }
  | { do: "deliver"; crash?: number | undefined }
  | { do: "redeliver"; nth: number }
  /** A command whose ingest died goes to the dead-letter queue; `redrive`: and comes back, behind the others. */
  | { do: "give up" | "redrive" }
  | { do: "beat"; nth: number }
  | { do: "pick up"; nth: number }
  | { do: "end"; nth: number; end: End; crash?: number | undefined }
  | { do: "release"; nth: number; crash?: number | undefined }
  | { do: "look"; silent: boolean; crash?: number | undefined }
  | { do: "clock"; minutes: number }
  | { do: "edit"; edit: Edit };

export interface OrderStart {
  /** So many steps are complete. */
  readonly completed: number;
  readonly continuous: boolean;
}

/** The one that an act means by `nth`: the nth before the last, round and round; undefined where there is none. */
export function latest<Item>(items: readonly Item[], nth: number): Item | undefined {
  return items[items.length - 1 - (nth % items.length)];
}

/** Mostly the latest. */
const nth = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 5 }) });
const crash = fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat({ max: 13 }) });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>("Send") },
  { weight: 1, arbitrary: fc.constantFrom(...steps) },
);
const begins = Date.parse("2026-03-01T08:00:00.000Z");

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ field: fc.constantFrom("account", "subjects", "revision", "testers") }),
  fc.record({ field: fc.constant("form") }),
  fc.record({ field: fc.constant("continuous"), to: fc.boolean() }),
  fc.record({ field: fc.constant("ends"), to: fc.integer({ min: -60, max: 600 }).map((at) => begins + at * 60_000) }),
);
const give = fc.record({
  do: fc.constant("give"),
  action: fc.constantFrom("start", "start", "stop", "schedule", "retry"),
  step,
  startsInMinutes: fc.constantFrom(30, 30, 120, 0, -2),
});
const deliver = fc.record({ do: fc.constant("deliver"), crash });
const pickUp = fc.record({ do: fc.constant("pick up"), nth });
const end = fc.record({
  do: fc.constant("end"),
  nth,
  end: fc.constantFrom<End>("complete", "new content", "pass", "quota", "error", "unavailable", "outage", "bug"),
  crash,
});
const clock = fc.record({ do: fc.constant("clock"), minutes: fc.constantFrom(1, 31, 61, 121, 400, -61) });
const look = fc.record({ do: fc.constant("look"), silent: fc.boolean(), crash });

/** What leads on, as one: a command that is judged, a run that begins, a sleep that is slept. */
const several: fc.Arbitrary<OrderAct[]> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(give, deliver) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      give.map((given) => ({ ...given, action: "start" as const })),
      deliver,
      pickUp,
    ),
  },
  { weight: 2, arbitrary: fc.tuple(pickUp, end) },
  { weight: 2, arbitrary: fc.tuple(clock, look, pickUp) },
);
const one: fc.Arbitrary<OrderAct> = fc.oneof(
  ...[give, deliver, pickUp, clock, look, fc.record({ do: fc.constant("edit"), edit })],
  { weight: 3, arbitrary: end },
  fc.record({ do: fc.constant("redeliver"), nth }),
  fc.record({ do: fc.constantFrom("give up", "redrive") }),
  fc.record({ do: fc.constant("beat"), nth }),
  fc.record({ do: fc.constant("release"), nth, crash }),
);

export const orderStart: fc.Arbitrary<OrderStart> = fc.record({
  completed: fc.constantFrom(4, 4, 4, 3, 2, 1, 0),
  continuous: fc.boolean(),
});
export const orderActs: fc.Arbitrary<OrderAct[]> = fc
  .array(fc.oneof({ weight: 3, arbitrary: several }, { weight: 2, arbitrary: one.map((act) => [act]) }), {
    minLength: 5,
    maxLength: 25,
    size: "max",
  })
  .map((parts) => parts.flat());
