import { sendingWindowSchema } from "../delivery/sendingWindow.ts";
import { isZone, opensAt } from "../delivery/windowTimes.ts";
import { missedStarts } from "../workOrder.ts";
import { type Judged, type OrderFormContext, quoted } from "./formContext.ts";
import type { OrderFields } from "./orderFields.ts";

/** When mails may begin. `sendUntil`: the end of continuous sending (ISO), before which the window must open. */
export function judgeWindow(
  { sendingWindow }: OrderFields,
  sendUntil: string | undefined,
  { now, order }: OrderFormContext,
): Judged<"sendingWindow"> {
  const whenEmpty: Judged<"sendingWindow"> = { errors: {}, notes: {}, stored: { sendingWindow: undefined } };
  if (sendingWindow === null) return whenEmpty;
  const refused = (sentence: string) => ({ ...whenEmpty, errors: { sendingWindow: sentence } });
  const { zone, from, to, weekdays } = sendingWindow;
  if (weekdays.length === 0) return refused("The sending window needs a day: choose at least one, or switch it off.");
  if (!isZone(zone)) return refused(`${quoted(zone)} is not a time zone: use a name such as Europe/Berlin.`);
  const window = sendingWindowSchema.safeParse({ zone, from, to, weekdays: [...new Set(weekdays)].sort() }).data;
  if (!window) return refused("The sending window needs two times: enter from when and until when mails may be sent.");
  const start = Math.max(now, Date.parse(order?.steps.Send.scheduled?.at ?? "") || 0);
  const opens = opensAt(window, start);
  if (opens === undefined || (sendUntil !== undefined && opens >= Date.parse(sendUntil)))
    return refused("The sending window does not open before sending ends: choose other days or times, or a later end.");
  const notes = overNight(from, to);
  return { errors: {}, notes: notes === undefined ? {} : { sendingWindow: notes }, stored: { sendingWindow: window } };
}

function overNight(from: string, to: string): string | undefined {
  if (from < to) return undefined;
  return from === to
    ? `Mails may be sent for 24 hours, from ${from} of each chosen day on.`
    : `The window ends at ${to} on the day after each chosen day.`;
}

/** What becomes of a scheduled start that is missed. */
export function judgeMissedStart({ missedStart }: OrderFields): Judged<"missedStart"> {
  const isKnown = (missedStarts as readonly string[]).includes(missedStart);
  return {
    errors: isKnown ? {} : { missedStart: "Choose whether a missed start asks or starts late." },
    notes: {},
    stored: { missedStart: missedStart === "start" ? "start" : undefined },
  };
}
