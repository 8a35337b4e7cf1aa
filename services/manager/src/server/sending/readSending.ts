import type { User } from "@email-agent/shared/domain/configItems.ts";
import { type Forecast, forecast } from "@email-agent/shared/domain/delivery/forecast.ts";
import { sendSize } from "@email-agent/shared/domain/lifecycle/sendSize.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Sending } from "../../api.ts";
import type { Manager } from "../manager.ts";
import { orderFor } from "../orders/orderFor.ts";
import { type AccountUse, accountUse } from "./accountUse.ts";
import { passesOf } from "./passesOf.ts";
import { type SendCurve, sendCurve } from "./sendCurve.ts";
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
  const { runId } = order.steps.Send;
  if (runId === undefined) return { points: [], planning: false };
  const [use, looked] = await Promise.all([
    isUnderWay(order) ? accountUse(ports, order) : undefined,
    withPoints ? passesOf(ports, runId, signal) : undefined,
  ]);
  const now = ports.clock.now();
  const curve = looked && sendCurve(looked.passes);
  const planning = order.steps.Send.status === "working" && looked?.planned === false;
  const perSecond = curve && order.steps.Send.status === "working" ? ratePerSecond(curve, now) : undefined;
  const ahead = use && forecastOf(order, use, perSecond, planning, now);
  return {
    runId,
    points: curve?.points(pointsShown).map((point) => ({ ...point, at: instant(point.at) })) ?? [],
    planning,
    ...(perSecond !== undefined && { ratePerMinute: Math.round(perSecond * 600) / 10 }),
    ...(ahead && { forecast: shownForecast(ahead) }),
    ...(use && { limits: limitsOf(use) }),
  };
}

function isUnderWay({ steps: { Send } }: WorkOrder): boolean {
  return Send.status === "working" || Send.status === "sleeping";
}

/** Mails a second in the last minute; undefined if they cannot be told yet. */
function ratePerSecond(curve: SendCurve, now: number): number | undefined {
  const end = now - curve.end < silenceMilliseconds ? curve.end : now;
  const begin = Math.max(curve.begin, end - rateMilliseconds);
  if (end - begin < shortestMeasureMilliseconds) return undefined;
  const [one, other] = [curve.at(begin - 1), curve.at(end)];
  const mails = other.sent + other.failed + other.inDoubt - one.sent - one.failed - one.inDoubt;
  return Math.max(0, mails) / ((end - begin) / 1000);
}

function forecastOf(
  order: WorkOrder,
  { account, buckets }: AccountUse,
  observedPerSecond: number | undefined,
  planning: boolean,
  now: number,
): Forecast {
  const { ratePerSecond, quotaPer24h } = account;
  const { nextRunAt } = order.steps.Send;
  return forecast({
    recipients: peopleLeft(order, planning),
    ratePerSecond,
    quotaPer24h,
    buckets,
    observedPerSecond,
    resumesAt: nextRunAt === undefined ? undefined : epochMilliseconds(nextRunAt),
    sendUntil: order.sendUntil === undefined ? undefined : epochMilliseconds(order.sendUntil),
    now,
  });
}

/** Who is still to be mailed. While a run is planning it knows only some of them: then the Dry-Run knows better. */
function peopleLeft(order: WorkOrder, planning: boolean): number {
  const { counters } = order.steps.Send;
  const handled = counters ? counters.sent + counters.failed + counters.inDoubt + counters.skipped : 0;
  const known = Math.max(0, (counters?.total ?? 0) - handled);
  if (!planning) return known;
  const own = Object.values(order.steps.Send.languages ?? {}).reduce(
    (sum, { thisRun }) => sum + (thisRun?.sent ?? 0),
    0,
  );
  return Math.max(known, (sendSize(order) ?? 0) - own);
}

function limitsOf({ account, buckets }: AccountUse): NonNullable<Sending["limits"]> {
  const { ratePerSecond, quotaPer24h } = account;
  return { ratePerSecond, quotaPer24h, buckets };
}
