import type { ConfigTable } from "../adapters/configTable.ts";
import type { Events } from "../adapters/events.ts";
import type { Language, Pool, Prompt, Settings, Stage } from "../domain/configItems.ts";
import { ConfigurationError } from "../domain/configurationError.ts";
import type { EventRecord } from "../domain/event.ts";
import { languagesInOrder } from "../domain/language.ts";
import { mailingKey } from "../domain/mailingKey.ts";
import type { Participant } from "../domain/participant.ts";
import { type CheckedPools, checkPools, eventsNamedByPools } from "../domain/pool.ts";
import type { Mailing } from "../domain/recipientFilter.ts";
import type { WorkOrder } from "../domain/workOrder.ts";
import { AppError } from "./errors.ts";

/** What the organisation has configured for one order, read fresh and found to be whole. */
export interface LoadedMailing {
  readonly event: EventRecord;
  readonly stage: Stage;
  /** The order's languages in the order's order, which is the order of processing. */
  readonly languages: readonly Language[];
  readonly settings: Settings;
  /** Every prompt of the event and of `default`. */
  readonly prompts: readonly Prompt[];
  /** The event's pool, the stage's pools and `oath` where it exists. Asking throws AppError `configuration`. */
  readonly pools: CheckedPools;
  /** Pool `oath` accepts this participant; absent without such a pool. */
  readonly oathed?: (participant: Participant) => boolean;
  mailingKeyOf(languageCode: string): string;
  /** What the recipient filter needs, for one of the order's languages. */
  mailing(languageCode: string): Mailing;
}

export interface MailingPorts {
  readonly events: Pick<Events, "get">;
  readonly config: Pick<ConfigTable, "stage" | "pools" | "languages" | "prompts" | "settings">;
}

const oathPool = "oath";

/**
 * Reads event, stage, pools, languages, prompts and settings of an order and checks them before anybody touches a
 * participant. Throws AppError `configuration` naming a missing event, sub-event, stage, language or pool, or a pool that
 * cannot be asked, and `bad-item` for an item that does not fit: rules never fall open.
 */
export async function loadMailing(
  order: Pick<WorkOrder, "eventCode" | "subEvent" | "stage" | "revision" | "languages">,
  ports: MailingPorts,
): Promise<LoadedMailing> {
  const [event, stage, pools, allLanguages, prompts, settings] = await Promise.all([
    ports.events.get(order.eventCode),
    ports.config.stage(order.stage),
    ports.config.pools(),
    ports.config.languages(),
    ports.config.prompts(order.eventCode),
    ports.config.settings(),
  ]);
  if (!event) throw missing(`Event ${order.eventCode} does not exist.`);
  if (!Object.hasOwn(event.subEvents, order.subEvent)) {
    throw missing(`Event ${order.eventCode} has no sub-event "${order.subEvent}".`);
  }
  if (!stage) throw missing(`Stage ${order.stage} does not exist in Config.`);

  const languages = asConfiguration(() => languagesInOrder(order.languages, allLanguages));
  const keys = asConfiguration(() => new Map(order.languages.map((code) => [code, mailingKey(order, code)])));
  const checked = await checkReachable(event, stage, pools, ports.events);
  const oathed = (participant: Participant) => checked.accepts(oathPool, participant, event, order.subEvent);
  const languageOf = (code: string) =>
    ofOrder(
      languages.find((language) => language.code === code),
      code,
    );
  const mailingKeyOf = (code: string) => ofOrder(keys.get(code), code);

  return {
    event,
    stage,
    languages,
    settings,
    prompts,
    pools: checked,
    ...(pools.has(oathPool) && { oathed }),
    mailingKeyOf,
    mailing: (code) => ({
      mailingKey: mailingKeyOf(code),
      event,
      subEvent: order.subEvent,
      stage,
      language: languageOf(code),
      pools: checked,
    }),
  };
}

async function checkReachable(
  event: EventRecord,
  stage: Stage,
  pools: ReadonlyMap<string, Pool>,
  events: Pick<Events, "get">,
): Promise<CheckedPools> {
  const named = [
    ...(event.config.pool ? [{ name: event.config.pool, by: `Event ${event.aid}` }] : []),
    ...stage.pools.map((name) => ({ name, by: `Stage ${stage.name}` })),
  ];
  for (const { name, by } of named) {
    if (!pools.has(name)) throw missing(`${by} names pool "${name}", which does not exist in Config.`);
  }
  const names = [...named.map(({ name }) => name), ...(pools.has(oathPool) ? [oathPool] : [])];
  const others = asConfiguration(() => eventsNamedByPools(pools, names)).filter((code) => code !== event.aid);
  const found = await Promise.all(others.map((code) => events.get(code)));
  const known = new Map(found.flatMap((other) => (other ? [[other.aid, other] as const] : [])));
  const checked = asConfiguration(() => checkPools(pools, names, known));
  return { accepts: (...question) => asConfiguration(() => checked.accepts(...question)) };
}

/** The domain knows no codes: what it says of the configuration becomes the error that ends a step. */
function asConfiguration<Result>(ask: () => Result): Result {
  try {
    return ask();
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw new AppError("configuration", cause.message, { cause });
    throw cause;
  }
}

function missing(message: string): AppError {
  return new AppError("configuration", message);
}

function ofOrder<Value>(value: Value | undefined, code: string): Value {
  if (value === undefined) throw missing(`${code} is not a language of the order.`);
  return value;
}
