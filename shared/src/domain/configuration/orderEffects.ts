import { type StepName, stepNames, stepsWhere } from "../steps.ts";
import type { WorkOrder } from "../workOrder.ts";
import { fieldsNamed, type ItemChange, poolsReached } from "./itemChange.ts";
import type { Item } from "./itemFaults.ts";
import type { ConfigKind } from "./kinds.ts";
import type { Configuration } from "./references.ts";

/** What of a mailing a field decides: who gets it, what it says, by which account it leaves. */
type Touches = "audience" | "content" | "account";

const stepsOf: Readonly<Record<Touches, readonly StepName[]>> = {
  audience: stepNames.filter((name) => name === "Count" || name === "Dry-Run"),
  content: stepsWhere(({ content }) => content !== undefined),
  account: stepsWhere(({ mails }) => mails !== undefined),
};

const both = ["audience", "content"] as const;

/** Field of an item → what it decides. Fields that are not named decide nothing that a step has checked. */
const touches: Readonly<Partial<Record<ConfigKind, Readonly<Record<string, readonly Touches[]>>>>> = {
  account: {
    ...Object.fromEntries(
      [
        ...["fromName", "fromAddress", "envelopeFrom", "unsubscribeMailto", "listId", "host", "port", "security"],
        ...["username", "password", "secretArn", "dkim", "providerSigns"],
      ].map((field) => [field, ["account"] as const]),
    ),
    // `||coord-email||` shows it.
    replyTo: ["content"],
  },
  stage: {
    pools: ["audience"],
    serviceMail: ["audience"],
    prefix: ["content"],
    requireRegLink: ["content"],
    confirmation: ["content"],
  },
  pool: { attributes: ["audience"] },
  language: { name: ["audience"], everyone: ["audience"] },
  event: {
    "config.pool": ["audience"],
    "config.inPerson": ["content"],
    "config.currency": ["content"],
    "config.offeringPresentation": both,
    "config.offeringLimitFeeCount": both,
    "config.reglinkv2": both,
    "config.whichRetreatsConfig": both,
    subEvents: ["content"],
  },
  prompt: { text: ["content"] },
  setting: Object.fromEntries(
    [
      ...["organisation.value", "timeZone.value", "registrationHosts.value", "registrationPlaceholderId.value"],
      ...["registrationParams.value", "mergeFields.value", "allowedHashtags.value", "linkCheck.value"],
    ].map((field) => [field, ["content"] as const]),
  ),
};

/** The pool whose members templates ask about (`oath` conditions). */
const oathPool = "oath";

/**
 * The steps whose result a change of the settings makes stale for an order that names the item, in order: those of content (Prepare
 * and after), of the audience (Count, Dry-Run), of the account (Test, Send). Empty if the order does not depend on it.
 * Prompts: `insertsPrompt` says whether the content of the order has it.
 */
export function staleSteps(
  change: ItemChange,
  order: Pick<WorkOrder, "account" | "eventCode" | "subEvent" | "stage" | "languages">,
  configuration: Configuration,
  insertsPrompt = false,
): readonly StepName[] {
  const fields = fieldsNamed(change, order.subEvent);
  const decided =
    change.kind === "pool"
      ? ofPool(change, fields, order, configuration)
      : ofItem(change, fields, order, insertsPrompt);
  const named = new Set(decided.flatMap((one) => stepsOf[one]));
  return stepNames.filter((name) => named.has(name));
}

function ofItem(
  { kind, key }: ItemChange,
  fields: readonly string[],
  order: Pick<WorkOrder, "account" | "eventCode" | "stage" | "languages">,
  insertsPrompt: boolean,
): readonly Touches[] {
  const isNamed: Partial<Record<ConfigKind, boolean>> = {
    account: order.account === key,
    stage: order.stage === key,
    event: order.eventCode === key,
    language: order.languages.includes(key),
    prompt: insertsPrompt,
    setting: true,
  };
  if (!isNamed[kind]) return [];
  return fields.flatMap((field) => touches[kind]?.[kind === "setting" ? `${key}.${field}` : field] ?? []);
}

/** A pool decides whom the event and the stage of an order accept; `oath` and what it asks decides the content, too. */
function ofPool(
  change: ItemChange,
  fields: readonly string[],
  order: Pick<WorkOrder, "eventCode" | "stage">,
  configuration: Configuration,
): readonly Touches[] {
  if (!fields.some((field) => touches.pool?.[field])) return [];
  const reaches = (names: readonly string[]) => poolsReached(configuration, change, names).has(change.key);
  return [
    ...(reaches(poolsOf(configuration, order)) ? ["audience" as const] : []),
    ...(reaches([oathPool]) ? ["content" as const] : []),
  ];
}

/** The pools an order asks by its event and its stage. */
function poolsOf({ event, stage }: Configuration, order: Pick<WorkOrder, "eventCode" | "stage">): readonly string[] {
  const config = event.get(order.eventCode)?.["config"] as Item | undefined;
  const pools = stage.get(order.stage)?.["pools"];
  const named = [config?.["pool"], ...(Array.isArray(pools) ? pools : [])];
  return named.filter((one): one is string => typeof one === "string");
}
