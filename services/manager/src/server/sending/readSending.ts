import type { User } from "@email-agent/shared/domain/configItems.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Sending } from "../../api/sending.ts";
import type { Manager } from "../manager.ts";
import { orderFor } from "../orders/orderFor.ts";
import { type AccountUse, accountUse } from "./accountUse.ts";
import { type Passes, passesOf } from "./passesOf.ts";
import { sendCurve } from "./sendCurve.ts";
import { spansAhead } from "./spansAhead.ts";

type Ports = Pick<Manager, "orders" | "runs" | "configTable" | "quota" | "clock">;

const pointsShown = 200;

/**
 * The progress of the current or last Send, and the limits of its account, with which the browser forecasts the end. The
 * progress is read from the chunks of its run, not from the deliveries. `withPoints` false leaves it out: what is left is a
 * few small reads. Throws AppError `not-found`.
 */
export async function readSending(
  ports: Ports,
  user: User,
  id: string,
  { withPoints, signal }: { readonly withPoints: boolean; readonly signal?: AbortSignal },
): Promise<Sending> {
  const order = await orderFor(ports, user, id);
  const { runId, status, planning } = order.steps.Send;
  // What a Send did before it was reset may have been another mailing, as one before a revision.
  if (runId === undefined || status === "ready") return { at: instant(ports.clock.now()), points: [], planning: false };
  const isUnderWay = status === "working" || status === "sleeping";
  const [use, { passes, planned }] = await Promise.all([
    isUnderWay ? accountUse(ports, order) : undefined,
    withPoints ? passesOf(ports, runId, signal) : withoutPasses(ports, runId),
  ]);
  return {
    at: instant(ports.clock.now()),
    runId,
    points: sendCurve(passes, pointsShown).map((point) => ({ ...point, at: instant(point.at) })),
    // The run records it at once; a run of the version before does not.
    planning: status === "working" && (planning ?? !planned),
    ...(use && { limits: limitsOf(use, order, ports.clock.now()) }),
  };
}

async function withoutPasses({ runs }: Pick<Ports, "runs">, runId: string): Promise<Passes> {
  const plan = await runs.plan(runId);
  return { passes: [], planned: plan?.complete ?? false };
}

function limitsOf(
  { account, buckets }: AccountUse,
  { sendingWindow }: WorkOrder,
  now: number,
): NonNullable<Sending["limits"]> {
  const { ratePerSecond, quotaPer24h, warmUp } = account;
  const openSpans = spansAhead(sendingWindow, now);
  return { ratePerSecond, quotaPer24h, ...(warmUp && { warmUp }), buckets, ...(openSpans && { openSpans }) };
}
