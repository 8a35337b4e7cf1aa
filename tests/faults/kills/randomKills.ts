import { setTimeout as pause } from "node:timers/promises";
import { defineArea, type Observed, type Scenario, summed, type Trial } from "../scenario.ts";
import { type SeededRandom, seededRandom } from "../seededRandom.ts";
import { type OperatorAct, operatorActs } from "./operatorActs.ts";
import { openProcessStack, type ProcessStack } from "./processStack.ts";
import { countClaims, sendUnderFaults } from "./sendUnderFaults.ts";

const people = 24;
const senders = 3;
const account = { ratePerSecond: 30, maxConnections: 3 };
/** A Send to all of them takes about this long. */
const sendMilliseconds = 1500;
/** A run survives two losses of its worker. */
const killsPerSend = 2;

/** How many processes one kill takes. */
const victimCounts = { one: () => 1, several: (random) => 2 + random.below(2), all: () => 99 } satisfies Record<
  string,
  (random: SeededRandom) => number
>;
type Victims = keyof typeof victimCounts;

async function oneSend(
  stack: ProcessStack,
  random: SeededRandom,
  victims: Victims,
  act: OperatorAct,
): Promise<Observed> {
  let kills = 0;
  const observed = await sendUnderFaults(stack, act, async (order) => {
    let inDoubtAtMost = 0;
    for (; kills < killsPerSend; kills += 1) {
      await pause(random.below(sendMilliseconds / killsPerSend));
      const chosen = random.someOf(stack.services, victimCounts[victims](random));
      for (const one of chosen) one.signal("SIGKILL");
      if (chosen.some(({ name }) => name === "sender")) inDoubtAtMost += await countClaims(stack, order);
    }
    return inDoubtAtMost;
  });
  return { ...observed, tries: kills };
}

/** One after the other, each with random numbers of its own. */
async function sends(
  stack: ProcessStack,
  { seed }: Trial,
  count: number,
  victims: Victims,
  act: OperatorAct,
): Promise<Observed> {
  const trials: Observed[] = [];
  for (let n = 0; n < count; n += 1) {
    const sent = await oneSend(stack, seededRandom(seed * 1000 + n), victims, act);
    trials.push({ ...sent, violations: sent.violations.map((text) => `Send ${n}: ${text}`) });
  }
  return summed(trials);
}

const sendsPerCase = 13;
const cases = (Object.keys(victimCounts) as Victims[]).flatMap((victims) =>
  (Object.keys(operatorActs) as OperatorAct[]).map((act) => [victims, act] as const),
);
const chosen = [
  ["several", "wait"],
  ["one", "stop"],
  ["all", "disable"],
] as const satisfies readonly (readonly [Victims, OperatorAct])[];

const scenarios: Scenario<ProcessStack>[] = [
  ...chosen.map(
    ([victims, act]): Scenario<ProcessStack> => ({
      name: `chosen/${victims}/${act}`,
      isFast: true,
      run: (stack, trial) => sends(stack, trial, 1, victims, act),
    }),
  ),
  ...cases.map(
    ([victims, act]): Scenario<ProcessStack> => ({
      name: `${victims}/${act}`,
      withinSeconds: 1800,
      run: (stack, trial) => sends(stack, trial, sendsPerCase, victims, act),
    }),
  ),
];

/** Processes die at random moments of a Send with three senders; then the operator waits, stops, switches off or edits. */
export const randomKills = defineArea<ProcessStack>({
  name: "random-kills",
  title: "Kills at random: one, several or all processes",
  async open() {
    const setting = await openProcessStack({ people, senders, account });
    return { setting, dispose: () => setting.dispose() };
  },
  scenarios,
});
