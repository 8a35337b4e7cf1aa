import type { User } from "@email-agent/shared/domain/configItems.ts";
import { type Forecast, forecast } from "@email-agent/shared/domain/delivery/forecast.ts";
import { peopleLeft } from "@email-agent/shared/domain/delivery/forecastPeople.ts";
import { isHeldUp, waitingAhead } from "@email-agent/shared/domain/delivery/waiting.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Sending } from "../../api/sending.ts";
import type { Manager } from "../manager.ts";
import { orderFor } from "../orders/orderFor.ts";
import { type AccountUse, accountUse } from "./accountUse.ts";
import { type Passes, passesOf } from "./passesOf.ts";
import { type Mailed, type SendCurve, sendCurve } from "./sendCurve.ts";
import { shownForecast } from "./shownForecast.ts";

type Ports = Pick<Manager, "orders" | "runs" | "configTable" | "quota" | "clock">;

const pointsShown = 200;
const rateMilliseconds = 60_000;
/** Chunks tell how far they came every 10 s; a longer silence is a pause. */
const silenceMilliseconds = 15_000;
const shortestMeasureMilliseconds = 3000;

/**
 * The course of the current or last Send and when it will be finished. The course is read from the chunks of its run, not
 * from the deliveries. `withPoints` false leaves it out: what is left is a few small reads. Throws AppError `not-found`.
 */
export async function readSending(
  ports: Ports,
  user: User,
  id: string,
  { withPoints, signal }: { readonly withPoints: boolean; readonly signal?: AbortSignal },
): Promise<Sending> {
  const order = await orderFor(ports, user, id);
  const { runId, status } = order.steps.Send;
  // What a Send did before it was reset may have been another mailing, as one before a revision.
  if (runId === undefined || status === "ready") return { at: instant(ports.clock.now()), points: [], planning: false };
  const [use, { passes, planned }] = await Promise.all([
    isUnderWay(order) ? accountUse(ports, order) : undefined,
    withPoints ? passesOf(ports, runId, signal) : withoutPasses(ports, runId),
  ]);
  const now = ports.clock.now();
  const curve = sendCurve(passes);
  // The run says it itself, and at once; one of the version before does not.
  const planning = status === "working" && (order.steps.Send.planning ?? !planned);
  const perSecond = curve && status === "working" ? ratePerSecond(curve, now) : undefined;
  const ahead =
    use && forecastOf(order, use, perSecond, planning ? { reached: reachedBy(order, curve) } : undefined, now);
  return {
    at: instant(now),
    runId,
    points: curve?.points(pointsShown).map((point) => ({ ...point, at: instant(point.at) })) ?? [],
    planning,
    ...(perSecond !== undefined && { ratePerMinute: Math.round(perSecond * 600) / 10 }),
    ...(ahead && { forecast: shownForecast(ahead) }),
    ...(use && { limits: limitsOf(use) }),
  };
}

async function withoutPasses({ runs }: Pick<Ports, "runs">, runId: string): Promise<Passes> {
  const plan = await runs.plan(runId);
  return { passes: [], planned: plan?.complete ?? false };
}

/** Deliveries that are sent or in doubt, as far as anybody knows. */
function reachedBy({ steps: { Send } }: WorkOrder, curve: SendCurve | undefined): number {
  const { sent, inDoubt } = curve?.at(curve.end) ?? Send.counters ?? { sent: 0, inDoubt: 0 };
  return sent + inDoubt;
}

const mails = ({ sent, failed, inDoubt }: Mailed) => sent + failed + inDoubt;

function isUnderWay({ steps: { Send } }: WorkOrder): boolean {
  return Send.status === "working" || Send.status === "sleeping";
}

/** Mails a second in the last minute; undefined if they cannot be told yet. */
function ratePerSecond(curve: SendCurve, now: number): number | undefined {
  const end = now - curve.end < silenceMilliseconds ? curve.end : now;
  const begin = Math.max(curve.begin, end - rateMilliseconds);
  if (end - begin < shortestMeasureMilliseconds) return undefined;
  return Math.max(0, mails(curve.at(end)) - mails(curve.at(begin - 1))) / ((end - begin) / 1000);
}

function forecastOf(
  order: WorkOrder,
  { account, buckets }: AccountUse,
  observedPerSecond: number | undefined,
  planning: { readonly reached: number } | undefined,
  now: number,
): Forecast {
  const { ratePerSecond, quotaPer24h } = account;
  const { nextRunAt, waiting } = order.steps.Send;
  const recipients = peopleLeft(order, planning);
  const ahead = waitingAhead(waiting);
  return forecast({
    ...ahead,
    recipients,
    ratePerSecond,
    quotaPer24h,
    buckets,
    observedPerSecond: isHeldUp(ahead, recipients, now) ? undefined : observedPerSecond,
    resumesAt: nextRunAt === undefined ? undefined : epochMilliseconds(nextRunAt),
    sendUntil: order.sendUntil === undefined ? undefined : epochMilliseconds(order.sendUntil),
    now,
  });
}

function limitsOf({ account, buckets }: AccountUse): NonNullable<Sending["limits"]> {
  const { ratePerSecond, quotaPer24h } = account;
  return { ratePerSecond, quotaPer24h, buckets };
}
