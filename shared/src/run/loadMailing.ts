import type { ConfigTable } from "../adapters/configTable.ts";
import type { Events } from "../adapters/events.ts";
import type { Language, Pool, Stage } from "../domain/configItems.ts";
import { ConfigurationError } from "../domain/configurationError.ts";
import { mailingKey } from "../domain/delivery/mailingKey.ts";
import type { EventRecord } from "../domain/event.ts";
import type { SettingsThatReset } from "../domain/form/orderFields.ts";
import { languagesInOrder } from "../domain/recipients/language.ts";
import type { Participant } from "../domain/recipients/participant.ts";
import { type CheckedPools, checkPools, eventsNamedByPools } from "../domain/recipients/pool.ts";
import type { Mailing } from "../domain/recipients/recipientFilter.ts";
import type { Settings } from "../domain/settings.ts";
import { AppError } from "../kit/errors.ts";

/** What an order refers to, read fresh and judged as a whole. */
export interface OrderMailing {
  readonly event: EventRecord;
  readonly stage: Stage;
  /** The enabled languages in the order's own order. */
  readonly languages: readonly Language[];
  /** The pools of event and stage, and `oath` where it exists, ready to be asked. Asking throws AppError `configuration`. */
  readonly pools: CheckedPools;
  /** Every pool by name. */
  readonly poolsByName: ReadonlyMap<string, Pool>;
  /** Pool `oath` accepts this participant; absent if there is no such pool. */
  readonly oathed?: (participant: Participant) => boolean;
  readonly settings: Settings;
  mailingKeyOf(languageCode: string): string;
  /** The mailing of one language, as the recipient filter wants it. */
  mailing(language: Language): Mailing;
}

export interface MailingPorts {
  readonly events: Pick<Events, "get">;
  readonly config: Pick<ConfigTable, "stage" | "pools" | "languages" | "settings">;
}

const oathPool = "oath";

/**
 * Reads event, stage, pools, languages and settings of an order, at each run, and judges all of them before a
 * participant is touched: rules never fall open.
 *
 * @throws AppError `configuration` naming what is missing or wrong; `bad-item` for an item that does not fit.
 */
export async function loadMailing(
  ports: MailingPorts,
  order: SettingsThatReset<"every step", "eventCode" | "subEvent" | "stage" | "revision" | "languages">,
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
  const keys = new Map(order.languages.map((code) => [code, configured(() => mailingKey(order, code))]));
  const mailingKeyOf = (code: string) => {
    const key = keys.get(code);
    if (key === undefined) throw new AppError("configuration", `${code} is not a language of the order.`);
    return key;
  };
  const inOrder = configured(() => languagesInOrder(order.languages, languages));
  const pools = await reachablePools(ports.events, event, stage, poolsByName);
  const oathed = (participant: Participant) => pools.accepts(oathPool, participant, event, order.subEvent);
  return {
    event,
    stage,
    languages: inOrder,
    pools,
    poolsByName,
    ...(poolsByName.has(oathPool) && { oathed }),
    settings,
    mailingKeyOf,
    mailing: (language) => ({
      mailingKey: mailingKeyOf(language.code),
      event,
      subEvent: order.subEvent,
      stage,
      language,
      pools,
    }),
  };
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

async function reachablePools(
  events: Pick<Events, "get">,
  event: EventRecord,
  stage: Stage,
  pools: ReadonlyMap<string, Pool>,
): Promise<CheckedPools> {
  const named = [
    ...(event.config.pool ? [{ name: event.config.pool, by: `The event ${event.aid}` }] : []),
    ...stage.pools.map((name) => ({ name, by: `The stage ${stage.name}` })),
  ];
  for (const { name, by } of named) {
    if (!pools.has(name)) throw new AppError("configuration", `${by} names the pool "${name}", which does not exist.`);
  }
  const names = [...named.map(({ name }) => name), ...(pools.has(oathPool) ? [oathPool] : [])];
  const further = await namedEvents(
    events,
    configured(() => eventsNamedByPools(pools, names)),
  );
  const checked = configured(() => checkPools(pools, names, further));
  return {
    accepts: (...question) => configured(() => checked.accepts(...question)),
    explain: (...question) => configured(() => checked.explain(...question)),
  };
}

/** The events pools name; one that does not exist limits no selection and is left out. */
async function namedEvents(events: Pick<Events, "get">, codes: readonly string[]): Promise<Map<string, EventRecord>> {
  const found = await Promise.all(codes.map((code) => events.get(code)));
  return new Map(found.filter((event) => event !== undefined).map((event) => [event.aid, event]));
}
