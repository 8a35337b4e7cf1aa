import type { Verdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { Message, Session } from "./deliverySession.ts";

/**
 * The servers that receive the message ask to slow down: their group is slowed, and the account goes on. While the group accepts
 * nothing, the person is untouched; where it accepts the mails of others, this person is to be tried again as after greylisting.
 */
export async function slowReceiver(
  session: Session,
  { mail }: Message,
  verdict: Verdict,
  begunAt: number,
): Promise<Verdict> {
  const { ports, mailRun } = session;
  const { account } = mailRun;
  const { address } = mail.to;
  try {
    session.looksUpGroups = true;
    const [group = ""] = await ports.receivers.of([address], lookupMilliseconds);
    const slowed = await ports.limiter.slowGroup(account, group, {
      perSecond: account.ratePerSecond * ports.receivers.shareOf(group),
      begunAgoMilliseconds: ports.clock.monotonic() - begunAt,
    });
    const { began, perSecond, acceptsOthers } = slowed;
    if (began)
      ports.log.warn(
        { account: account.name, group, perSecond, reason: verdict.reason },
        "a receiving domain is slowed",
      );
    return acceptsOthers ? { ...verdict, account: "soft-refusal" } : verdict;
  } catch (error) {
    // The server's reply is known all the same.
    session.fail(error);
    return verdict;
  }
}

/** A message of a limited group that is accepted: the group is not given up. One in a second says the same. */
export async function noteAccepted(session: Session, { place }: Message): Promise<void> {
  if (!place) return;
  const { ports, mailRun, acceptedAt } = session;
  const now = ports.clock.monotonic();
  if (now - (acceptedAt.get(place.group) ?? Number.NEGATIVE_INFINITY) < acceptedMilliseconds) return;
  acceptedAt.set(place.group, now);
  await ports.limiter.groupAccepted(mailRun.account, place.group);
}

const acceptedMilliseconds = 1000;
/** Here no mail waits for the lookup, and under its own name a domain would not slow the others of its servers. */
const lookupMilliseconds = 6000;
