import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { type InProcessSender, startSender } from "../../../services/sender/testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../../services/sender/testing/sendFixture.ts";
import { judgeMailing } from "../oracle/judgeMailing.ts";
import { defineArea, type Observed, type Scenario } from "../scenario.ts";
import { startExim } from "./exim.ts";
import { greylisting } from "./greylisting.ts";
import type { MailServer } from "./mailServer.ts";
import { milter } from "./milter.ts";
import { startPostfix } from "./postfix.ts";

const size = 30;
const people = somePeople(size, (n) => ({ id: `id-${n}`, email: `person-${n}@example.org` }));

interface SendOptions {
  readonly maxConnections?: number;
  /** Happens while the Send works. */
  readonly meanwhile?: () => Promise<void>;
  /** How many people have failed in the end. */
  readonly failed?: number;
  readonly inDoubtAtMost?: number;
  /** What the log of the server must show, or the fault did not happen. */
  readonly logged: RegExp;
}

/** A message that the server took over, in its log. */
const takenByPostfix = /\(queue active\)/g;
const takenByExim = / <= /g;
const noSpace = /No space left on device|Insufficient system storage/g;

/** Waits until the log has at least so many of these. */
async function untilLogged(server: MailServer, text: RegExp, count: number): Promise<void> {
  const found = async () => ((await server.log()).match(text) ?? []).length;
  await eventually(`${count} times ${text} in the log`, async () => (await found()) >= count, {
    withinSeconds: 60,
    everyMilliseconds: 5,
  });
}

let mailings = 0;

/** A Send over a real mail server, and what its log says it took over. */
async function send(fixture: SendFixture, server: MailServer, options: SendOptions): Promise<Observed> {
  const { maxConnections = 2, failed = 0, inDoubtAtMost = 0, meanwhile, logged } = options;
  mailings += 1;
  const [name, eventCode] = [`account-${mailings}`, `E${mailings}`];
  const login = { username: "", password: "" };
  await fixture.addAccount({ ...login, name, port: server.port, security: "none", ratePerSecond: 30, maxConnections });
  await fixture.addEvent({ aid: eventCode });
  const order = await fixture.addOrder({ account: name, eventCode });
  await fixture.command(order.id, "Send", "start");
  const began = performance.now();
  await meanwhile?.();
  const step = await fixture.ended(order.id, "Send", 200);
  const recoveryMilliseconds = performance.now() - began;
  await fixture.settled(order.id);
  const accepted = await server.accepted();
  const violations = await judgeMailing(fixture, order, accepted, { people: size, inDoubtAtMost });
  if ((step.counters?.failed ?? 0) !== failed) violations.push(`${failed} should have failed: ${JSON.stringify(step)}`);
  if ((await server.log()).search(logged) < 0) violations.push(`The fault did not happen: no ${logged} in the log.`);
  return { violations, recoveryMilliseconds, inDoubt: step.counters?.inDoubt ?? 0 };
}

/** The server is killed after it took over 1 to 25 messages, and started again half a second later. */
function sendOverCrash(fixture: SendFixture, server: MailServer, taken: RegExp, seed: number): Promise<Observed> {
  const meanwhile = async () => {
    await untilLogged(server, taken, 1 + (seed % 25));
    await pause(seed % 40);
    await server.kill();
    await pause(500);
    await server.start();
  };
  return send(fixture, server, { meanwhile, inDoubtAtMost: 2, logged: /daemon started[\s\S]*daemon started/ });
}

