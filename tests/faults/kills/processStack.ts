import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { type Audit, audit } from "@email-agent/shared/adapters/audit.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { connections } from "@email-agent/shared/adapters/connections.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { makeConnect } from "../../../infra/lambdas/connect.ts";
import { makeDisconnect } from "../../../infra/lambdas/disconnect.ts";
import { type Operator, openOperator } from "../../../infra/local/operator.ts";
import { type ServiceProcess, startServiceProcess } from "../../../infra/local/serviceProcess.ts";
import { startWebSocketGateway } from "../../../infra/local/webSocketGateway.ts";
import { aMail } from "../../../services/campaign/testing/prepareFixture.ts";
import type { Manager } from "../../../services/manager/src/server/manager.ts";
import { managerOver } from "../../../services/manager/testing/managerOver.ts";
import {
  type ScriptedServer,
  type ScriptPhase,
  scriptedServer,
} from "../../../services/sender/testing/scriptedServer.ts";
import {
  openSendFixture,
  type SendFixture,
  type SendFixtureOptions,
  silent,
  somePeople,
} from "../../../services/sender/testing/sendFixture.ts";
import type { KillableService } from "./faultPoints.ts";
import { visibilitySeconds } from "./shortenedTimes.ts";

/** The product in processes of its own, which are started again when they die, with an operator and a mail server. */
export interface ProcessStack {
  readonly fixture: SendFixture;
  readonly operator: Operator;
  readonly server: ScriptedServer;
  /** Where services and test meet: `faultFiles`. */
  readonly folder: string;
  readonly services: readonly KillableProcess[];
  readonly audit: Audit;
  /** The server side of the Email Manager, in this process. */
  readonly manager: Manager;
  /** How many mails a Send to all people has. */
  readonly mails: number;
  /** What the services wrote at warn and error since the last look. */
  takeTrouble(): string[];
  /** An order of an event of its own, in two languages, that is ready for this step. */
  orderReadyFor(step: StepName, fields?: Partial<WorkOrder>): Promise<WorkOrder>;
  /** The account of the orders, with these fields changed. */
  setAccount(fields: Partial<Account>): Promise<void>;
  dispose(): Promise<void>;
}

/** One process of a service. */
export interface KillableProcess extends ServiceProcess {
  readonly name: KillableService;
  /** It has said so since it was started last. */
  isReady(): boolean;
  /** Signals the process that runs now, if one does. */
  signal(name: NodeJS.Signals): void;
}

interface ProcessStackOptions extends Pick<SendFixtureOptions, "account"> {
  readonly people: number;
  readonly senders?: number;
  /** By how much the clock of a process is fast; the nth sender is `sender2` and so on. */
  readonly offMilliseconds?: Readonly<Record<string, number>>;
}

/** Account of so few mails a second that a stop meets a Send in its middle. */
export const slowAccount = "slow";

const all: readonly KillableService[] = ["router", "ingest", "campaign", "sender", "notifier"];
const testers = ["id-1", "id-2"];
const user = { id: "writer", name: "Wren", role: "write", eventAccess: ["*"] };
const entry = join(import.meta.dirname, "killableProcess.ts");
const root = join(import.meta.dirname, "..", "..", "..");
const ticketSecret = "a-secret-for-tickets-of-this-test";
/** English is for all people; every second person also reads German. */
const languages = ["EN", "DE"];
const slowRatePerSecond = 8;

