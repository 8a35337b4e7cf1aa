import type { EventRecord } from "../event.ts";
import {
  hasOfferingActivity,
  hasOfferingIn,
  isActive,
  isInstallmentEvent,
  minimumCents,
  netTotalCents,
  paidCents,
  programOf,
  selectedRetreats,
} from "./offering.ts";
import type { Participant, Program } from "./participant.ts";

/** One question to a pool: is this person concerned, for this event and sub-event of the order? */
export interface PoolCase {
  readonly participant: Participant;
  readonly event: EventRecord;
  readonly subEvent: string;
}

export type PoolRule = (question: PoolCase) => boolean;

/** The checked parameters of one attribute, and what it may refer to. */
interface PoolParameters {
  /** A text parameter the type declares. */
  text(parameter: string): string;
  /** The pools a pool parameter names, as rules. */
  pools(parameter: string): readonly PoolRule[];
  /** The event a parameter names, if it is known; its fee limit decides which retreats count as selected. */
  eventNamed(code: string): EventRecord | undefined;
}

/** What a parameter must be: a non-blank text, the name of a pool, or a non-empty list of pool names. */
type ParameterKind = "text" | "pool" | "pools";

export interface PoolType {
  readonly parameters: Readonly<Record<string, ParameterKind>>;
  /** Compiles the rule once; it then runs for every participant. */
  rule(parameters: PoolParameters): PoolRule;
}

type Flag = "join" | "oath" | "attended" | "accepted" | "eligible" | "manualInclude" | "test";

const always: PoolRule = () => true;

function flagOf(program: Program | undefined, flag: string): boolean {
  return program !== undefined && Object.hasOwn(program, flag) && program[flag] === true;
}

/** The flag in the order's own event is true. */
function currentFlag(flag: Flag): PoolType {
  return { parameters: {}, rule: () => (question) => flagOf(currentProgram(question), flag) };
}

/** The flag in the event that the attribute names is true. */
function namedFlag(flag: Flag): PoolType {
  return {
    parameters: { aid: "text" },
    rule: ({ text }) => {
      const aid = text("aid");
      return ({ participant }) => flagOf(programOf(participant, aid), flag);
    },
  };
}

function not(type: PoolType): PoolType {
  return {
    parameters: type.parameters,
    rule: (parameters) => {
      const rule = type.rule(parameters);
      return (question) => !rule(question);
    },
  };
}

function currentProgram({ participant, event }: PoolCase): Program | undefined {
  return programOf(participant, event.aid);
}

/** Offering activity in the order's event and sub-event, whether active or not. */
const currentActivity: PoolType = {
  parameters: {},
  rule:
    () =>
    ({ participant, event, subEvent }) =>
      hasOfferingActivity(participant, event.aid, subEvent),
};

/** Offering activity in the named event and sub-event (or `any`), whether active or not. */
const namedActivity: PoolType = {
  parameters: { aid: "text", subevent: "text" },
  rule: ({ text }) => {
    const [aid, subEvent] = [text("aid"), text("subevent")];
    return ({ participant }) => hasOfferingActivity(participant, aid, subEvent);
  },
};

/** Joined, active, and a selected retreat begins with the prefix. */
const joinedRetreat: PoolType = {
  parameters: { aid: "text", retreat: "text" },
  rule: ({ text, eventNamed }) => {
    const [aid, prefix] = [text("aid"), text("retreat")];
    const other = eventNamed(aid) ?? { aid, config: {} };
    return ({ participant, event }) => {
      const program = programOf(participant, aid);
      if (!isActive(program) || !flagOf(program, "join")) return false;
      return selectedRetreats(participant, event.aid === aid ? event : other).some((key) => key.startsWith(prefix));
    };
  },
};

