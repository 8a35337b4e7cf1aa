/** What a pool type asks of a person, for administrators. `titles`: of parameters that mean something of their own here. */
export interface PoolTypeWords {
  readonly title: string;
  readonly help: string;
  readonly titles?: Readonly<Record<string, string>>;
}

const order = "the event of the work order";
const booked = "Booked: an offering, or a payment above zero, in the sub-event.";

/** The words of every type in poolTypes.ts, in the order in which they are offered. */
export const poolTypeWords: Readonly<Record<string, PoolTypeWords>> = {
  true: { title: "Everyone", help: "Accepts every person." },
  pool: { title: "Is in a pool", help: "Accepts whom another pool accepts." },
  pooldiff: {
    title: "Is in one pool and not in another",
    help: "Accepts whom the first pool accepts and the second does not.",
  },
  pooland: { title: "Is in two pools", help: "Accepts whom both pools accept." },
  practice: { title: "Has an interest", help: "The interest is set to yes in the person's record (practice)." },
  currenteventjoin: { title: "Is registered for the order's event", help: `Registered for ${order}.` },
  currenteventnotjoin: { title: "Is not registered for the order's event", help: `Not registered for ${order}.` },
  currenteventaccepted: { title: "Is accepted in the order's event", help: `Accepted in ${order}, and not withdrawn.` },
  currenteventoffering: { title: "Booked in the order's sub-event", help: `${booked} Of ${order}; not withdrawn.` },
  currenteventnotoffering: { title: "Did not book in the order's sub-event", help: `${booked} Not of ${order}.` },
  currenteventminimumdue: {
    title: "Has paid less than the least amount due",
    help: `For ${order}, if it is paid in instalments and the person has chosen retreats.`,
  },
  currenteventbalancedue: {
    title: "Has paid less than the price",
    help: `For ${order}, if it is paid in instalments and the person has chosen retreats.`,
  },
  eligible: { title: "May register for the order's event", help: `The flag eligible in ${order} is yes.` },
  currenteventmanualinclude: {
    title: "Was put on the list of the order's event by hand",
    help: `The flag manualInclude in ${order} is yes.`,
  },
  currenteventtest: { title: "Is a test person of the order's event", help: `The flag test in ${order} is yes.` },
  join: { title: "Is registered for an event", help: "Registered for the named event." },
  notjoin: { title: "Is not registered for an event", help: "Not registered for the named event." },
  attended: { title: "Was at an event", help: "The flag attended in the named event is yes." },
  oath: { title: "Took the oath of an event", help: "The flag oath in the named event is yes." },
  offering: { title: "Booked in a sub-event", help: `${booked} Of the named event; not withdrawn.` },
  notoffering: { title: "Did not book in a sub-event", help: `${booked} Not of the named event.` },
  offeringandpools: {
    title: "Booked in a sub-event and is in one of some pools",
    help: `${booked} Of the named event; not withdrawn, and one of the pools accepts the person.`,
  },
  joinwhich: {
    title: "Is registered for a retreat",
    help: "Registered for the named event, not withdrawn, and a chosen retreat begins with the text.",
  },
  offeringwhich: {
    title: "Is registered for a retreat and booked",
    help: "As registered for a retreat, with a booking in a sub-event that begins with the text.",
    titles: { subevent: "Sub-event begins with" },
  },
  specifiedAIDBool: {
    title: "A flag of an event is yes",
    help: "Any flag (yes or no) in the person's relation to the named event.",
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
