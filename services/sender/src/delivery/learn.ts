import type { SmtpAnswer, Verdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Session } from "./deliverySession.ts";
import type { Message } from "./sendMessage.ts";

/** What one answer teaches about the account, the person and the run, beyond the outcome of the delivery itself. */
export async function learn(
  session: Session,
  { claimed, participant }: Message,
  { verdict, answer }: { readonly verdict: Verdict; readonly answer: SmtpAnswer },
): Promise<void> {
  const { ports, mailRun } = session;
  const { account } = mailRun;
  measure(session, verdict);
  if (verdict.runError) {
    const message = `Account "${account.name}" cannot send: ${verdict.reason}.`;
    session.halt({ kind: "run-error", code: "authentication", message });
  }
  if (verdict.dailyLimit) session.halt({ kind: "daily-limit" });
  const { pausedUntil, runError } = await ports.limiter.record(account, verdict.account, claimed.candidate.id);
  if (runError) {
    const code = verdict.account === "sender-refused" ? "sender-refused" : "account-unreachable";
    session.halt({ kind: "run-error", code, message: runError });
  } else if (pausedUntil !== undefined) {
    session.halt({ kind: "waited", until: pausedUntil, cause: "paused" });
  }
  if (verdict.suppress) {
    const suppression = { address: (participant.email ?? "").trim(), code: answer.enhanced ?? String(answer.code) };
    await ports.participants.suppress(participant.id, { ...suppression, at: instant(ports.clock.now()) });
  }
}

function measure({ ports, mailRun }: Session, verdict: Verdict): void {
  const dimensions = { account: mailRun.account.name };
  if (verdict.recipient === "sent") ports.metrics.count("MailsSent", 1, dimensions);
  if (verdict.recipient === "failed") ports.metrics.count("SendFailures", 1, dimensions);
  if (verdict.recipient === "in-doubt") ports.metrics.count("SendInDoubt", 1, dimensions);
}
