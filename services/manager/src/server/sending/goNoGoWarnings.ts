import type { Forecast } from "@email-agent/shared/domain/delivery/forecast.ts";
import { groupTitle } from "@email-agent/shared/domain/delivery/receivingGroups.ts";
import type { SendingWindow } from "@email-agent/shared/domain/delivery/sendingWindow.ts";
import { windowWords } from "@email-agent/shared/domain/delivery/windowWords.ts";
import { dryRunSize } from "@email-agent/shared/domain/lifecycle/dryRunSize.ts";
import { isSendOver } from "@email-agent/shared/domain/lifecycle/schedule.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { invalidRecordsError, tooManyInvalid } from "@email-agent/shared/domain/recipients/invalidRecords.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { GoNoGoWarning, Words } from "../../api/sending.ts";
import type { RecipientCount } from "./countRecipients.ts";
import { dryRunWarnings } from "./dryRunWarnings.ts";
import { codes, type GoNoGoFacts } from "./goNoGoFacts.ts";
import { parentWarnings } from "./parentWarnings.ts";
import { testWarnings } from "./testWarnings.ts";

const gravity = { stop: 0, warning: 1, note: 2 };

const stop = (...words: Words): GoNoGoWarning => ({ severity: "stop", words });
const warning = (...words: Words): GoNoGoWarning => ({ severity: "warning", words });
const note = (...words: Words): GoNoGoWarning => ({ severity: "note", words });

/** Reasons against a Send now, and notes; gravest first. */
export function goNoGoWarnings(facts: GoNoGoFacts): GoNoGoWarning[] {
  const found = [
    ...stops(facts),
    ...[...dryRunWarnings(facts), ...parentWarnings(facts), ...testWarnings(facts)].map((words) => warning(...words)),
    ...speedWarnings(facts),
    ...notes(facts),
  ];
  return found.sort((one, other) => gravity[one.severity] - gravity[other.severity]);
}

function* stops({ guard, account, order, hasStage, counted, uncountable, now }: GoNoGoFacts): Generator<GoNoGoWarning> {
  if (guard.verdict !== "granted") yield stop(guard.reason);
  if (dryRunSize(order) === undefined) yield stop("The last Dry-Run is not complete. Run Dry-Run first.");
  if (!account) yield stop(`There is no account "${order.account}". Choose another one in the form.`);
  else if (!account.enabled) yield stop(`The account "${account.name}" is disabled. Choose another one in the form.`);
  if (!hasStage) yield stop(`The stage "${order.stage}" no longer exists. Ask an administrator to restore it.`);
  else if (uncountable !== undefined) yield stop(uncountable);
  const invalid = counted && manyInvalid(counted);
  if (invalid !== undefined) yield stop(invalid);
  if (!order.sendContinuously && order.sendUntil !== undefined && isSendOver(order, now))
    yield stop(
      "Sending ended at ",
      { at: order.sendUntil },
      ": no mail would begin. Move the end of sending in the form.",
    );
}

/** Send would find the same only once it has read everyone, and mailed many of them by then. */
function manyInvalid({ languages }: RecipientCount): string | undefined {
  for (const { recipients, reasons } of Object.values(languages)) {
    const invalid = reasons["invalid-record"] ?? 0;
    const read = Object.values(reasons).reduce((sum, people) => sum + people, recipients);
    if (tooManyInvalid(invalid, read)) return invalidRecordsError(invalid, read);
  }
  return undefined;
}

function* speedWarnings({ forecast, account, recipients = 0, order, now }: GoNoGoFacts): Generator<GoNoGoWarning> {
  if (account?.pausedFor !== undefined)
    yield warning(
      `The account "${account.name}" is ${account.pausedHow ?? "paused"}: ${account.pausedFor}. Sending begins once an administrator resumes it in the settings.`,
    );
  else if (account?.returned !== undefined)
    yield warning(
      account.returnAccepted
        ? `Much mail of the account "${account.name}" comes back: ${account.returned}. An administrator lets it go on for a week.`
        : `Much mail of the account "${account.name}" comes back: ${account.returned}. It is paused by itself at twice the share that is a warning: remove wrong addresses, and mail only people who expect it.`,
    );
  if (!forecast || !account || recipients === 0) return;
  const { sleeps, mailedBefore, finishAt } = forecast;
  const pause = sleeps[0];
  if (account.quotaPer24h < 1) yield stop(`The account "${account.name}" has a quota of 0: nothing can be sent.`);
  else if (pause?.cause === "window" && order.sendingWindow) yield windowNote(order.sendingWindow, pause, now);
  else if (pause && pause.from <= now)
    yield warning("The account's quota is used up. Sending begins at ", { at: instant(pause.until) }, " by itself.");
  else if (pause)
    yield warning(
      `The account's quota is not enough for everyone: after ${count(pause.mailed)} mails sending pauses until `,
      { at: instant(pause.until) },
      " and goes on by itself.",
    );
  if (mailedBefore !== undefined && order.sendUntil !== undefined)
    yield warning(
      `Only ${count(mailedBefore)} of ${count(recipients)} will have their mail when sending ends at `,
      { at: order.sendUntil },
      ".",
    );
  else if (finishAt === undefined && account.quotaPer24h >= 1)
    yield warning("At this account's limits the Send takes more than 100 days.");
  if (forecast.receiver !== undefined)
    yield note(
      `The last mails are those of ${groupTitle(forecast.receiver)}, which the account limits. How many there are is estimated by the domains of the addresses.`,
    );
  const { otherSends } = account;
  if (otherSends > 0)
    yield warning(
      otherSends === 1
        ? "Another work order sends with this account right now: both share its rate and quota, so it takes longer."
        : `${otherSends} other work orders send with this account right now: they share its rate and quota, so it takes longer.`,
    );
}

/** A window is no fault: someone chose it. */
function windowNote(window: SendingWindow, pause: NonNullable<Forecast["sleeps"][0]>, now: number): GoNoGoWarning {
  const words = `The sending window is ${windowWords(window)}`;
  const until = { at: instant(pause.until) };
  return pause.from <= now
    ? note(`${words}: the first mail leaves at `, until, ".")
    : note(`${words}: after ${count(pause.mailed)} mails sending pauses until `, until, " and goes on by itself.");
}

function* notes({ order, languages, everyone, changes, recipients, counted }: GoNoGoFacts): Generator<GoNoGoWarning> {
  if (changes.some(({ after }) => after.includes("Test")))
    yield note("Something changed since the Test; it is listed under Changes.");
  const findings = (order.steps.Prepare.details ?? []).filter(({ severity }) => severity === "warning").length;
  if (findings > 0)
    yield note(
      `Prepare left ${findings === 1 ? "a warning" : `${findings} warnings`} about the content. See its step.`,
    );
  if (order.revision !== undefined)
    yield note(`This is revision ${order.revision}: people who got the mailing before get it again.`);
  const forAll = languages.filter(({ code }) => everyone.includes(code));
  const rest = languages.filter(({ code }) => !everyone.includes(code));
  if (recipients && forAll.length > 0 && rest.length > 0)
    yield note(`${codes(forAll)} goes to everyone: people who read ${codes(rest)} get two mails.`);
  const inDoubt = counted?.inDoubt ?? order.steps.Send.counters?.inDoubt ?? 0;
  if (inDoubt > 0)
    yield note(
      inDoubt === 1
        ? "1 mail of an earlier run is in doubt. It is not sent again until a user resolves it."
        : `${count(inDoubt)} mails of an earlier run are in doubt. They are not sent again until a user resolves them.`,
    );
}