/** Instalment event, active, retreats selected, and less paid than due. */
function currentDue(dueCents: (participant: Participant, event: EventRecord) => number): PoolType {
  return {
    parameters: {},
    rule: () => (question) => {
      const { participant, event } = question;
      if (!isInstallmentEvent(event) || !isActive(currentProgram(question))) return false;
      if (selectedRetreats(participant, event).length === 0) return false;
      return paidCents(participant, event) < dueCents(participant, event);
    },
  };
}

/** Every attribute type a pool may have. */
export const poolTypes: Readonly<Record<string, PoolType>> = {
  true: { parameters: {}, rule: () => always },

  pool: {
    parameters: { name: "pool" },
    rule: ({ pools }) => pools("name")[0]!,
  },
  pooldiff: {
    parameters: { inpool: "pool", outpool: "pool" },
    rule: ({ pools }) => {
      const [inside, outside] = [pools("inpool")[0]!, pools("outpool")[0]!];
      return (question) => inside(question) && !outside(question);
    },
  },
  pooland: {
    parameters: { pool1: "pool", pool2: "pool" },
    rule: ({ pools }) => {
      const [one, two] = [pools("pool1")[0]!, pools("pool2")[0]!];
      return (question) => one(question) && two(question);
    },
  },

  practice: {
    parameters: { field: "text" },
    rule: ({ text }) => {
      const field = text("field");
      return ({ participant: { practice } }) =>
        practice != null && Object.hasOwn(practice, field) && practice[field] === true;
    },
  },

  offering: {
    parameters: namedActivity.parameters,
    rule: (parameters) => {
      const [aid, activity] = [parameters.text("aid"), namedActivity.rule(parameters)];
      return (question) => isActive(programOf(question.participant, aid)) && activity(question);
    },
  },
  currenteventoffering: {
    parameters: {},
    rule: (parameters) => {
      const activity = currentActivity.rule(parameters);
      return (question) => isActive(currentProgram(question)) && activity(question);
    },
  },
  currenteventnotoffering: not(currentActivity),
  notoffering: not(namedActivity),
  offeringandpools: {
    parameters: { ...namedActivity.parameters, pools: "pools" },
    rule: (parameters) => {
      const [aid, activity, pools] = [
        parameters.text("aid"),
        namedActivity.rule(parameters),
        parameters.pools("pools"),
      ];
      return (question) =>
        isActive(programOf(question.participant, aid)) && activity(question) && pools.some((pool) => pool(question));
    },
  },

  oath: namedFlag("oath"),
  attended: namedFlag("attended"),
  join: namedFlag("join"),
  notjoin: not(namedFlag("join")),
  currenteventjoin: currentFlag("join"),
  currenteventnotjoin: not(currentFlag("join")),
  currenteventmanualinclude: currentFlag("manualInclude"),
  currenteventtest: currentFlag("test"),
  eligible: currentFlag("eligible"),
  currenteventaccepted: {
    parameters: {},
    rule: () => (question) => {
      const program = currentProgram(question);
      return isActive(program) && flagOf(program, "accepted");
    },
  },

  joinwhich: joinedRetreat,
  offeringwhich: {
    parameters: { ...joinedRetreat.parameters, subevent: "text" },
    rule: (parameters) => {
      const [aid, prefix] = [parameters.text("aid"), parameters.text("subevent")];
      const joined = joinedRetreat.rule(parameters);
      return (question) =>
        joined(question) && hasOfferingIn(question.participant, aid, (subEvent) => subEvent.startsWith(prefix));
    },
  },

  specifiedAIDBool: {
    parameters: { aid: "text", boolName: "text" },
    rule: ({ text }) => {
      const [aid, flag] = [text("aid"), text("boolName")];
      return ({ participant }) => flagOf(programOf(participant, aid), flag);
    },
  },

  currenteventminimumdue: currentDue(minimumCents),
  currenteventbalancedue: currentDue(netTotalCents),
};

/** The type of that name; undefined for an unknown one. */
export function poolTypeNamed(name: string): PoolType | undefined {
  return Object.hasOwn(poolTypes, name) ? poolTypes[name] : undefined;
}
