import type { User } from "@email-agent/shared/domain/configItems.ts";
import { type Forecast, forecast } from "@email-agent/shared/domain/delivery/forecast.ts";
import { receivingLimit } from "@email-agent/shared/domain/delivery/receivingGroups.ts";
import { dryRunSize } from "@email-agent/shared/domain/lifecycle/dryRunSize.ts";
import { judgeStart } from "@email-agent/shared/domain/lifecycle/startGuards.ts";
import { isParentOf } from "@email-agent/shared/domain/parentOrder.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { StepRecord, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { GoNoGo, SendForecast } from "../../api/sending.ts";
import type { Manager } from "../manager.ts";
import { orderFor } from "../orders/orderFor.ts";
import { peopleOfSelection } from "../recipients/selectedMails.ts";
import { type AccountUse, accountUse, otherSends, shownAccount } from "./accountUse.ts";
import { changesSince } from "./changesSince.ts";
import { type CountPorts, countRecipients, type RecipientCount } from "./countRecipients.ts";
import { countedBy, goNoGoLanguages } from "./goNoGoLanguages.ts";
import { goNoGoWarnings } from "./goNoGoWarnings.ts";
import { spansAhead } from "./spansAhead.ts";
import { testersReached } from "./testersReached.ts";

type Ports = CountPorts & Pick<Manager, "orders" | "audit" | "quota" | "returnRates" | "clock" | "selections">;

interface ReadOptions {
  /** Ends the count. */
  readonly signal?: AbortSignal;
  /** How many people the count has looked at. */
  readonly onPage?: (read: number) => void;
  /** Only the mails of this selection are sent again. */
  readonly selection?: string | undefined;
}

/**
 * The facts before an order's Send: whom it reaches (counted now), what was checked and tested, what changed since, what
 * the account may still send, when the last mail would leave, and reasons against it. Changes nothing.
 * Throws AppError `not-found`.
 */
export async function readGoNoGo(ports: Ports, user: User, id: string, options: ReadOptions = {}): Promise<GoNoGo> {
  const order = await orderFor(ports, user, id);
  const { configTable } = ports;
  const [use, returned, others, testers, changes, stage, known, settings, parent, count] = await Promise.all([
    accountUse(ports, order),
    ports.returnRates.lately(order.account),
    otherSends(ports, order),
    testersReached(ports, user, order),
    changesSince(ports, order),
    configTable.stage(order.stage),
    configTable.languages(),
    configTable.settings(),
    order.parentOrderId === undefined ? undefined : ports.orders.get(order.parentOrderId),
    countOf(ports, order, options),
  ]);
  const now = ports.clock.now();
  const counted = typeof count === "string" ? undefined : count;
  const recipients = counted?.recipients;
  const ahead =
    use && recipients !== undefined
      ? forecastOf(order, use, { recipients, receivers: counted?.receivers }, now)
      : undefined;
  const facts = {
    guard: judgeStart(order, "Send", now),
    ...(recipients !== undefined && { recipients }),
    languages: goNoGoLanguages(order, known, stage, counted),
    test: { ...endOf(order.steps.Test), testers },
    changes,
    ...(use && { account: shownAccount(use, returned, others, now) }),
  };
  const everyone = [...known.values()].filter((language) => language.everyone).map(({ code }) => code);
  const source = countedBy(order, counted);
  const found = dryRunSize(order);
  return {
    at: instant(now),
    ...facts,
    mustConfirm: recipients !== undefined && recipients > settings.confirmSendAbove,
    ...(source && { countedBy: source }),
    dryRun: {
      ...endOf(order.steps["Dry-Run"]),
      errors: order.steps["Dry-Run"].counters?.failed ?? 0,
      ...(found !== undefined && { recipients: found }),
    },
    ...(ahead && { forecast: shownForecast(ahead) }),
    ...(order.sendContinuously && { continuous: continuousOf(order) }),
    warnings: goNoGoWarnings({
      ...facts,
      order,
      forecast: ahead,
      everyone,
      counted,
      isSelection: options.selection !== undefined,
      ...(typeof count === "string" && { uncountable: count }),
      hasStage: stage !== undefined,
      parent: parent && (!stage || isParentOf(parent, order, stage.parentStages)) ? parent : undefined,
      now,
    }),
  };
}

const never = new AbortController().signal;

/**
 * Who would be mailed now; undefined without a complete Dry-Run, and in words why they cannot be counted where the
 * configuration lacks something.
 */
async function countOf(
  ports: CountPorts & Pick<Manager, "selections">,
  order: WorkOrder,
  { signal = never, onPage, selection }: ReadOptions,
): Promise<RecipientCount | string | undefined> {
  if (dryRunSize(order) === undefined) return undefined;
  try {
    const selected = selection === undefined ? undefined : await peopleOfSelection(ports, order, selection);
    return await countRecipients(ports, order, { signal, selected, ...(onPage && { onPage }) });
  } catch (error) {
    if (error instanceof AppError && (error.code === "configuration" || error.code === "bad-item"))
      return error.message;
    throw error;
  }
}

function endOf({ status, startedAt, endedAt }: StepRecord): Pick<GoNoGo["dryRun"], "status" | "at"> {
  const at = endedAt ?? startedAt;
  return { status, ...(at !== undefined && { at }) };
}

function forecastOf(
  { sendUntil, sendingWindow }: WorkOrder,
  { account, buckets }: AccountUse,
  { recipients, receivers = new Map() }: Pick<RecipientCount, "recipients"> & Partial<RecipientCount>,
  now: number,
) {
  const limited = [...receivers].flatMap(([group, people]) => {
    const perSecond = receivingLimit(account.receivingLimits, group);
    return perSecond === undefined ? [] : [{ group, people, perSecond }];
  });
  const { ratePerSecond, quotaPer24h, warmUp } = account;
  const end = sendUntil === undefined ? undefined : epochMilliseconds(sendUntil);
  return forecast({
    recipients,
    ratePerSecond,
    quotaPer24h,
    warmUp,
    buckets,
    limited,
    sendUntil: end,
    now,
    openSpans: spansAhead(sendingWindow, now),
  });
}

/** A Send of months pauses hundreds of times; the page shows the first pauses. */
const sleepsShown = 3;

function shownForecast({ finishAt, seconds, sleeps }: Forecast): SendForecast {
  return {
    ...(finishAt !== undefined && { finishAt: instant(finishAt) }),
    ...(seconds !== undefined && { seconds }),
    sleeps: sleeps.slice(0, sleepsShown).map(({ from, until, mailed, cause }) => ({
      from: instant(from),
      until: instant(until),
      mailed,
      cause,
    })),
    sleepCount: sleeps.length,
  };
}

function continuousOf({ sendInterval, sendUntil }: WorkOrder): NonNullable<GoNoGo["continuous"]> {
  return { intervalSeconds: sendInterval, ...(sendUntil !== undefined && { until: sendUntil }) };
}
