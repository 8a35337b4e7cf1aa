import tls from "node:tls";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { loopbackCertificate } from "@email-agent/shared/testing/loopbackCertificate.ts";
import type { ScriptAct } from "../../../services/sender/testing/scriptAct.ts";
import {
  type Script,
  type ScriptPhase,
  scriptedServer,
  scriptPhases,
} from "../../../services/sender/testing/scriptedServer.ts";
import { type InProcessSender, type SenderOptions, startSender } from "../../../services/sender/testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../../services/sender/testing/sendFixture.ts";
import { judgeMailing } from "../oracle/judgeMailing.ts";
import { defineArea, type Observed, type Scenario } from "../scenario.ts";
import { courseOf } from "./courseOf.ts";
import { canHappen, expectedCourses, type FaultCell } from "./expectedCourses.ts";
import { type FaultName, serverFaults } from "./serverFaults.ts";

/** An organisation and its sender. */
interface Organisation {
  readonly fixture: SendFixture;
  readonly sender: InProcessSender;
}

interface Setting {
  readonly patient: Organisation;
  /** Waits for silent servers for seconds only, which a busy machine may take for a usual reply as well. */
  readonly impatient: Organisation;
}

let mailings = 0;

const waitMilliseconds = 2000;
const impatientTimes = {
  connectMilliseconds: waitMilliseconds,
  greetingMilliseconds: waitMilliseconds,
  commandMilliseconds: waitMilliseconds,
  dotMilliseconds: waitMilliseconds,
  confirmMilliseconds: waitMilliseconds,
  quitMilliseconds: waitMilliseconds,
};

/** Phases of a connection, before its first message. */
const beforeMessages: ReadonlySet<ScriptPhase> = new Set(["greeting", "ehlo", "starttls", "auth"]);

/** The second message meets the fault, or the second connection, once; and what leads there. */
function scriptOf({ phase, fault, pipelining }: FaultCell): { script: Script; hasHappened(): boolean } {
  const isOfConnection = beforeMessages.has(phase);
  const due = new Map<ScriptPhase, ScriptAct>([[phase, serverFaults[fault]]]);
  if (phase === "quit") due.set("dot", "450 4.2.0 Try again later");
  if (phase === "rset") due.set("rcpt", "450 4.2.0 Try again later");
  if (phase === "rset" && pipelining) due.set("data", "503 5.5.1 No recipient");
  return {
    script: (now, { connection, message }) => {
      if (isOfConnection ? connection < 1 : message < 1) return undefined;
      // RSET and QUIT are also part of what is usual.
      if (now === phase && due.size > 1) return undefined;
      const act = due.get(now);
      due.delete(now);
      return act;
    },
    hasHappened: () => due.size === 0,
  };
}

async function run({ fixture, sender }: Organisation, cell: FaultCell): Promise<Observed> {
  const { phase, fault, pipelining, security } = cell;
  const { script, hasHappened } = scriptOf(cell);
  await using server = await scriptedServer(script, {
    pipelining,
    tls: security === "tls",
    starttls: security === "starttls",
    extensions: ["AUTH PLAIN"],
  });
  // Each scenario is a mailing of its own: another account, another event, and five people of that event only.
  mailings += 1;
  const [name, eventCode] = [`account-${mailings}`, `E${mailings}`];
  const people = somePeople(5, (n) => ({ id: `id-${mailings}-${n}`, programs: { [eventCode]: { eligible: true } } }));
  const messagesPerConnection = beforeMessages.has(phase) ? 2 : 100;
  const account = { name, port: server.port, security, maxConnections: 1, messagesPerConnection };
  await fixture.addAccount(account satisfies Partial<Account>);
  await fixture.addEvent({ aid: eventCode });
  await fixture.addPeople(people);
  const order = await fixture.addOrder({ account: name, eventCode });
  const send = async () => {
    await fixture.command(order.id, "Send", "start");
    return fixture.ended(order.id, "Send", 60);
  };
  const began = performance.now();
  let step = await send();
  const hasEnded = step.status === "error";
  // An operator repairs the account and starts again.
  if (hasEnded) step = await send();
  const recoveryMilliseconds = performance.now() - began;
  await fixture.settled(order.id);

  const violations = await judgeMailing(fixture, order, server.accepted, { people: people.length, inDoubtAtMost: 1 });
  if (!hasHappened()) violations.push("The fault did not happen.");
  const pauses = sender.logged.flatMap(({ message, fields }) =>
    message === "the account is paused" && fields["account"] === name ? [String(fields["notice"])] : [],
  );
  await fixture.removePeople(people);
  const course = courseOf({ hasEnded, pauses, ledger: await fixture.ledger(order) });
  const expected = expectedCourses(cell);
  const isExpected = expected.some((one) => (isSilent(fault) ? course.split("+").includes(one) : course === one));
  if (!isExpected) violations.push(`The course is ${course}, expected is ${expected.join(" or ")}.`);
  return { violations, recoveryMilliseconds, inDoubt: step.counters?.inDoubt ?? 0 };
}

