import { accountEventFault, mayServe } from "../delivery/accountEvents.ts";
import { accountFault } from "../delivery/accountFault.ts";
import { isOffered, typedTestersLimit } from "../recipients/tester.ts";
import { epochMilliseconds, instant, instantSchema } from "../time.ts";
import { settingSchemas } from "../workOrder.ts";
import { type FieldSentences, type Judged, listed, type OrderFormContext, quoted } from "./formContext.ts";
import type { OrderFields } from "./orderFields.ts";
import { emptyForm } from "./orderForm.ts";

/** The account to send from. */
export function judgeAccount({ account, eventCode }: OrderFields, { accounts, config }: OrderFormContext): Judged {
  const usable = accounts.filter((one) => one.enabled && (eventCode === "" || mayServe(one, eventCode)));
  const enabled = usable.map(({ name }) => name);
  const fault = () => {
    if (account.trim() === "") return "Choose the account to send from.";
    const found = accounts.find(({ name }) => name === account);
    if (!found) return `There is no account ${quoted(account)}. Choose one of: ${listed(enabled)}.`;
    if (!found.enabled) return `The account ${quoted(account)} is switched off. Choose one of: ${listed(enabled)}.`;
    const foreign = eventCode === "" ? undefined : accountEventFault(found, eventCode);
    if (foreign) return foreign;
    const wrong = accountFault(found, config);
    return wrong && `The account ${quoted(account)} cannot send: ${wrong}`;
  };
  const sentence = fault();
  return { errors: sentence === undefined ? {} : { account: sentence }, notes: {}, stored: {} };
}

/** Whom a Test mails: only testers that Config lists, and of the addresses typed in forms only those of this event. */
export function judgeTesters(fields: OrderFields, context: OrderFormContext): Judged<"testers"> {
  const testers = [...new Set(fields.testers)];
  const sentence = testersFault(testers, fields, context);
  const errors: FieldSentences = sentence === undefined ? {} : { testers: sentence };
  const notes: FieldSentences =
    testers.length > 0 ? {} : { testers: "No tester is chosen: Test needs at least one, and Send comes after Test." };
  return { errors, notes, stored: { testers } };
}

function testersFault(
  testers: readonly string[],
  { eventCode }: OrderFields,
  context: OrderFormContext,
): string | undefined {
  const known = new Map(context.testers.map((tester) => [tester.id, tester]));
  const unknown = testers.filter((id) => !known.has(id));
  if (unknown.length === 1) return `${quoted(unknown[0]!)} is not a tester (any more): remove them from the list.`;
  if (unknown.length > 1)
    return `${unknown.map(quoted).join(", ")} are not testers (any more): remove them from the list.`;
  const chosen = testers.flatMap((id) => known.get(id) ?? []);
  if (eventCode !== "" && chosen.some((tester) => !isOffered(tester, eventCode)))
    return "An address among the testers was typed for another event: remove it, and type it again for this one.";
  const addresses = chosen.flatMap(({ email }) => email?.toLowerCase() ?? []);
  if (new Set(addresses).size < addresses.length) return "Two testers have the same address: remove one of them.";
  const typed = chosen.filter((tester) => tester.typed !== undefined).length;
  if (typed > typedTestersLimit)
    return `${typed} of the testers are typed addresses, more than ${typedTestersLimit}: remove some of them.`;
  return undefined;
}

/** A revision sends the same mailing again, under a mailing key of its own. */
export function judgeRevision({ revision }: OrderFields): Judged<"revision"> {
  const isRevision = settingSchemas.revision.safeParse(revision ?? undefined).success;
  const sentence = "A revision is a whole number from 1 to 10. Leave it empty to send the mailing for the first time.";
  return { errors: isRevision ? {} : { revision: sentence }, notes: {}, stored: { revision: revision ?? undefined } };
}

type Continuous = Judged<"sendContinuously" | "sendUntil" | "sendInterval">;

/** Continuous sending, with its end and the pause between passes. Switched off it has no end. */
export function judgeContinuous(fields: OrderFields, context: OrderFormContext): Continuous {
  const { sendInterval } = fields;
  const isInterval = settingSchemas.sendInterval.safeParse(sendInterval).success;
  if (!fields.sendContinuously) {
    const kept = isInterval ? sendInterval : (context.order?.sendInterval ?? emptyForm.sendInterval);
    return {
      errors: {},
      notes: {},
      stored: { sendContinuously: false, sendUntil: undefined, sendInterval: kept },
    };
  }
  const until = judgeUntil(fields, context);
  const intervalError: FieldSentences = isInterval
    ? {}
    : {
        sendInterval: "The interval of continuous sending is from 1 minute (60 seconds) to 24 hours (86,400 seconds).",
      };
  return {
    errors: { ...until.errors, ...intervalError },
    notes: until.notes,
    stored: { sendContinuously: true, sendUntil: until.instant, sendInterval },
  };
}

interface JudgedUntil {
  readonly errors: FieldSentences;
  readonly notes: FieldSentences;
  readonly instant: string | undefined;
}

function judgeUntil({ sendUntil }: OrderFields, { now, instantOf, order }: OrderFormContext): JudgedUntil {
  const refused = (sentence: string): JudgedUntil => ({
    errors: { sendUntil: sentence },
    notes: {},
    instant: undefined,
  });
  if (sendUntil === null || sendUntil === "")
    return refused("Continuous sending needs an end: enter the date and time until which it sends.");
  const found = typeof sendUntil === "string" ? given(sendUntil) : instantOf(sendUntil.local, sendUntil.zone);
  if ("problem" in found) return refused(found.problem);
  // Zones west of Greenwich carry the last hours of the year 9999 beyond what an instant can hold.
  if (!instantSchema.safeParse(found.instant).success)
    return refused("The end of continuous sending is too far ahead: choose an earlier time.");
  const scheduledAt = order?.steps.Send.scheduled?.at;
  if (scheduledAt !== undefined && found.instant <= scheduledAt)
    return refused(`Send is scheduled for ${scheduledAt}: choose a later end, or move its start first.`);
  if (epochMilliseconds(found.instant) <= now)
    return refused("The end of continuous sending has passed: choose a time in the future, or switch it off.");
  return { errors: {}, notes: found.note === undefined ? {} : { sendUntil: found.note }, instant: found.instant };
}

function given(text: string): { instant: string; note?: string } | { problem: string } {
  const milliseconds = instantSchema.safeParse(text).success ? epochMilliseconds(text) : Number.NaN;
  // 31 February is read as 3 March, and 24:00 as the next day.
  if (!Number.isNaN(milliseconds) && instant(milliseconds) === text) return { instant: text };
  return { problem: `${quoted(text)} is not a time: enter a date and a time.` };
}
