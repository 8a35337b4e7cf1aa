import { defineArea, type Observed, type Scenario, summed } from "../scenario.ts";
import type { FaultPoint, KillableService } from "./faultPoints.ts";
import { countCalls, type Killed, killAtPoint } from "./killAtPoint.ts";
import { type KillPhaseName, killPhases, pointsOf } from "./killPhases.ts";
import { openProcessStack, type ProcessStack } from "./processStack.ts";

const people = 12;

/** The stack, and the points of each phase, which are counted once. */
interface Setting {
  readonly stack: ProcessStack;
  readonly points: Map<KillPhaseName, Promise<Map<KillableService, FaultPoint[]>>>;
}

function pointsIn({ stack, points }: Setting, name: KillPhaseName) {
  const counted =
    points.get(name) ??
    countCalls(stack, killPhases[name]).then(
      (calls) => new Map([...calls].map(([service, made]) => [service, pointsOf(made)])),
    );
  points.set(name, counted);
  return counted;
}

/** Some calls depend on the moment (a poll, a batch): the others are reached. */
const reachedShare = 0.75;

function observed(trials: readonly Killed[], share: number): Observed {
  const fired = trials.filter(({ hasDied }) => hasDied);
  const violations = trials.flatMap((trial) => trial.violations);
  if (fired.length < trials.length * share)
    violations.push(`Only ${fired.length} of ${trials.length} points were reached.`);
  return { ...summed(fired), violations };
}

/** The moments at which a death leaves most to its successors. */
const chosen: readonly (FaultPoint & { phase: KillPhaseName; service: KillableService; name: string })[] = [
  {
    ...{ name: "routed", phase: "send", service: "router" },
    ...{ call: "SQS SendMessageBatch work-order-queue", nth: 1, when: "after" },
  },
  {
    ...{ name: "judged", phase: "send", service: "ingest" },
    ...{ call: "DynamoDB TransactWriteItems email-work-orders", nth: 1, when: "after" },
  },
  {
    ...{ name: "ended", phase: "count", service: "campaign" },
    ...{ call: "DynamoDB TransactWriteItems email-work-orders", nth: 1, when: "after" },
  },
  {
    ...{ name: "claimed", phase: "send", service: "sender" },
    ...{ call: "DynamoDB BatchExecuteStatement Deliveries", nth: 1, when: "after" },
  },
  { name: "post", phase: "count", service: "notifier", call: "WebSocket post", nth: 1, when: "before" },
];

const atChosenPoints = chosen.map(
  ({ name, phase, service, ...point }): Scenario<Setting> => ({
    name: `chosen/${name}`,
    isFast: true,
    async run({ stack }) {
      return observed([await killAtPoint(stack, killPhases[phase], service, point)], 1);
    },
  }),
);

const atEveryPoint = (Object.keys(killPhases) as KillPhaseName[]).flatMap((phase) =>
  killPhases[phase].services.map(
    (service): Scenario<Setting> => ({
      name: `${phase}/${service}`,
      withinSeconds: 3600,
      async run(setting) {
        const trials: Killed[] = [];
        for (const point of (await pointsIn(setting, phase)).get(service) ?? [])
          trials.push(await killAtPoint(setting.stack, killPhases[phase], service, point));
        return observed(trials, reachedShare);
      },
    }),
  ),
);

/** Each process of the product is killed at each of its calls, before the call goes out and after its effect. */
export const kills = defineArea<Setting>({
  name: "kills",
  title: "Kills: every process at each of its calls",
  async open() {
    const stack = await openProcessStack({ people });
    return { setting: { stack, points: new Map() }, dispose: () => stack.dispose() };
  },
  scenarios: [...atChosenPoints, ...atEveryPoint],
});
