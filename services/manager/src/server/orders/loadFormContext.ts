import type { Account } from "@email-agent/shared/domain/account.ts";
import type { Stage, User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { isKeyPart } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { replyToOf } from "@email-agent/shared/domain/delivery/replyTo.ts";
import type { OrderFormContext } from "@email-agent/shared/domain/form/formContext.ts";
import type { OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Manager } from "../manager.ts";
import { instantOf } from "./localTime.ts";

export type FormPorts = Pick<Manager, "orders" | "events" | "configTable" | "config" | "clock" | "restoreMark">;

/** Everything a form refers to, read fresh: what it is judged by (see judgeForm.ts in the domain). */
export async function loadFormContext(
  ports: FormPorts,
  user: User,
  fields: OrderFields,
  order?: WorkOrder,
): Promise<OrderFormContext> {
  const { configTable, orders, clock } = ports;
  // A user without access to the event learns nothing about it, not even which orders it has.
  const isVisible = maySee(user, fields.eventCode);
  const [event, stages, languages, accounts, testers, settings, pools, holder, parent] = await Promise.all([
    isVisible && isKeyPart(fields.eventCode) ? ports.events.get(fields.eventCode) : undefined,
    configTable.stages(),
    configTable.languages(),
    configTable.accounts(),
    configTable.testers(),
    configTable.settings(),
    configTable.pools(),
    isVisible ? holderOf(ports, fields) : undefined,
    order?.parentOrderId === undefined ? undefined : orders.get(order.parentOrderId),
  ]);
  const stage = stages.find(({ name }) => name === fields.stage);
  const parentOfStage = isVisible && stage && (await firstParent(ports, fields, stage, order?.id));
  return {
    ...(order && { order }),
    ...(event && { event }),
    stages,
    languages,
    accounts,
    config: ports.config,
    testers,
    settings,
    ...(holder !== undefined && holder !== order?.id && { keyHolder: holder }),
    ...(parent && { parent }),
    ...(parentOfStage && { parentOfStage }),
    mail: mailFacts(ports, accounts, fields.account, pools.has("oath")),
    now: clock.now(),
    instantOf,
  };
}

async function holderOf(
  { orders }: Pick<FormPorts, "orders">,
  key: Pick<OrderFields, "eventCode" | "subEvent" | "stage">,
): Promise<string | undefined> {
  const isWhole = [key.eventCode, key.subEvent, key.stage].every(isKeyPart);
  return isWhole ? orders.holderOf(key) : undefined;
}

/** Event, sub-event and stage belong to one order at most, so the newest of a parent stage is the only one. */
async function firstParent(
  ports: Pick<FormPorts, "orders">,
  { eventCode, subEvent }: OrderFields,
  { parentStages }: Stage,
  ownId: string | undefined,
): Promise<WorkOrder | undefined> {
  for (const stage of parentStages) {
    const id = await holderOf(ports, { eventCode, subEvent, stage });
    const order = id === undefined || id === ownId ? undefined : await ports.orders.get(id);
    if (order) return order;
  }
  return undefined;
}

/** As Prepare has it: a tag can be filled in here exactly if it can be there. */
function mailFacts(
  { config }: Pick<FormPorts, "config">,
  accounts: readonly Account[],
  account: string,
  hasOathPool: boolean,
): OrderFormContext["mail"] {
  const chosen = accounts.find(({ name }) => name === account);
  return {
    replyTo: replyToOf(chosen, config),
    configured: {
      unsubscribe: config.PUBLIC_BASE_URL !== "",
      archive: config.PUBLIC_BASE_URL !== "",
      profile: config.PROFILE_URL !== "",
      hash: config.REGISTRATION_HASH_SECRET !== "",
    },
    // Only whether the pool exists matters here; no participant is checked.
    ...(hasOathPool && { oathed: () => false }),
  };
}
