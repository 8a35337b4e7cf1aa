import { setTimeout as pause } from "node:timers/promises";
import { defineArea, type Observed, type Scenario, type Trial } from "../scenario.ts";
import { type SeededRandom, seededRandom } from "../seededRandom.ts";
import { type KillStage, openKillStage } from "./killStage.ts";
import { type Answer, answers, claims, sendUnderFaults } from "./sendUnderFaults.ts";

const people = 24;
const senders = 3;
const account = { ratePerSecond: 30, maxConnections: 3 };
/** A Send of everybody takes about so long. */
const sendMilliseconds = 1500;
/** A run survives two losses of its worker. */
const killsPerSend = 2;

/** How many processes one kill takes. */
const victimCounts = { one: () => 1, several: (random) => 2 + random.below(2), all: () => 99 } satisfies Record<
  string,
  (random: SeededRandom) => number
>;
type Victims = keyof typeof victimCounts;

async function oneSend(stage: KillStage, random: SeededRandom, victims: Victims, answer: Answer) {
  let kills = 0;
  const observed = await sendUnderFaults(stage, answer, async (order) => {
    let inDoubtAtMost = 0;
    for (; kills < killsPerSend; kills += 1) {
      await pause(random.below(sendMilliseconds / killsPerSend));
      const chosen = random.someOf(stage.services, victimCounts[victims](random));
      for (const { pid } of chosen) {
        const id = pid();
        if (id !== undefined) process.kill(id, "SIGKILL");
      }
      if (chosen.some(({ name }) => name === "sender")) inDoubtAtMost += await claims(stage, order);
    }
    return inDoubtAtMost;
  });
  return { ...observed, tries: kills };
}

/** One after the other; the sum of what they saw. */
async function sends(
  stage: KillStage,
  { seed }: Trial,
  count: number,
  victims: Victims,
  answer: Answer,
): Promise<Observed> {
  const all: Required<Omit<Awaited<ReturnType<typeof oneSend>>, "violations">>[] = [];
  const violations: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const {
      recoveryMilliseconds = 0,
      inDoubt = 0,
      ...sent
    } = await oneSend(stage, seededRandom(seed * 1000 + n), victims, answer);
    all.push({ tries: sent.tries, recoveryMilliseconds, inDoubt });
    violations.push(...sent.violations.map((text) => `Send ${n}: ${text}`));
  }
  return {
    violations,
    tries: all.reduce((sum, { tries }) => sum + tries, 0),
    recoveryMilliseconds: Math.max(...all.map(({ recoveryMilliseconds }) => recoveryMilliseconds)),
    inDoubt: Math.max(...all.map(({ inDoubt }) => inDoubt)),
  };
}

const sendsPerCase = 13;
const cases = (Object.keys(victimCounts) as Victims[]).flatMap((victims) =>
  answers.map((answer) => [victims, answer] as const),
);
const chosen = [
  ["several", "wait"],
  ["one", "stop"],
  ["all", "disable"],
] as const satisfies readonly (readonly [Victims, Answer])[];

const scenarios: Scenario<KillStage>[] = [
  ...chosen.map(
    ([victims, answer]): Scenario<KillStage> => ({
      name: `chosen/${victims}/${answer}`,
      isFast: true,
      run: (stage, trial) => sends(stage, trial, 1, victims, answer),
    }),
  ),
  ...cases.map(
    ([victims, answer]): Scenario<KillStage> => ({
      name: `${victims}/${answer}`,
      withinSeconds: 1800,
      run: (stage, trial) => sends(stage, trial, sendsPerCase, victims, answer),
    }),
  ),
];

/** Processes die at random moments of a Send with three senders; then the operator waits, stops, switches off or edits. */
export const randomKills = defineArea<KillStage>({
  name: "random-kills",
  title: "Random kills during Sends of three senders",
  async open() {
    const setting = await openKillStage({ people, senders, account });
    return { setting, dispose: () => setting.dispose() };
  },
  scenarios,
});
