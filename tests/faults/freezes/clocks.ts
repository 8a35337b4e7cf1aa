import { setTimeout as pause } from "node:timers/promises";
import { openProcessStack } from "../kills/processStack.ts";
import { countClaims, sendUnderFaults } from "../kills/sendUnderFaults.ts";
import { defineArea, type Observed, openNothing, type Scenario } from "../scenario.ts";

const people = 24;
const account = { ratePerSecond: 15, maxConnections: 2 };
const offMinutes = [-10, -1.5, 1.5, 10];

/** Which processes are on the host whose clock is off; the others are on a host that is right. */
const hosts = {
  "ingest-and-sender": ["ingest", "sender"],
  "campaign-and-sender": ["campaign", "notifier", "sender2"],
} as const;

/** What happens to a Send there: nothing, or one of its senders dies, on this or the other host. */
const deaths = { "no-death": undefined, "sender-dies": 0, "sender2-dies": 1 } as const;

async function mailing(host: keyof typeof hosts, minutes: number, death: keyof typeof deaths): Promise<Observed> {
  const offMilliseconds = Object.fromEntries(hosts[host].map((name) => [name, minutes * 60_000]));
  const stack = await openProcessStack({ people, senders: 2, account, offMilliseconds });
  try {
    return await sendUnderFaults(
      stack,
      "wait",
      async (order) => {
        const dies = deaths[death];
        if (dies === undefined) return 0;
        await pause(700);
        stack.services.filter(({ name }) => name === "sender")[dies]?.signal("SIGKILL");
        return countClaims(stack, order);
      },
      "Count",
    );
  } finally {
    await stack.dispose();
  }
}

const scenarios = (Object.keys(hosts) as (keyof typeof hosts)[]).flatMap((host) =>
  offMinutes.flatMap((minutes) =>
    (Object.keys(deaths) as (keyof typeof deaths)[]).map(
      (death): Scenario<undefined> => ({
        name: `${host}/${minutes}min/${death}`,
        isFast: host === "ingest-and-sender" && death === "sender-dies" && minutes === -1.5,
        run: () => mailing(host, minutes, death),
      }),
    ),
  ),
);

/** One of two hosts is off by minutes: a whole mailing, from Count to Send, in which a sender may die. */
export const clocks = defineArea<undefined>({
  name: "clocks",
  title: "Clocks: up to 10 min off on one of two hosts",
  open: openNothing,
  scenarios,
});
