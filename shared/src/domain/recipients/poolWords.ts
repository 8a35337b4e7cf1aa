import type { PoolAttribute } from "../configItems.ts";

/** A parameter of an attribute as text; lists with commas, what is missing as `…`. */
type Parameter = (name: string) => string;

const part = (value: string) => (value === "any" ? "any part" : `the part ${value}`);
const booking = (of: Parameter) => `a booking in ${part(of("subevent"))} of ${of("aid")}`;
const retreat = (of: Parameter) => `a chosen retreat that begins with “${of("retreat")}”`;

const words: Readonly<Record<string, (of: Parameter) => string>> = {
  true: () => "Everyone",
  pool: (of) => `In the pool ${of("name")}`,
  pooldiff: (of) => `In the pool ${of("inpool")} and not in the pool ${of("outpool")}`,
  pooland: (of) => `In the pool ${of("pool1")} and in the pool ${of("pool2")}`,
  practice: (of) => `Has the interest ${of("field")}`,
  offering: (of) => `Not withdrawn from ${of("aid")}, and has ${booking(of)}`,
  currenteventoffering: () => "Not withdrawn from the event, and has a booking in this part of it",
  currenteventnotoffering: () => "Has no booking in this part of the event",
  notoffering: (of) => `Does not have ${booking(of)}`,
  offeringandpools: (of) => `Not withdrawn from ${of("aid")}, has ${booking(of)}, and is in a pool of: ${of("pools")}`,
  oath: (of) => `Took the oath in ${of("aid")}`,
  attended: (of) => `Attended ${of("aid")}`,
  join: (of) => `Registered for ${of("aid")}`,
  notjoin: (of) => `Not registered for ${of("aid")}`,
  currenteventjoin: () => "Registered for the event",
  currenteventnotjoin: () => "Not registered for the event",
  currenteventmanualinclude: () => "Put on the list of the event by hand",
  currenteventtest: () => "A test person of the event",
  eligible: () => "May register for the event",
  currenteventaccepted: () => "Accepted for the event, and not withdrawn",
  joinwhich: (of) => `Registered for ${of("aid")}, not withdrawn, with ${retreat(of)}`,
  offeringwhich: (of) =>
    `Registered for ${of("aid")}, not withdrawn, with ${retreat(of)} and a booking in a part that begins with “${of("subevent")}”`,
  specifiedAIDBool: (of) => `Has the mark ${of("boolName")} in ${of("aid")}`,
  currenteventminimumdue: () => "Paid less than the least amount due, in an event with instalments",
  currenteventbalancedue: () => "Paid less than the whole price, in an event with instalments",
};

/** What an attribute of a pool asks for, in plain words. An unknown type is shown as it is stored. */
export function poolAttributeWords(attribute: PoolAttribute): string {
  const of: Parameter = (name) => {
    const value = attribute[name];
    return Array.isArray(value) ? value.join(", ") : typeof value === "string" && value.trim() !== "" ? value : "…";
  };
  return Object.hasOwn(words, attribute.type) ? (words[attribute.type]?.(of) ?? attribute.type) : attribute.type;
}
