import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { type BulkResolution, whyNotUndone } from "@email-agent/shared/domain/delivery/bulkResolution.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mailingsOf, type OrderMailing } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { resolvedStatus } from "@email-agent/shared/domain/delivery/resolution.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import { z } from "zod";
import type { BulkResolutions, UndoBody, UndoLine } from "../../api/doubts.ts";
import { failure } from "../http/failure.ts";
import { jsonLines } from "../http/jsonLines.ts";
import type { Manager } from "../manager.ts";
import { askedMailing } from "../recipients/askedList.ts";
import { userNames } from "../sending/userNames.ts";
import { recountSend } from "./recountSend.ts";

export const undoBody = z.object({ bulk: z.ulid() }) satisfies z.ZodType<UndoBody>;

type Ports = Pick<Manager, "orders" | "deliveries" | "bulkResolutions" | "audit" | "clock" | "log">;

/** How far back bulk resolutions of an order are listed, and can be undone. */
const newestShown = 20;

const runBegan =
  "A run of Send began since these mails were resolved, so they cannot be set back to in doubt any more.";

/** Bulk resolutions of a mailing of an order. */
export async function readResolutions(
  ports: Pick<Manager, "bulkResolutions" | "configTable">,
  user: User,
  order: WorkOrder,
  mailingName: string | null,
): Promise<BulkResolutions> {
  const { name } = askedMailing(order, user, mailingName);
  const all = await ports.bulkResolutions.newest(order.id, newestShown);
  const found = all.filter(({ mailing, resolved, claimed = 0 }) => mailing === name && (resolved > 0 || claimed > 0));
  const nameOf = await userNames(
    ports,
    found.flatMap(({ by, undoneBy }) => [by, undoneBy]),
  );
  const resolutions = found.map((one) => {
    const { sk: bulk, at, by, received, reason, resolved, claimed, undoneBy = "", undoneAt, restored = 0 } = one;
    const isFinal = whyNotUndone(one, order.steps.Send.runId) === "run began";
    return {
      ...{ bulk, at, by: nameOf(by), received, reason, resolved },
      ...(resolved === 0 && claimed !== undefined && { upTo: claimed }),
      ...(undoneAt !== undefined && { undone: { by: nameOf(undoneBy), at: undoneAt, restored } }),
      ...(isFinal && { isFinal: "run began" as const }),
    };
  });
  return { resolutions };
}

/**
 * Sets the mails of a bulk resolution back to in doubt, each exactly as it was, unless something was written to it since; not
 * once a run of Send began. It may be repeated. Lines of JSON say how far it is. AppError `not-found`, or `conflict` with
 * `details.reason` `run began`.
 */
export async function undoResolution(
  ports: Ports,
  user: User,
  order: WorkOrder,
  { bulk }: UndoBody,
  signal: AbortSignal,
): Promise<Response> {
  const newest = await ports.bulkResolutions.newest(order.id, newestShown);
  const resolution = newest.find(({ sk }) => sk === bulk);
  const mailing = resolution && mailingsOf(order).find(({ name }) => name === resolution.mailing);
  if (!resolution || !mailing || !maySee(user, mailing.eventCode))
    throw new AppError("not-found", "There is no such bulk resolution of this work order. Open the list again.");
  refuseOnceRun(resolution, order);
  return jsonLines(signal, (left) => linesOf(ports, user, order, { resolution, mailing }, left));
}

function refuseOnceRun(resolution: BulkResolution, order: WorkOrder): void {
  if (whyNotUndone({ ...resolution, undoneAt: undefined }, order.steps.Send.runId) === "run began")
    throw new AppError("conflict", runBegan, { details: { reason: "run began" } });
}

async function* linesOf(
  ports: Ports,
  user: User,
  order: WorkOrder,
  { resolution, mailing }: { readonly resolution: BulkResolution; readonly mailing: OrderMailing },
  signal: AbortSignal,
): AsyncGenerator<UndoLine> {
  const { sk: bulk, resolved: of, received } = resolution;
  const sum = { restored: 0, left: 0 };
  let isOver = false;
  try {
    for await (const { language, claims } of ports.bulkResolutions.claims(bulk)) {
      const partition = mailingKey(mailing, language);
      signal.throwIfAborted();
      // A run that begins meanwhile ends it; what it claims is not set back in any case.
      refuseOnceRun(resolution, (await ports.orders.get(order.id)) ?? order);
      const some = claims.map(([participantId, claimId]) => ({ participantId, claimId }));
      const status = resolvedStatus(received);
      const restored = (await ports.deliveries.unresolveMany(partition, some, { bulk, status })).filter(Boolean).length;
      sum.restored += restored;
      sum.left += some.length - restored;
      yield { ...sum, of, isOver };
    }
    isOver = true;
  } catch (error) {
    if (signal.aborted) return;
    yield (await failure(ports.log, error).json()) as UndoLine;
  } finally {
    if (isOver || sum.restored > 0) await end(ports, user, order, { bulk, mailing, ...sum, isOver });
  }
  if (isOver) yield { ...sum, of, isOver };
}

async function end(
  ports: Ports,
  user: User,
  order: WorkOrder,
  done: { readonly bulk: string; readonly mailing: OrderMailing; readonly restored: number; readonly isOver: boolean },
): Promise<void> {
  const { bulk, mailing, restored, isOver } = done;
  const now = ports.clock.now();
  if (isOver) await ports.bulkResolutions.markUndone(order.id, bulk, { by: user.id, at: instant(now), restored });
  const data = { bulk, mails: restored };
  await ports.audit.put(
    userLine({ workOrderId: order.id, by: user.id, what: "undid resolutions", data }, ulid(now), now),
  );
  ports.log.info({ workOrderId: order.id, restored, by: user.id, bulk }, "a bulk resolution was undone");
  if (mailing.isCurrent && restored > 0) await recountSend(ports, order.id);
}
