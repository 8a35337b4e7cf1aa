import type { AccountNews, SmtpAnswer, Verdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/service/errors.ts";
import type { Session } from "./deliverySession.ts";
import type { Message } from "./sendMessage.ts";

/** What one answer teaches about the account, the person and the run, beyond the outcome of the delivery itself. */
export async function learn(
  session: Session,
  { claimed, participant }: Message,
  { verdict, answer }: { readonly verdict: Verdict; readonly answer: SmtpAnswer },
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
    tellLimiter(session, verdict.account, claimed.candidate.id),
    verdict.suppress && suppress(session, participant, answer),
  ]);
}

async function tellLimiter({ ports, mailRun, halt }: Session, news: AccountNews, recipientId: string): Promise<void> {
  const { account } = mailRun;
  const { pausedUntil, pauseBegan, runError } = await ports.limiter.record(account, news, recipientId);
  if (pauseBegan && pausedUntil !== undefined) {
    ports.metrics.count("AccountPaused", 1, { account: account.name });
    ports.log.warn({ account: account.name, news, until: instant(pausedUntil) }, "the account is paused");
  }
  if (runError) {
    const code = news === "sender-refused" ? "sender-refused" : "account-unreachable";
    halt({ kind: "run-error", code, message: runError });
  } else if (pausedUntil !== undefined) {
    halt({ kind: "waited", until: pausedUntil, cause: "paused" });
  }
}

async function suppress({ ports }: Session, { id, email }: Participant, answer: SmtpAnswer): Promise<void> {
  const address = (email ?? "").trim();
  const code = answer.enhanced ?? String(answer.code);
  try {
    await ports.participants.suppress(id, { address, code, at: instant(ports.clock.now()) });
  } catch (error) {
    // Deleted since they were read: nobody writes to them any more.
    if (!(error instanceof AppError && error.code === "not-found")) throw error;
  }
}

function measure({ ports, mailRun }: Session, verdict: Verdict): void {
  const dimensions = { account: mailRun.account.name };
  if (verdict.recipient === "sent") ports.metrics.count("MailsSent", 1, dimensions);
  if (verdict.recipient === "failed") ports.metrics.count("SendFailures", 1, dimensions);
  if (verdict.recipient === "in-doubt") ports.metrics.count("SendInDoubt", 1, dimensions);
}
