import { setTimeout as pause } from "node:timers/promises";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { type KillableProcess, openProcessStack, type ProcessStack } from "../kills/processStack.ts";
import { countClaims, sendUnderFaults } from "../kills/sendUnderFaults.ts";
import { timeScale } from "../kills/shortenedTimes.ts";
import { defineArea, type Observed, type Scenario } from "../scenario.ts";

const people = 40;
const senders = 2;
/** A Send to all of them takes about 6 s here, 2 min in production. */
const account = { ratePerSecond: 10, maxConnections: 2 };

/** Seconds of production for which processes are frozen: below and above the heartbeat, the pick-up and the takeover. */
const frozenSeconds = [5, 12, 20, 40, 70, 130];

/** Which processes are frozen. The coordinator is the sender that has the run; the other one works on its chunks. */
const victims = {
  worker: async (stack, order) => {
    const coordinator = await coordinatorOf(stack, order);
    return stack.services.filter((one) => one.name === "sender" && one !== coordinator);
  },
  coordinator: async (stack, order) => [await coordinatorOf(stack, order)],
  ingest: async ({ services }) => services.filter(({ name }) => name === "ingest"),
  all: async ({ services }) => services,
} satisfies Record<string, (stack: ProcessStack, order: WorkOrder) => Promise<readonly KillableProcess[]>>;

/** By the name of the worker in the lease, which holds the id of its process. */
function coordinatorOf({ fixture, services }: ProcessStack, { id }: WorkOrder): Promise<KillableProcess> {
  return eventually(
    "the run has a coordinator",
    async () => {
      const pid = (await fixture.orders.get(id))?.runLease?.worker?.split("-").at(-2);
      return services.find((one) => one.name === "sender" && String(one.pid()) === pid);
    },
    { withinSeconds: 30 },
  );
}

async function freeze(stack: ProcessStack, victim: keyof typeof victims, seconds: number): Promise<Observed> {
  const { server } = stack;
  const before = server.accepted.length;
  return sendUnderFaults(stack, "wait", async (order) => {
    await eventually("mails go out", () => server.accepted.length >= before + 5, { withinSeconds: 30 });
    const chosen = await victims[victim](stack, order);
    for (const one of chosen) one.signal("SIGSTOP");
    try {
      const claimed = chosen.some(({ name }) => name === "sender") ? await countClaims(stack, order) : 0;
      await pause((seconds * 1000) / timeScale);
      return claimed;
    } finally {
      for (const one of chosen) one.signal("SIGCONT");
    }
  });
}

const scenarios = (Object.keys(victims) as (keyof typeof victims)[]).flatMap((victim) =>
  frozenSeconds.map(
    (seconds): Scenario<ProcessStack> => ({
      name: `${victim}/${seconds}s`,
      isFast: (victim === "worker" && seconds === 70) || (victim === "coordinator" && seconds === 130),
      run: (stack) => freeze(stack, victim, seconds),
    }),
  ),
);

/** Processes stop in the middle of a Send, as a host does that is suspended or swaps, and wake when others may have taken over. */
export const freezes = defineArea<ProcessStack>({
  name: "freezes",
  title: `Freezes of 5 to 130 s, at 1 : ${timeScale}`,
  async open() {
    const setting = await openProcessStack({ people, senders, account });
    return { setting, dispose: () => setting.dispose() };
  },
  scenarios,
});