const faults = Object.keys(serverFaults) as FaultName[];

/** The server may leave nothing to read: an empty line behind a reply is ignored. */
function isSilent(fault: FaultName): boolean {
  return fault === "silence" || fault === "empty-line";
}

const ways = (["none", "tls"] as const).flatMap((security) =>
  [false, true].map((pipelining) => ({ security, pipelining })),
);

const cells: FaultCell[] = scriptPhases.flatMap((phase) =>
  faults
    .filter((fault) => canHappen(phase, fault))
    .flatMap((fault) => waysOf(phase).map((way) => ({ phase, fault, ...way }))),
);

/** Where STARTTLS is the phase, it is also how the connection is encrypted. */
function waysOf(phase: ScriptPhase): Pick<FaultCell, "security" | "pipelining">[] {
  return phase === "starttls" ? ways.slice(0, 2).map((way) => ({ ...way, security: "starttls" })) : ways;
}

/** Every fault twice, each phase several times, and the ways in turn. */
function isFast(cell: FaultCell): boolean {
  const [phase, fault] = [scriptPhases.indexOf(cell.phase), faults.indexOf(cell.fault)];
  const all = waysOf(cell.phase);
  const way = all.findIndex(({ security, pipelining }) => security === cell.security && pipelining === cell.pipelining);
  return [0, 7].some(
    (step) => phase === (fault * 5 + step) % scriptPhases.length && way === (fault + 2 * step) % all.length,
  );
}

const scenarios = cells.map((cell): Scenario<Setting> => {
  const { phase, fault, pipelining, security } = cell;
  return {
    name: `${phase}/${fault}/${security === "none" ? "plain" : security}${pipelining ? "-pipelining" : ""}`,
    isFast: isFast(cell),
    run: ({ patient, impatient }) => run(isSilent(fault) ? impatient : patient, cell),
  };
});

async function openOrganisation(
  stack: AsyncDisposableStack,
  smtpTimes: SenderOptions["smtpTimes"] = {},
): Promise<Organisation> {
  const fixture = stack.use(await openSendFixture({ event: { config: { pool: "eligible" } } }));
  await fixture.addPool({ name: "eligible", attributes: [{ type: "eligible" }] });
  const sender = await startSender(fixture, {
    // No process dies here, so leases last as long as in production: a busy machine must not lose one.
    limits: { waitedMilliseconds: 300, retryMilliseconds: [400, 400, 400], slowLookMilliseconds: 200 },
    limitTimes: { unreachablePauseMilliseconds: 200, throttledPauseMilliseconds: 200 },
    smtpTimes,
  });
  return { fixture, sender: stack.use(sender) };
}

/** A mail server that fails in every phase of a session in every way. */
export const smtpFaults = defineArea<Setting>({
  name: "smtp",
  title: "SMTP: faults of the mail server in every phase",
  concurrency: 6,
  async open() {
    const stack = new AsyncDisposableStack();
    const usual = tls.getCACertificates("default");
    tls.setDefaultCACertificates([...usual, loopbackCertificate]);
    stack.defer(() => tls.setDefaultCACertificates(usual));
    const [patient, impatient] = await Promise.all([openOrganisation(stack), openOrganisation(stack, impatientTimes)]);
    return { setting: { patient, impatient }, dispose: () => stack.disposeAsync() };
  },
  scenarios,
});
