import { isKeyPart } from "../delivery/mailingKey.ts";
import { type Judged, listed, type OrderFormContext, quoted } from "./formContext.ts";
import type { OrderFields } from "./orderFields.ts";

/** What the mailing is: event, sub-event and stage, the parts of its mailing key. */
export function judgeKey(fields: OrderFields, context: OrderFormContext): Judged<"inPerson"> {
  const errors: Record<string, string> = {};
  const add = (name: string, sentence: string | undefined) => {
    if (sentence !== undefined) errors[name] = sentence;
  };
  add("eventCode", eventFault(fields, context));
  if (!errors["eventCode"]) add("subEvent", subEventFault(fields, context));
  add("stage", stageFault(fields, context));
  return {
    errors,
    notes: {},
    stored: { inPerson: context.event?.config.inPerson === true },
  };
}

const whyNoUnderscore =
  "contains a character that is not allowed in a mailing key: use letters, digits and hyphens only";

function eventFault({ eventCode }: OrderFields, { event }: OrderFormContext): string | undefined {
  if (eventCode.trim() === "") return "Choose the event this mailing is about.";
  if (!isKeyPart(eventCode))
    return `The event code ${quoted(eventCode)} ${whyNoUnderscore}. Choose another event, or have its code changed.`;
  if (!event) return `There is no event ${quoted(eventCode)}, or you have no access to it. Choose another one.`;
  return undefined;
}

function subEventFault({ subEvent }: OrderFields, { event }: OrderFormContext): string | undefined {
  if (!event) return undefined;
  const known = Object.keys(event.subEvents);
  if (subEvent.trim() === "") {
    if (known.length > 0) return "Choose the part of the event this mailing is about.";
    return `The event ${event.aid} has no sub-event yet: have one added to it, or choose another event.`;
  }
  if (!isKeyPart(subEvent))
    return `The sub-event ${quoted(subEvent)} ${whyNoUnderscore}. Choose another one, or have its name changed.`;
  if (known.includes(subEvent)) return undefined;
  return `The event ${event.aid} has no sub-event ${quoted(subEvent)}. Choose one of: ${listed(known)}.`;
}

function stageFault(fields: OrderFields, { stages, keyHolder }: OrderFormContext): string | undefined {
  const { eventCode, subEvent, stage } = fields;
  if (stage.trim() === "") return "Choose the stage: the kind of mail this is.";
  if (!isKeyPart(stage)) return `The stage ${quoted(stage)} ${whyNoUnderscore}. Choose another one.`;
  if (!stages.some(({ name }) => name === stage))
    return `There is no stage ${quoted(stage)}. Choose one of: ${listed(stages.map(({ name }) => name))}.`;
  if (keyHolder === undefined) return undefined;
  return `The stage ${stage} of ${eventCode}, ${subEvent} is already used by another work order: open that one, or choose another stage.`;
}
