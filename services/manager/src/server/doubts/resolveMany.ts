import type { ResolvedClaim } from "@email-agent/shared/adapters/deliveryResolutions.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { OrderMailing } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { judgeResolution, resolvedStatus } from "@email-agent/shared/domain/delivery/resolution.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import { z } from "zod";
import type { ResolveManyBody, ResolveManyLine } from "../../api/doubts.ts";
import { longestReason } from "../../api/personChanges.ts";
import { failure } from "../http/failure.ts";
import { jsonLines } from "../http/jsonLines.ts";
import type { Manager } from "../manager.ts";
import { askedMailing } from "../recipients/askedList.ts";
import {
  type ChosenDoubts,
  doubtClaims,
  doubtFilter,
  fittingDeliveries,
  refuseUnknownLanguage,
  selectedDoubts,
} from "./chosenDoubts.ts";
import { endOwnResolution, type OwnNumbers, resolvedLine } from "./endResolution.ts";

const common = {
  mailing: z.string().optional(),
  received: z.boolean(),
  reason: z.string().trim().min(1, "Say how you know: it is kept in the history").max(longestReason),
};
export const resolveManyBody = z.union([
  z.object({ ...common, claims: doubtClaims }),
  z.object({ ...common, filter: doubtFilter, most: z.int().min(1) }),
]) satisfies z.ZodType<ResolveManyBody>;
type Asked = z.output<typeof resolveManyBody>;

type Ports = Pick<Manager, "orders" | "deliveries" | "bulkResolutions" | "audit" | "clock" | "log">;

/** One bulk resolution at work. */
interface Bulk {
  readonly id: string;
  readonly order: WorkOrder;
  readonly mailing: OrderMailing;
  readonly asked: Asked;
  readonly by: string;
}

/**
 * Resolves many mails in doubt in the same way: a selection, or all that fit a filter, but never more than the user confirmed. Each
 * is one conditional write, as when it is resolved alone, and one line of the audit under the person; the whole is one line under
 * the order, also when it ends early or its process dies. Before each write it is kept whom it is about, so that the whole can be undone. The numbers
 * of Send are counted again once, at the end. Lines of JSON say how far it is; a browser that goes away ends it, and what was not
 * reached is still in doubt.
 */
export async function resolveMany(
  ports: Ports,
  user: User,
  order: WorkOrder,
  asked: Asked,
  signal: AbortSignal,
): Promise<Response> {
  const mailing = askedMailing(order, user, asked.mailing);
  if ("claims" in asked) for (const { language } of asked.claims) refuseUnknownLanguage(mailing, language);
  else if (asked.filter.language !== undefined) refuseUnknownLanguage(mailing, asked.filter.language);
  const bulk = { id: ulid(ports.clock.now()), order, mailing, asked, by: user.id };
  return jsonLines(signal, (left) => linesOf(ports, bulk, chosen(ports, user, bulk, left), left));
}

async function* linesOf(
  ports: Ports,
  bulk: Bulk,
  found: AsyncGenerator<ChosenDoubts>,
  signal: AbortSignal,
): AsyncGenerator<ResolveManyLine> {
  const { id, order, asked } = bulk;
  const of = "claims" in asked ? asked.claims.length : asked.most;
  const sum = { resolved: 0, left: 0, early: 0 };
  let parts = 0;
  /** What is resolved; undefined while it is not known: then the end counts. */
  let known: OwnNumbers | undefined = { mails: 0, late: 0 };
  try {
    for await (const { language, doubts } of found) {
      signal.throwIfAborted();
      const open = doubts.filter(({ now, claimId }) => {
        const judged = judgeResolution(now, claimId, ports.clock.now());
        if (judged.verdict === "granted") return true;
        sum[judged.why === "too-early" ? "early" : "left"] += 1;
        return false;
      });
      const wanted = open.slice(0, of - sum.resolved);
      if (wanted.length > 0) {
        if (parts === 0) await begin(ports, bulk);
        const claims = wanted.map(({ participantId, claimId }): [string, string] => [participantId, claimId]);
        const part = { number: parts, language, claims };
        if (!(await ports.bulkResolutions.addClaims(order.id, id, part, ports.clock.now()))) throw endedMeanwhile();
        parts += 1;
        known = undefined;
        const resolved = await resolveAll(ports, bulk, language, wanted);
        const isOpen = await ports.bulkResolutions.addResolved(order.id, id, resolved, ports.clock.now());
        known = { mails: sum.resolved + resolved, late: isOpen ? 0 : resolved };
        if (!isOpen) throw endedMeanwhile();
        sum.resolved += resolved;
        sum.left += claims.length - resolved;
      }
      yield { ...sum, of, isOver: false };
      if (sum.resolved >= of) break;
    }
    yield { ...sum, of, isOver: true };
  } catch (error) {
    if (signal.aborted) return;
    yield (await failure(ports.log, error).json()) as ResolveManyLine;
  } finally {
    if (parts > 0) await endOwnResolution(ports, order, id, known);
  }
}

async function* chosen(
  ports: Ports,
  user: User,
  { mailing, asked }: Bulk,
  signal: AbortSignal,
): AsyncGenerator<ChosenDoubts> {
  if ("claims" in asked) return yield* selectedDoubts(ports, mailing, asked.claims);
  for await (const { language, found } of fittingDeliveries(ports, user, mailing, "in-doubt", asked.filter, signal)) {
    const doubts = found.map((now) => ({ participantId: now.participantId, claimId: now.claimId ?? "", now }));
    yield { language, doubts };
  }
}

const endedMeanwhile = () =>
  new AppError(
    "conflict",
    "This made no progress for minutes and was ended. What was resolved until then is counted. Open the list again.",
  );

async function begin({ bulkResolutions, clock }: Ports, { id, order, mailing, asked, by }: Bulk): Promise<void> {
  const now = clock.now();
  const { received, reason } = asked;
  const { runId } = order.steps.Send;
  const filter = "filter" in asked ? wordsOf(asked.filter) : undefined;
  const item = {
    ...{ sk: id, by, at: instant(now), received, reason, mailing: mailing.name, resolved: 0 },
    ...(runId !== undefined && { sendRunId: runId }),
    ...(filter && { filter }),
  };
  await bulkResolutions.begin(order.id, item, now);
}

/** Returns how many it resolved; the others were resolved or claimed by someone else in this moment. */
async function resolveAll(
  { deliveries, audit, clock }: Ports,
  { id: bulk, order, mailing, asked, by }: Bulk,
  language: string,
  claims: readonly ResolvedClaim[],
): Promise<number> {
  const now = clock.now();
  const status = resolvedStatus(asked.received);
  const done = await deliveries.resolveMany(mailingKey(mailing, language), claims, {
    bulk,
    status,
    by,
    at: instant(now),
  });
  const resolved = claims.filter((_, index) => done[index]);
  const part = { bulk, order: order.id, mailing: mailing.name, by, language };
  await audit.putMany(resolved.map((claim) => resolvedLine(part, claim, status, now)));
  return resolved.length;
}

/** A filter as the audit keeps it; a search may be a name or an address, and is not kept. */
function wordsOf({ language, q, cause }: z.output<typeof doubtFilter>): Record<string, string> | undefined {
  const { code, runId, from, to } = cause ?? {};
  const words = {
    language,
    ...(cause && { cause: code === undefined ? "one cause" : String(code) }),
    runId,
    from,
    to,
    ...(q?.trim() && { search: "yes" }),
  };
  const known = Object.entries(words).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return known.length === 0 ? undefined : Object.fromEntries(known);
}
