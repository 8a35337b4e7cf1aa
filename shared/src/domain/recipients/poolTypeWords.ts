import type { PoolAttribute } from "../configItems.ts";

/** A parameter of an attribute as text; lists with commas, what is missing as `…`. */
type Parameter = (name: string) => string;

/** What a pool type asks of a person, for administrators. `titles`: of parameters that mean something of their own here. */
export interface PoolTypeWords {
  readonly title: string;
  readonly help: string;
  readonly titles?: Readonly<Record<string, string>>;
  /** What an attribute of this type asks for, with its parameters. */
  readonly asks: (of: Parameter) => string;
}

const part = (value: string) => (value === "any" ? "any part" : `the part ${value}`);
const booking = (of: Parameter) => `a booking in ${part(of("subevent"))} of ${of("aid")}`;
const retreat = (of: Parameter) => `a chosen retreat that begins with “${of("retreat")}”`;

const order = "the event of the work order";
const booked = "Booked: an offering, or a payment above zero, in the sub-event.";

/** The words of every type in poolTypes.ts, in the order in which they are offered. */
export const poolTypeWords: Readonly<Record<string, PoolTypeWords>> = {
  true: { title: "Everyone", help: "Accepts every person.", asks: () => "Everyone" },
  pool: {
    title: "Is in a pool",
    help: "Accepts whom another pool accepts.",
    asks: (of) => `In the pool ${of("name")}`,
  },
  pooldiff: {
    title: "Is in one pool and not in another",
    help: "Accepts whom the first pool accepts and the second does not.",
    asks: (of) => `In the pool ${of("inpool")} and not in the pool ${of("outpool")}`,
  },
  pooland: {
    title: "Is in two pools",
    help: "Accepts whom both pools accept.",
    asks: (of) => `In the pool ${of("pool1")} and in the pool ${of("pool2")}`,
  },
  practice: {
    title: "Has an interest",
    help: "The interest is set to yes in the person's record (practice).",
    asks: (of) => `Has the interest ${of("field")}`,
  },
  currenteventjoin: {
    title: "Is registered for the order's event",
    help: `Registered for ${order}.`,
    asks: () => "Registered for the event",
  },
  currenteventnotjoin: {
    title: "Is not registered for the order's event",
    help: `Not registered for ${order}.`,
    asks: () => "Not registered for the event",
  },
  currenteventaccepted: {
    title: "Is accepted in the order's event",
    help: `Accepted in ${order}, and not withdrawn.`,
    asks: () => "Accepted for the event, and not withdrawn",
  },
  currenteventoffering: {
    title: "Booked in the order's sub-event",
    help: `${booked} Of ${order}; not withdrawn.`,
    asks: () => "Not withdrawn from the event, and has a booking in this part of it",
  },
  currenteventnotoffering: {
    title: "Did not book in the order's sub-event",
    help: `${booked} Not of ${order}.`,
    asks: () => "Has no booking in this part of the event",
  },
  currenteventminimumdue: {
    title: "Has paid less than the least amount due",
    help: `For ${order}, if it is paid in instalments and the person has chosen retreats.`,
    asks: () => "Paid less than the least amount due, in an event with instalments",
  },
  currenteventbalancedue: {
    title: "Has paid less than the price",
    help: `For ${order}, if it is paid in instalments and the person has chosen retreats.`,
    asks: () => "Paid less than the whole price, in an event with instalments",
  },
  eligible: {
    title: "May register for the order's event",
    help: `The flag eligible in ${order} is yes.`,
    asks: () => "May register for the event",
  },
  currenteventmanualinclude: {
    title: "Was put on the list of the order's event by hand",
    help: `The flag manualInclude in ${order} is yes.`,
    asks: () => "Put on the list of the event by hand",
  },
  currenteventtest: {
    title: "Is a test person of the order's event",
    help: `The flag test in ${order} is yes.`,
    asks: () => "A test person of the event",
  },
  join: {
    title: "Is registered for an event",
    help: "Registered for the named event.",
    asks: (of) => `Registered for ${of("aid")}`,
  },
  notjoin: {
    title: "Is not registered for an event",
    help: "Not registered for the named event.",
    asks: (of) => `Not registered for ${of("aid")}`,
  },
  attended: {
    title: "Was at an event",
    help: "The flag attended in the named event is yes.",
    asks: (of) => `Attended ${of("aid")}`,
  },
  oath: {
    title: "Took the oath of an event",
    help: "The flag oath in the named event is yes.",
    asks: (of) => `Took the oath in ${of("aid")}`,
  },
  offering: {
    title: "Booked in a sub-event",
    help: `${booked} Of the named event; not withdrawn.`,
    asks: (of) => `Not withdrawn from ${of("aid")}, and has ${booking(of)}`,
  },
  notoffering: {
    title: "Did not book in a sub-event",
    help: `${booked} Not of the named event.`,
    asks: (of) => `Does not have ${booking(of)}`,
  },
  offeringandpools: {
    title: "Booked in a sub-event and is in one of some pools",
    help: `${booked} Of the named event; not withdrawn, and one of the pools accepts the person.`,
    asks: (of) => `Not withdrawn from ${of("aid")}, has ${booking(of)}, and is in a pool of: ${of("pools")}`,
  },
  joinwhich: {
    title: "Is registered for a retreat",
    help: "Registered for the named event, not withdrawn, and a chosen retreat begins with the text.",
    asks: (of) => `Registered for ${of("aid")}, not withdrawn, with ${retreat(of)}`,
  },
  offeringwhich: {
    title: "Is registered for a retreat and booked",
    help: "As registered for a retreat, with a booking in a sub-event that begins with the text.",
    titles: { subevent: "Sub-event begins with" },
    asks: (of) =>
      `Registered for ${of("aid")}, not withdrawn, with ${retreat(of)} and a booking in a part that begins with “${of("subevent")}”`,
  },
  specifiedAIDBool: {
    title: "A flag of an event is yes",
    help: "Any flag (yes or no) in the person's relation to the named event.",
    asks: (of) => `Has the mark ${of("boolName")} in ${of("aid")}`,
  },
};

const parameterTitles: Readonly<Record<string, string>> = {
  name: "Pool",
  inpool: "In this pool",
  outpool: "Not in this pool",
  pool1: "First pool",
  pool2: "Second pool",
  pools: "One of these pools",
  field: "Interest",
  aid: "Event code",
  subevent: "Sub-event, or any",
  retreat: "Retreat begins with",
  boolName: "Name of the flag",
};

/** What a parameter of a type is called at its control. */
export function poolParameterTitle(type: string, parameter: string): string {
  return poolTypeWords[type]?.titles?.[parameter] ?? parameterTitles[parameter] ?? parameter;
}

/** What an attribute of a pool asks for, in plain words. An unknown type is shown as it is stored. */
export function poolAttributeWords(attribute: PoolAttribute): string {
  const of: Parameter = (name) => {
    const value = attribute[name];
    return Array.isArray(value) ? value.join(", ") : typeof value === "string" && value.trim() !== "" ? value : "…";
  };
  const { type } = attribute;
  return Object.hasOwn(poolTypeWords, type) ? (poolTypeWords[type]?.asks(of) ?? type) : type;
}
