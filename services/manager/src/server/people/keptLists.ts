import type { AuditLine } from "@email-agent/shared/adapters/audit.ts";
import type { DryRunListId } from "@email-agent/shared/adapters/dryRunRecipients.ts";
import {
  isKeyPart,
  mailingKey,
  splitMailingKey,
  testPartition,
} from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { auditAct } from "@email-agent/shared/domain/lifecycle/auditActs.ts";
import { endedRun } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Manager } from "../manager.ts";

/** Every list of people that an order, there or deleted, has ever made. */
export interface KeptLists {
  readonly workOrderId: string;
  /** Absent once it is deleted. */
  readonly order?: WorkOrder;
  /** Partitions of the ledger of its mailings. */
  readonly mailings: readonly string[];
  /** Partitions of the ledger of its Tests. */
  readonly tests: readonly string[];
  readonly dryRuns: readonly DryRunListId[];
}

type Ports = Pick<Manager, "orders" | "audit" | "configTable">;

/**
 * The lists of every order, one order at a time. They are known from the order, from its audit (runs of Test and Dry-Run;
 * what an edit changed) and, for deleted orders, from the line of their deletion. `onBadItem` hears of an order that cannot be read
 * and is left out; without it that is thrown.
 */
export async function* keptLists(ports: Ports, onBadItem?: (error: unknown) => void): AsyncGenerator<KeptLists> {
  const languages = [...(await ports.configTable.languages()).keys()];
  for await (const order of ports.orders.list(onBadItem)) {
    const found = await readAudit(ports, order.id);
    const { steps } = order;
    const begun = mailingsOf(order);
    const codes = [
      ...languages,
      ...order.languages,
      ...Object.keys(order.subjects),
      ...begun.flatMap((mailing) => mailing.languages),
    ];
    yield {
      ...lists(order.id, {
        names: [...begun.map(({ name }) => name), ...found.names],
        languages: codes,
        tests: [...found.tests, ...known(steps.Test.runId)],
        dryRuns: [...found.dryRuns, ...known(steps["Dry-Run"].runId), ...known(steps["Dry-Run"].resultRunId)],
      }),
      order,
    };
  }
  for await (const line of ports.audit.lines("-", "U")) {
    const act = auditAct(line);
    if (act?.what !== "deleted") continue;
    const { workOrderId, eventCode, subEvent, stage, revision } = act.data;
    const found = await readAudit(ports, workOrderId);
    yield lists(workOrderId, {
      ...found,
      names: [...found.names, nameOf({ eventCode, subEvent, stage, revision })],
      languages,
    });
  }
}

interface Found {
  /** Mailing keys without their language. */
  readonly names: readonly string[];
  /** Run ids. */
  readonly tests: readonly string[];
  readonly dryRuns: readonly string[];
}

async function readAudit({ audit }: Ports, workOrderId: string): Promise<Found> {
  const names: string[] = [];
  const tests: string[] = [];
  const dryRuns: string[] = [];
  for await (const line of audit.lines(workOrderId)) {
    const run = runOf(line);
    if (run?.step === "Test") tests.push(run.runId);
    if (run?.step === "Dry-Run") dryRuns.push(run.runId);
    const act = auditAct(line);
    if (act?.what === "edited" && act.data.mailing !== undefined) names.push(act.data.mailing);
  }
  return { names, tests, dryRuns };
}

/** The run that a line tells of: that its command started, or that it ended. */
function runOf(line: AuditLine): { readonly step: string; readonly runId: string } | undefined {
  const act = auditAct(line);
  if (act?.what === "command") {
    const { step, runId } = act.data;
    return runId === undefined ? undefined : { step, runId };
  }
  return endedRun(line);
}

function lists(workOrderId: string, { names, languages, tests, dryRuns }: Found & { languages: readonly string[] }) {
  const codes = [...new Set(languages)].filter(isKeyPart);
  const mailings = [...new Set(names)]
    .flatMap((name) => codes.map((code) => `${name}_${code}`))
    .filter(splitMailingKey);
  return {
    workOrderId,
    mailings,
    tests: [...new Set(tests)].flatMap((runId) => mailings.map((key) => testPartition(key, runId))),
    dryRuns: [...new Set(dryRuns)].flatMap((runId) => codes.map((language) => ({ runId, language }))),
  };
}

function nameOf(parts: { eventCode: string; subEvent: string; stage: string; revision: number | undefined }): string {
  const language = "EN";
  return mailingKey(parts, language).slice(0, -language.length - 1);
}

function known(runId: string | undefined): string[] {
  return runId === undefined ? [] : [runId];
}