export async function openProcessStack(options: ProcessStackOptions): Promise<ProcessStack> {
  await using starting = new AsyncDisposableStack();
  /** People who were refused once for the newest order. */
  const greylisted = new Set<string>();
  const greylist = (phase: ScriptPhase, line = "") => {
    const [, person] = (phase === "rcpt" && /<(person-[38])@/.exec(line)) || [];
    if (person === undefined || greylisted.has(person)) return undefined;
    greylisted.add(person);
    return "451 4.7.1 Greylisted";
  };
  const server: ScriptedServer = starting.use(
    await scriptedServer((phase, { connection }) => greylist(phase, server.sessions[connection]?.at(-1)), {
      pipelining: true,
    }),
  );
  const account = { port: server.port, maxConnections: 2, ...options.account };
  const people = somePeople(options.people, (n) => ({
    id: `id-${n}`,
    email: `person-${n}@example.org`,
    writtenLangPref: n % 2 === 0 ? "German" : "English",
  }));
  const fixture = starting.use(await openSendFixture({ people, account, visibilitySeconds }));
  await fixture.addAccount({ ...account, name: slowAccount, ratePerSecond: slowRatePerSecond });
  const { aws, config } = fixture.stack;
  const items = [
    { ...user, pk: "user", sk: user.id },
    ...testers.map((id) => ({ pk: "tester", sk: id, label: `Tester ${id}` })),
  ];
  for (const Item of items) await aws.dynamo.send(new PutCommand({ TableName: config.CONFIG_TABLE, Item }));
  const known = connections(aws, config);
  const users = configTable(aws, config, { log: silent });
  const gateway = starting.use(
    await startWebSocketGateway({
      connect: makeConnect({ connections: known, users, ticketSecret, clock: systemClock, log: silent }),
      disconnect: makeDisconnect({ connections: known, log: silent }),
    }),
  );
  const folder = mkdtempSync(join(tmpdir(), "email-agent-kills-"));
  const templates = join(folder, "templates");
  mkdirSync(templates);
  const environment = {
    ...fixture.environment,
    // Without Mailchimp: templates are in the folder.
    MAILCHIMP_REPLY_TO: "",
    TEMPLATES_DIR: templates,
    WEBSOCKET_API_URL: gateway.url,
    NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node"),
    FAULTS_FOLDER: folder,
  };
  const trouble: string[] = [];
  const services: KillableProcess[] = [];
  starting.defer(async () => void (await Promise.all(services.map((one) => one[Symbol.asyncDispose]()))));
  const starts = all.flatMap((name) =>
    Array.from({ length: name === "sender" ? (options.senders ?? 1) : 1 }, (_, n) => [name, n] as const),
  );
  await Promise.all(
    starts.map(async ([name, n]) => {
      const off = options.offMilliseconds?.[n === 0 ? name : `${name}${n + 1}`];
      services.push(
        await startKillable(name, trouble, {
          ...environment,
          FAULTS_SERVICE: name,
          FAULTS_CHECKPOINT: join(folder, "stream-position.json"),
          ...(off !== undefined && { NODE_OPTIONS: `--import ${offClock(off)}` }),
        }),
      );
    }),
  );
  const operator = starting.use(
    await openOperator({ orders: fixture.orders, webSocketUrl: gateway.url, ticketSecret }),
  );
  const running = starting.move();
  let events = 0;
  const { manager } = running.use(managerOver(config as unknown as Record<string, string>));
  return {
    ...{ manager, audit: audit(aws, config), mails: options.people + Math.ceil(options.people / 2) },
    ...{ fixture, operator, server, folder, services },
    takeTrouble: () => trouble.splice(0),
    async orderReadyFor(step, fields = {}) {
      events += 1;
      greylisted.clear();
      const eventCode = `K${server.port}-${events}`;
      await fixture.addEvent({ aid: eventCode });
      for (const language of languages)
        writeFileSync(join(templates, `${eventCode}-weekend-reg-${language}.html`), aMail());
      const done = stepNames.slice(0, stepNames.indexOf(step));
      return fixture.addOrder({ eventCode, languages, testers, ...fields }, undefined, done);
    },
    setAccount: (fields) => fixture.addAccount({ ...account, ...fields }),
    dispose: () => running.disposeAsync(),
  };
}

function offClock(milliseconds: number): string {
  return new URL(`../../../shared/testing/offClock.ts?milliseconds=${milliseconds}`, import.meta.url).href;
}

async function startKillable(
  name: KillableService,
  trouble: string[],
  environment: Record<string, string>,
): Promise<KillableProcess> {
  const ready = Promise.withResolvers<void>();
  let isReady = false;
  const service = startServiceProcess({
    name,
    entry,
    environment,
    onLine(_, line) {
      if (line.includes('"msg":"ready"')) {
        isReady = true;
        ready.resolve();
      }
      if (!/^\{"level":"info"|"_aws"/.test(line)) trouble.push(`${name}: ${line.slice(0, 400)}`);
    },
    onNews(text) {
      isReady = false;
      trouble.push(text);
      if (text.includes("cannot start")) ready.reject(new Error([text, ...trouble].join("\n")));
    },
  });
  await ready.promise;
  return {
    ...service,
    name,
    isReady: () => isReady,
    signal(signal) {
      const pid = service.pid();
      if (pid !== undefined) process.kill(pid, signal);
    },
  };
}