const scenarios: Scenario<SendFixture>[] = [
  {
    name: "postfix/greylisting",
    isFast: true,
    async run(fixture) {
      await using policy = await greylisting(1000);
      const restrictions = `check_policy_service inet:127.0.0.1:${policy.port}, permit`;
      await using server = await startPostfix({ settings: { smtpd_recipient_restrictions: restrictions } });
      return await send(fixture, server, { logged: /450 4\.7\.1 .*Greylisted/ });
    },
  },
  {
    name: "postfix/message-rate",
    withinSeconds: 240,
    async run(fixture) {
      const settings = { smtpd_client_message_rate_limit: "10", anvil_rate_time_unit: "20s" };
      await using server = await startPostfix({ settings });
      return await send(fixture, server, { logged: /Message delivery request rate limit exceeded/ });
    },
  },
  {
    name: "postfix/recipient-rate",
    withinSeconds: 240,
    async run(fixture) {
      const settings = { smtpd_client_recipient_rate_limit: "10", anvil_rate_time_unit: "20s" };
      await using server = await startPostfix({ settings });
      return await send(fixture, server, { logged: /Recipient address rate limit exceeded/ });
    },
  },
  {
    name: "postfix/connection-count",
    async run(fixture) {
      const settings = { smtpd_client_connection_count_limit: "1" };
      await using server = await startPostfix({ settings });
      return await send(fixture, server, { maxConnections: 4, logged: /Connection concurrency limit exceeded/ });
    },
  },
  {
    name: "postfix/milter",
    isFast: true,
    async run(fixture) {
      const refused = new Set(["id-3", "id-7", "id-20"].map((id) => `person-${id.slice(3)}@example.org`));
      const asked = new Set<string>();
      await using filter = await milter((recipient) => {
        if (refused.has(recipient)) return "550 5.7.1 This message is not wanted here";
        if (!recipient.endsWith("5@example.org") || asked.has(recipient)) return undefined;
        asked.add(recipient);
        return "451 4.7.1 Try again later";
      });
      await using server = await startPostfix({ settings: { smtpd_milters: `inet:127.0.0.1:${filter.port}` } });
      return await send(fixture, server, { failed: refused.size, logged: /milter-reject: END-OF-MESSAGE/ });
    },
  },
  {
    name: "postfix/full-disk",
    withinSeconds: 240,
    async run(fixture) {
      const settings = { message_size_limit: "0", mailbox_size_limit: "0", queue_minfree: "0" };
      await using server = await startPostfix({ queueMegabytes: 2, settings });
      const filler = join(server.queueFolder, "filler");
      const fill = async () => {
        const { bavail, bsize } = await statfs(server.queueFolder);
        await writeFile(filler, Buffer.alloc(bavail * bsize));
      };
      const meanwhile = async () => {
        await untilLogged(server, takenByPostfix, 3);
        await fill();
        await untilLogged(server, noSpace, 4);
        await rm(filler);
      };
      return await send(fixture, server, { meanwhile, logged: noSpace });
    },
  },
  {
    name: "postfix/kill",
    withinSeconds: 240,
    async run(fixture, { seed }) {
      await using server = await startPostfix();
      return await sendOverCrash(fixture, server, takenByPostfix, seed);
    },
  },
  {
    name: "exim/messages-per-connection",
    async run(fixture) {
      await using server = await startExim({ main: "smtp_accept_max_per_connection = 4" });
      return await send(fixture, server, { logged: /too many messages in one connection/i });
    },
  },
  {
    name: "exim/refusal-of-the-message",
    async run(fixture) {
      await using server = await startExim({
        main: "acl_smtp_data = judge",
        accessLists: `judge:
  deny condition = \${if match{$recipients}{-[37]@}}
    message = 5.7.1 This message is not wanted here
  accept
`,
      });
      return await send(fixture, server, { failed: 2, logged: /rejected after DATA: 5\.7\.1/ });
    },
  },
  {
    name: "exim/kill",
    withinSeconds: 240,
    async run(fixture, { seed }) {
      await using server = await startExim();
      return await sendOverCrash(fixture, server, takenByExim, seed);
    },
  },
];

/** Real mail servers of other authors that refuse, fail and crash. Their logs are the oracle. */
export const mailServers = defineArea<SendFixture>({
  name: "mailServers",
  title: "Real mail servers: Postfix and Exim",
  async open() {
    const stack = new AsyncDisposableStack();
    const fixture = stack.use(await openSendFixture({ people }));
    const sender: InProcessSender = await startSender(fixture, {
      limits: { waitedMilliseconds: 300, retryMilliseconds: [1500, 1500, 3000], slowLookMilliseconds: 200 },
      limitTimes: { unreachablePauseMilliseconds: 200, throttledPauseMilliseconds: 1000 },
    });
    stack.use(sender);
    return { setting: fixture, dispose: () => stack.disposeAsync() };
  },
  scenarios,
});
