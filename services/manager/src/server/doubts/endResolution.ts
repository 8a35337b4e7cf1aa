import type { ResolvedClaim } from "@email-agent/shared/adapters/deliveryResolutions.ts";
import { type BulkResolution, isAbandoned } from "@email-agent/shared/domain/delivery/bulkResolution.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mailingsOf, type OrderMailing } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { type ResolvedStatus, resolvedStatus } from "@email-agent/shared/domain/delivery/resolution.ts";
import { type AuditLine, personLines, userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { decodeTime, ulid } from "ulid";
import type { Manager } from "../manager.ts";
import { beginRecount } from "./recountSend.ts";

type Ports = Pick<Manager, "orders" | "deliveries" | "bulkResolutions" | "audit" | "clock" | "log">;

/** Mails that the process of a bulk resolution resolved: in all, and after another process had taken it for gone and ended it. */
export interface OwnNumbers {
  readonly mails: number;
  readonly late: number;
}

/** Ends the bulk resolution of this process. If that fails, it stays open, and a sweep ends it. */
export async function endOwnResolution(
  ports: Ports,
  order: WorkOrder,
  bulk: string,
  known?: OwnNumbers,
): Promise<void> {
  try {
    await endResolution(ports, order, bulk, known);
  } catch (error) {
    const fields = { error, workOrderId: order.id, bulk };
    ports.log.warn(fields, "the end of a bulk resolution could not be recorded; a sweep does it in some minutes");
  }
}

/**
 * Ends bulk resolutions whose process is gone: what it resolved gets its lines in the audit, and the numbers of Send are counted
 * again. What it did not reach is still in doubt, as when a browser leaves. Several processes may do it at once.
 */
export async function endAbandonedResolutions(ports: Ports, signal: AbortSignal): Promise<void> {
  for await (const { bulk, workOrderId } of ports.bulkResolutions.open()) {
    signal.throwIfAborted();
    const now = ports.clock.now();
    const resolution = await ports.bulkResolutions.get(workOrderId, bulk);
    if (!isAbandoned(resolution ?? { at: new Date(decodeTime(bulk)).toISOString() }, now)) continue;
    const order = await ports.orders.get(workOrderId);
    // An order that was deleted has no history, and a resolution that was listed and not put has resolved nothing.
    if (resolution && order) {
      ports.log.warn({ workOrderId, bulk }, "the process of a bulk resolution is gone; its end is recorded");
      await endResolution(ports, order, bulk);
    } else await ports.bulkResolutions.close(bulk);
  }
}

/**
 * One line under the order, the lines of people that are missing, and a recount; repeating it adds nothing. `known`: by the process
 * that did the work; otherwise its mails are counted.
 */
async function endResolution(ports: Ports, order: WorkOrder, bulk: string, known?: OwnNumbers): Promise<void> {
  const { bulkResolutions, audit, clock, log } = ports;
  const ended = await bulkResolutions.end(order.id, bulk, clock.now());
  const mailing = mailingsOf(order).find(({ name }) => name === ended.mailing);
  const { mails, lines } =
    known || !mailing
      ? { mails: known?.mails ?? ended.resolved, lines: [] }
      : await counted(ports, order, ended, mailing);
  const { by, received, reason, filter, endedAt = ended.at } = ended;
  const of = { ...(mailing?.isCurrent !== true && { mailing: ended.mailing }), ...(filter && { filter }) };
  const data = { bulk, status: resolvedStatus(received), reason, mails, ...of };
  const what = "resolved many" as const;
  const line = userLine({ workOrderId: order.id, by, what, data }, bulk, epochMilliseconds(endedAt));
  const isFirst = mails === 0 || (await audit.put(line));
  if (!isFirst && known && known.late > 0) {
    const late = { ...data, mails: known.late };
    await audit.put(userLine({ workOrderId: order.id, by, what, data: late }, ulid(clock.now()), clock.now()));
  }
  await audit.putMany(lines);
  log.info({ workOrderId: order.id, mails, received, by, bulk }, "many mails in doubt were resolved");
  if (mailing?.isCurrent) await beginRecount(ports, order.id);
  await bulkResolutions.close(bulk);
}

/** What a resolution resolved; its number is corrected. `lines`: those under people that may be missing. */
async function counted(
  ports: Ports,
  { id }: WorkOrder,
  { sk: bulk, by, received, resolved, restored = 0 }: BulkResolution,
  mailing: OrderMailing,
): Promise<{ readonly mails: number; readonly lines: readonly AuditLine[] }> {
  let found = 0;
  let lines: AuditLine[] = [];
  for await (const { language, claims } of ports.bulkResolutions.claims(bulk)) {
    const ids = claims.map(([participantId]) => participantId);
    const now = await ports.deliveries.getMany(mailingKey(mailing, language), ids);
    const part = { bulk, order: id, mailing: mailing.name, by, language };
    const done = claims.flatMap(([participantId, claimId]) => {
      const delivery = now.get(participantId);
      return isResolvedIn(delivery, bulk) ? [{ participantId, claimId, at: delivery.resolvedAt }] : [];
    });
    found += done.length;
    // Those of earlier parts are there: a part begins behind the lines of the one before.
    lines = done.map(({ at, ...claim }) => resolvedLine(part, claim, resolvedStatus(received), epochMilliseconds(at)));
  }
  // Some may have been set back, or sent again, since.
  const mails = Math.max(found, resolved, restored);
  if (mails > resolved) await ports.bulkResolutions.setResolved(id, bulk, mails);
  return { mails, lines };
}

function isResolvedIn(delivery: Delivery | undefined, bulk: string): delivery is Delivery & { resolvedAt: string } {
  return delivery?.resolvedIn === bulk && typeof delivery.resolvedAt === "string";
}

interface Part {
  readonly bulk: string;
  readonly order: string;
  readonly mailing: string;
  readonly by: string;
  readonly language: string;
}

/** The line under a person. It has the same key whichever process puts it. `now`: epoch ms, when the mail was resolved. */
export function resolvedLine(
  { bulk, order, mailing, by, language }: Part,
  { participantId, claimId }: ResolvedClaim,
  status: ResolvedStatus,
  now: number,
): AuditLine {
  const data = { participantId, language, mailing, status, claimId, bulk, order };
  return userLine({ workOrderId: personLines(participantId), by, what: "resolved", data }, `${bulk}-${language}`, now);
}
