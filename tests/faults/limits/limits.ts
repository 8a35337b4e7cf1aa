import { quick, type SenderProcess, spawnSender } from "../../../services/sender/testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../../services/sender/testing/sendFixture.ts";
import { defineArea, type Scenario } from "../scenario.ts";
import { shareAccount } from "./sharedAccount.ts";
import { sendInVirtualTime } from "./virtualAccount.ts";

const people = somePeople(40, (n) => ({ id: `person-${n}`, email: `person-${n}@example.org` }));
const testers = people.slice(0, 5).map(({ id }) => id);

interface Setting {
  readonly fixture: SendFixture;
  /** Three processes; one that is killed is replaced. */
  readonly senders: SenderProcess[];
}

const hourly = 1 / 3600;
const virtualRates = {
  "1-an-hour": hourly,
  "20-an-hour": 20 * hourly,
  "4-a-minute": 4 / 60,
  "1-a-second": 1,
  "40-a-second": 40,
  "1000-a-second": 1000,
};

const virtual = Object.entries(virtualRates).map(
  ([name, ratePerSecond]): Scenario<Setting> => ({
    name: `virtual/${name}`,
    isFast: ratePerSecond < 1,
    run: ({ fixture }) =>
      sendInVirtualTime(fixture.stack.config.REDIS_URL, { ratePerSecond, messages: Math.max(30, ratePerSecond * 3) }),
  }),
);

const quota = [10, 50].map(
  (quotaPer24h): Scenario<Setting> => ({
    name: `quota/${quotaPer24h}-for-five-days`,
    isFast: quotaPer24h === 10,
    run: ({ fixture }) =>
      sendInVirtualTime(fixture.stack.config.REDIS_URL, { ratePerSecond: 1, quotaPer24h, messages: quotaPer24h * 5 }),
  }),
);

const shared = [5, 20, 100].flatMap((ratePerSecond) =>
  [1, 4].map((maxConnections): Scenario<Setting> => {
    const isFast = ratePerSecond === 20 && maxConnections === 4;
    // A chunk that loses its worker a third time ends its Send.
    const sharing = { ratePerSecond, maxConnections, people: people.length, testers, kills: isFast ? 1 : 2 };
    return {
      ...{ name: `shared/${ratePerSecond}-a-second/${maxConnections}-connections`, isFast, withinSeconds: 300 },
      run: ({ fixture, senders }) => shareAccount(fixture, senders, sharing),
    };
  }),
);

/** What an account allows, shared by orders and processes that die, at the mail server. */
export const limits = defineArea<Setting>({
  name: "limits",
  title: "Limits of an account that several orders and processes share",
  async open() {
    const stack = new AsyncDisposableStack();
    const fixture = stack.use(await openSendFixture({ people }));
    const senders = await Promise.all([1, 2, 3].map(() => spawnSender(fixture, quick)));
    stack.defer(async () => {
      for (const sender of senders) await sender[Symbol.asyncDispose]();
    });
    return { setting: { fixture, senders }, dispose: () => stack.disposeAsync() };
  },
  scenarios: [...virtual, ...quota, ...shared],
});
