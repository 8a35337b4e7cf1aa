import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { preparedKey } from "@email-agent/shared/domain/content/preparedContent.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { UserAct } from "@email-agent/shared/domain/lifecycle/auditActs.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { anAccount, anEvent, aPool, aStage, someLanguages } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { ulid } from "ulid";
import { expect } from "vitest";
import { checkCsv, importWorker } from "../importCsv.ts";
import type { ManagerFixture } from "../managerFixture.ts";
import { type Attack, at, bothEvents } from "./attack.ts";

const html = "<html><body><p>||name|| *|EMAIL|*</p></body></html>";
const written = Date.parse(at);
const ours = Array.from({ length: 60 }, (_, n) =>
  person(`op-${n}`, `Olga${n}`, `Ownname${n}`, "ours.example", "E2026"),
);
const theirs = Array.from({ length: 60 }, (_, n) =>
  person(`fp-${n}`, `Xaviera${n}`, `Quillfeather${n}`, "theirs.example", "F2026"),
);
const broken = {
  ...person("fp-broken", "Xaviera", "Quillfeather", "theirs.example", "F2026"),
  unsubscribe: "zanzibar",
};
/** What only the people of the other event have. */
export const marks = /\bfp-(?:\d+|broken)\b|xaviera|quillfeather|theirs\.example|zanzibar/gi;

function person(id: string, first: string, last: string, domain: string, event: string) {
  return { id, first, last, email: `${last.toLowerCase()}@${domain}`, programs: { [event]: { join: true } } };
}

/** An organisation with the events E2026 and F2026, each with its people, orders and lists. `admin` may do everything. */
export async function addTwoEvents(fixture: ManagerFixture, admin: User): Promise<Omit<Attack, "cursors">> {
  const { aws, config } = fixture.stack;
  await putConfig(aws, config, {
    stages: [aStage()],
    pools: [aPool({ name: "joined", attributes: [{ type: "currenteventjoin" }] })],
    accounts: [anAccount({ name: "office" })],
    languages: [...someLanguages().values()],
  });
  for (const aid of bothEvents) {
    const subEvents = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`part-${n}`, {}]));
    const Item = anEvent({ aid, subEvents, config: { pool: "joined", currency: "EUR" } });
    await aws.dynamo.send(new PutCommand({ TableName: config.EVENTS_TABLE, Item }));
  }
  await putParticipants(aws, config, [...ours, ...theirs, broken] as never);
  return {
    importId: await importOfTheirs(fixture, admin),
    own: await addOrder(fixture, { event: "E2026", name: "own", people: ours }),
    foreign: await addOrder(fixture, { event: "F2026", name: "foreign", people: theirs }),
    moved: await addOrder(fixture, { event: "E2026", name: "moved", people: theirs, sentFor: "F2026" }),
  };
}

/** An import that changes and refuses people of the other event, checked and not applied. */
async function importOfTheirs(fixture: ManagerFixture, admin: User): Promise<string> {
  await using _ = importWorker(fixture.manager);
  const rows = theirs.map(({ id, email, last }, n) => `${id},${n % 2 ? email : `no ${last}`},${last}`);
  const { id, found } = await checkCsv(fixture.manager, admin, ["id,email,first", ...rows].join("\n"));
  expect(found).toMatchObject({ changed: 30, refused: 30 });
  return id;
}

interface ListedOrder {
  readonly event: string;
  readonly name: string;
  readonly people: typeof ours;
  /** The event it was of when its steps ran. */
  readonly sentFor?: string;
}

/** An order with content, a Dry-Run, a Test and a Send, all of these people. */
async function addOrder(
  fixture: ManagerFixture,
  { event: eventCode, name, people, sentFor = eventCode }: ListedOrder,
): Promise<WorkOrder> {
  const isMoved = sentFor !== eventCode;
  const runs = { dry: `dry-${name}`, test: `test-${name}`, send: `send-${name}` };
  const status = isMoved ? ("ready" as const) : ("complete" as const);
  const counted = { sent: people.length, failed: 0, skipped: 1, inDoubt: 0, total: people.length };
  const invalid = {
    ...{ language: "all", rule: "invalid-record", severity: "warning" as const },
    text: "Participant fp-broken is not mailed: the field unsubscribe of the record does not fit (zanzibar).",
  };
  const steps: Partial<Record<StepName, Partial<StepRecord>>> = {
    Count: { status: "complete", details: [invalid] },
    Prepare: { status: "complete" },
    "Dry-Run": { status, resultRunId: runs.dry, ...(!isMoved && { runId: runs.dry, languages: { EN: counted } }) },
    Test: { status, runId: runs.test },
    Send: { status, runId: runs.send, ...(!isMoved && { languages: { EN: counted } }) },
  };
  const made = await fixture.addOrder({ eventCode, account: "office", testers: [] }, steps);
  const parts = { ...made, eventCode: sentFor };
  const hash = "c".repeat(64);
  const s3Key = preparedKey(made, "EN", hash);
  const { documents } = fixture.manager;
  await documents.putNew(s3Key, html, "text/html");
  const json = JSON.stringify({ v: 1, template: "test", findings: [] });
  await documents.putNew(s3Key.replace(/html$/, "json"), json, "application/json");
  const stored = {
    ...made,
    prepared: { EN: { s3Key, hash, bytes: html.length, preparedAt: at } },
    mailingKeys: [mailingKey(parts, "EN")],
  };
  const { aws, config } = fixture.stack;
  await aws.dynamo.send(new PutCommand({ TableName: config.WORK_ORDERS_TABLE, Item: stored }));

  const entries = people.map(({ id, first, last, email }, n) => ({
    ...{ participantId: id, name: `${first} ${last}`, email },
    ...(n % 3 === 0 && { status: "failed" as const, smtpResponse: `550 5.1.1 <${email}>: no ${last} here` }),
    ...(n % 3 === 1 && { status: "in-doubt" as const }),
    ...{ claimId: `claim-${id}`, workOrderId: made.id },
  }));
  await fixture.putDeliveries(mailingKey(parts, "EN"), entries.map(aDelivery));
  await fixture.putDeliveries(`${mailingKey(parts, "EN")}~${runs.test}`, entries.map(aDelivery));
  await fixture.manager.dryRunRecipients.put(
    runs.dry,
    "EN",
    entries.map(({ participantId, name: full, email }) => ({
      ...{ participantId, name: full, email, subject: `For ${full}`, status: "ok" as const, at },
    })),
  );
  const chunk = { runId: runs.send, sk: "chunk#EN#000000", language: "EN", status: "planned" as const };
  const skipped = Object.fromEntries(people.map(({ id }) => [id, "unsubscribed"]));
  const counts = { fence: 1, token: 0, losses: 0, retry: {}, ttl: 4_000_000_000 };
  await fixture.manager.runs.putChunks([{ ...chunk, ids: Object.keys(skipped), skipped, ...counts }]);

  const line = (act: UserAct & { readonly by: string }) =>
    fixture.manager.audit.put(userLine({ workOrderId: made.id, ...act }, ulid(written), written));
  const participantId = people[0]?.id ?? "";
  const unsubscribed = { participantId, mailingKey: mailingKey(parts, "EN") };
  await line({ by: `participant ${participantId}`, what: "unsubscribed", data: unsubscribed });
  const resolved = { participantId, language: "EN", status: "sent", claimId: "claim" } as const;
  await line({ by: "admin", what: "resolved", data: resolved });
  if (isMoved) await line({ by: "admin", what: "edited", data: { changed: { eventCode } } });
  return stored as WorkOrder;
}
