import type { ConfigTable } from "../adapters/configTable.ts";
import type { Events } from "../adapters/events.ts";
import type { Language, Pool, Settings, Stage } from "../domain/configItems.ts";
import { ConfigurationError } from "../domain/configurationError.ts";
import type { EventRecord } from "../domain/event.ts";
import { languagesInOrder } from "../domain/language.ts";
import { mailingKey } from "../domain/mailingKey.ts";
import { type CheckedPools, checkPools, eventsNamedByPools } from "../domain/pool.ts";
import type { Mailing } from "../domain/recipientFilter.ts";
import type { WorkOrder } from "../domain/workOrder.ts";
import { AppError } from "./errors.ts";

/** What an order refers to, read fresh and judged as a whole. */
export interface OrderMailing {
  readonly event: EventRecord;
  readonly stage: Stage;
  /** The enabled languages in the order's own order. */
  readonly languages: readonly Language[];
  /** The pools of event and stage, ready to be asked. */
  readonly pools: CheckedPools;
  /** Every pool by name, for those that are not asked about recipients (`oath`). */
  readonly poolsByName: ReadonlyMap<string, Pool>;
  readonly settings: Settings;
  /** The mailing of one language, as the recipient filter wants it. */
  mailing(language: Language): Mailing;
}

/**
 * Reads event, stage, pools, languages and settings of an order, each run anew, and judges all of them before a
 * participant is touched: rules never fall open.
 *
 * @throws AppError `configuration` naming what is missing or wrong; `bad-item` for an item that does not fit.
 */
export async function loadMailing(
  ports: { readonly events: Pick<Events, "get">; readonly config: Omit<ConfigTable, "prompts" | "account"> },
  order: Pick<WorkOrder, "eventCode" | "subEvent" | "stage" | "revision" | "languages">,
): Promise<OrderMailing> {
  const [event, stage, poolsByName, languages, settings] = await Promise.all([
    ports.events.get(order.eventCode),
    ports.config.stage(order.stage),
    ports.config.pools(),
    ports.config.languages(),
    ports.config.settings(),
  ]);
  if (!event) throw new AppError("configuration", `The event ${order.eventCode} of the order does not exist.`);
  if (!Object.hasOwn(event.subEvents, order.subEvent))
    throw new AppError("configuration", `The event ${order.eventCode} has no sub-event ${order.subEvent}.`);
  if (!stage) throw new AppError("configuration", `The stage ${order.stage} of the order is not configured.`);
  const names = [...(event.config.pool ? [event.config.pool] : []), ...stage.pools];
  const further = await namedEvents(ports.events, () => eventsNamedByPools(poolsByName, names));
  return configured(() => {
    const pools = checkPools(poolsByName, names, further);
    return {
      event,
      stage,
      languages: languagesInOrder(order.languages, languages),
      pools,
      poolsByName,
      settings,
      mailing: (language) => ({
        mailingKey: mailingKey(order, language.code),
        event,
        subEvent: order.subEvent,
        stage,
        language,
        pools,
      }),
    };
  });
}

/** Runs domain work; a ConfigurationError of the domain becomes AppError `configuration`, everything else stays. */
export function configured<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof ConfigurationError) throw new AppError("configuration", error.message, { cause: error });
    throw error;
  }
}

/** The events pools name besides the order's own; one that does not exist is nobody's and is left out. */
async function namedEvents(
  events: Pick<Events, "get">,
  codes: () => readonly string[],
): Promise<Map<string, EventRecord>> {
  const found = await Promise.all(configured(codes).map((code) => events.get(code)));
  return new Map(found.filter((event) => event !== undefined).map((event) => [event.aid, event]));
}
