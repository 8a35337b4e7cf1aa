import type { User } from "@email-agent/shared/domain/configItems.ts";
import { forecast } from "@email-agent/shared/domain/delivery/forecast.ts";
import { sendSize } from "@email-agent/shared/domain/lifecycle/sendSize.ts";
import { judgeStart } from "@email-agent/shared/domain/lifecycle/startGuards.ts";
import { isParentOf } from "@email-agent/shared/domain/parentOrder.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { StepRecord, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { GoNoGo } from "../../api/sending.ts";
import type { Manager } from "../manager.ts";
import { orderFor } from "../orders/orderFor.ts";
import { type AccountUse, accountUse, otherSends, shownAccount } from "./accountUse.ts";
import { changesSince } from "./changesSince.ts";
import { countedBy, goNoGoLanguages } from "./goNoGoLanguages.ts";
import { goNoGoWarnings } from "./goNoGoWarnings.ts";
import { shownForecast } from "./shownForecast.ts";
import { sinceDryRun } from "./sinceDryRun.ts";
import { testersReached } from "./testersReached.ts";

type Ports = Pick<Manager, "orders" | "configTable" | "deliveries" | "audit" | "quota" | "clock">;

/**
 * Everything there is to know before an order's Send: whom it reaches, what was checked and tested, what changed since,
 * what the account still may, when the last mail would leave, and what speaks against it. Changes nothing. Throws AppError
 * `not-found`.
 */
export async function readGoNoGo(ports: Ports, user: User, id: string): Promise<GoNoGo> {
  const order = await orderFor(ports, user, id);
  const { configTable } = ports;
  const [use, others, testers, changes, stage, known, settings, parent, since] = await Promise.all([
    accountUse(ports, order),
    otherSends(ports, order),
    testersReached(ports, order),
    changesSince(ports, order),
    configTable.stage(order.stage),
    configTable.languages(),
    configTable.settings(),
    order.parentOrderId === undefined ? undefined : ports.orders.get(order.parentOrderId),
    sinceDryRun(ports, order),
  ]);
  const now = ports.clock.now();
  const recipients = sendSize(order, since?.reached);
  const ahead = use && recipients !== undefined ? forecastOf(order, use, recipients, now) : undefined;
  const facts = {
    guard: judgeStart(order, "Send", now),
    ...(recipients !== undefined && { recipients }),
    languages: goNoGoLanguages(order, known, stage, since?.reached),
    test: { ...endOf(order.steps.Test), testers },
    changes,
    ...(use && { account: shownAccount(use, others, now) }),
  };
  const everyone = [...known.values()].filter((language) => language.everyone).map(({ code }) => code);
  const counted = countedBy(order);
  return {
    at: instant(now),
    ...facts,
    mustConfirm: recipients !== undefined && recipients > settings.confirmSendAbove,
    ...(counted && { countedBy: counted }),
    dryRun: { ...endOf(order.steps["Dry-Run"]), errors: order.steps["Dry-Run"].counters?.failed ?? 0 },
    ...(ahead && { forecast: shownForecast(ahead) }),
    ...(order.sendContinuously && { continuous: continuousOf(order) }),
    warnings: goNoGoWarnings({
      ...facts,
      order,
      forecast: ahead,
      everyone,
      since,
      hasStage: stage !== undefined,
      parent: parent && (!stage || isParentOf(parent, order, stage.parentStages)) ? parent : undefined,
      now,
    }),
  };
}

function endOf({ status, startedAt, endedAt }: StepRecord): Pick<GoNoGo["dryRun"], "status" | "at"> {
  const at = endedAt ?? startedAt;
  return { status, ...(at !== undefined && { at }) };
}

function forecastOf({ sendUntil }: WorkOrder, { account, buckets }: AccountUse, recipients: number, now: number) {
  const { ratePerSecond, quotaPer24h } = account;
  const end = sendUntil === undefined ? undefined : epochMilliseconds(sendUntil);
  return forecast({ recipients, ratePerSecond, quotaPer24h, buckets, sendUntil: end, now });
}

function continuousOf({ sendInterval, sendUntil }: WorkOrder): NonNullable<GoNoGo["continuous"]> {
  return { intervalSeconds: sendInterval, ...(sendUntil !== undefined && { until: sendUntil }) };
}
