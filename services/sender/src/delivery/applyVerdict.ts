import { heldAgainstAccount, type SmtpAttempt, type Verdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import { domainOf } from "@email-agent/shared/domain/recipients/address.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { RecordResult, Refusal } from "../limits/accountPause.ts";
import type { Message, Session } from "./deliverySession.ts";

/**
 * A refusal that may be about the account is counted before its claim ends: the third domain with the same refusal pauses
 * the account, and this person is tried again. Other verdicts stay as they are.
 */
export async function judgeRefusal(session: Session, { claimed, mail }: Message, verdict: Verdict): Promise<Verdict> {
  if (verdict.refusalText === undefined) return verdict;
  const { address } = mail.to;
  const domain = domainOf(address);
  try {
    const refusal = { text: verdict.refusalText, domain };
    const { isAboutAccount } = await recordNotice(session, verdict, claimed.candidate.id, refusal);
    return isAboutAccount ? heldAgainstAccount(verdict) : verdict;
  } catch (error) {
    // The server's reply is known all the same.
    session.fail(error);
    return verdict;
  }
}

/** What a verdict means for the account, the person and the run, beyond the outcome of the delivery itself. */
export async function applyVerdict(
  session: Session,
  { claimed, participant }: Message,
  { verdict, response }: { readonly verdict: Verdict; readonly response: SmtpAttempt },
): Promise<void> {
  const { account } = session.mailRun;
  measure(session, verdict);
  if (verdict.runError) {
    const message = `Account "${account.name}" cannot send: ${verdict.reason}.`;
    session.halt({ kind: "run-error", code: "authentication", message });
  }
  if (verdict.dailyLimit) session.halt({ kind: "daily-limit" });
  // One must not hinder the other: Redis may be away, or the participant deleted.
  await Promise.all([
    isForAccount(verdict) && recordNotice(session, verdict, claimed.candidate.id),
    verdict.suppress && suppress(session, participant, response),
  ]);
}

/** Whether the limiter of the account has not counted it yet. */
function isForAccount({ refusalText, account }: Verdict): boolean {
  return refusalText === undefined && account !== "receiver-throttled";
}

async function recordNotice(
  { ports, mailRun, halt }: Session,
  { account: notice, reason }: Verdict,
  recipientId: string,
  refusal?: Refusal,
): Promise<RecordResult> {
  const { account } = mailRun;
  const result = await ports.limiter.record(account, notice, recipientId, refusal);
  const { pausedUntil, pausedFor, pauseBegan, isAboutAccount, runError } = result;
  if (pauseBegan && pausedUntil !== undefined) {
    ports.metrics.count("AccountPaused", 1, { account: account.name });
    ports.log.warn({ account: account.name, notice, reason, until: instant(pausedUntil) }, "the account is paused");
  }
  if (runError) {
    const code = notice === "sender-refused" || isAboutAccount ? "sender-refused" : "account-unreachable";
    halt({ kind: "run-error", code, message: isAboutAccount ? `${runError} It says: ${reason}` : runError });
  } else if (pausedUntil !== undefined) {
    const because = isAboutAccount && `its mail server refuses people of several domains with the same text: ${reason}`;
    halt({ kind: "waited", until: pausedUntil, cause: "paused", pausedFor, ...(because && { because }) });
  }
  return result;
}

async function suppress({ ports }: Session, { id, email }: Participant, response: SmtpAttempt): Promise<void> {
  const address = (email ?? "").trim();
  const code = response.enhanced ?? String(response.code);
  try {
    await ports.participants.suppress(id, { address, code, at: instant(ports.clock.now()) });
  } catch (error) {
    // Deleted since they were read: no mail goes to them any more.
    if (!(error instanceof AppError && error.code === "not-found")) throw error;
  }
}

function measure({ ports, mailRun }: Session, verdict: Verdict): void {
  const dimensions = { account: mailRun.account.name };
  if (verdict.recipient === "sent") ports.metrics.count("MailsSent", 1, dimensions);
  if (verdict.recipient === "failed") ports.metrics.count("SendFailures", 1, dimensions);
  if (verdict.recipient === "in-doubt") ports.metrics.count("SendInDoubt", 1, dimensions);
}
