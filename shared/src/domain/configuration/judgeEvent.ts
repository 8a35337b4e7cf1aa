import { isKeyPart } from "../delivery/mailingKey.ts";
import type { Faults, Item } from "./itemFaults.ts";
import type { Configuration } from "./references.ts";
import { shown } from "./valueFaults.ts";

const keyPartSentence = "Use letters, digits and hyphens only: the name is a part of mailing keys.";

/** The rules of an event. */
export function judgeEvent({ prompt }: Configuration, item: Item): Faults {
  const faults: Faults = {};
  if (!isKeyPart(String(item["aid"]))) faults["aid"] = keyPartSentence;
  if (String(item["name"] ?? "").trim() === "") faults["name"] = "Enter the name of the event, as users know it.";
  for (const name of Object.keys(recordOf(item["subEvents"])))
    if (!isKeyPart(name)) faults[`subEvents.${name}`] = keyPartSentence;
  const config = recordOf(item["config"]);
  const { currency } = config;
  if (typeof currency === "string" && currency !== "" && !/^[A-Z]{3}$/.test(currency))
    faults["config.currency"] = `${shown(currency)} is no currency code. Enter three capital letters, as EUR.`;
  const keys = new Set([...prompt.values()].map(({ key }) => key));
  for (const [name, retreat] of Object.entries(recordOf(config["whichRetreatsConfig"])))
    Object.assign(faults, retreatFaults(`config.whichRetreatsConfig.${name}`, name, recordOf(retreat), keys));
  return faults;
}

function retreatFaults(path: string, name: string, retreat: Item, prompts: ReadonlySet<unknown>): Faults {
  const faults: Faults = {};
  if (name.trim() !== name || name === "") faults[path] = "Remove the blanks at the beginning and the end of the name.";
  const amount = (field: string) => (typeof retreat[field] === "number" ? retreat[field] : undefined);
  for (const field of ["offeringTotal", "offeringCashTotal", "offeringMinimum"])
    if ((amount(field) ?? 0) < 0) faults[`${path}.${field}`] = "Enter an amount of 0 or more.";
  const total = amount("offeringTotal");
  const parts = { offeringCashTotal: "part in cash", offeringMinimum: "least amount due" };
  for (const [field, title] of Object.entries(parts))
    if ((amount(field) ?? 0) > (total ?? 0))
      faults[`${path}.${field}`] ??= `The ${title} is above the price. Enter ${total ?? 0} at most.`;
  const { prompt } = retreat;
  if (typeof prompt === "string" && prompt !== "" && !prompts.has(prompt))
    faults[`${path}.prompt`] = `There is no prompt ${shown(prompt)}. Add it first, or choose another name.`;
  return faults;
}

function recordOf(value: unknown): Item {
  return typeof value === "object" && value !== null ? (value as Item) : {};
}
