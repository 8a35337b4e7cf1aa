import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { fitsSortKey } from "@email-agent/shared/adapters/sortKey.ts";
import type { BounceReport } from "@email-agent/shared/domain/bounces/bounceReport.ts";
import { isSameRecipient } from "@email-agent/shared/domain/bounces/recipientOf.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { splitMailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { looksLikeMessageIdOfOurs, messageIdSubject } from "@email-agent/shared/domain/delivery/messageId.ts";
import { type PublicTokenSubject, verifyPublicToken } from "@email-agent/shared/domain/delivery/publicToken.ts";
import type { MatchByAddress } from "./matchByAddress.ts";
import type { Matched } from "./matched.ts";

export interface MatchPorts {
  readonly deliveries: Pick<Deliveries, "get">;
  readonly byAddress: MatchByAddress;
  /** `PUBLIC_TOKEN_SECRET`. */
  readonly secrets: string;
}

/** The delivery of a report, or why there is none; `ignored` where the mail was none of a mailing. */
export type Match = Matched | { readonly unmatched: string } | { readonly ignored: string; readonly isForeign?: true };

/**
 * Finds the delivery of a report by exact keys: by the token of List-Unsubscribe in the returned mail or by its
 * Message-ID, both signed, so that a stranger can make neither. A mail with another Message-ID is ours only if it names its
 * mailing: providers as SES may put their own Message-ID in place of ours, and our header stays. A report with neither names
 * no mail, and is matched by its address, which is a guess: see matchByAddress.ts. The delivery must agree: it exists, and its
 * address is the reported one.
 */
export async function matchReport(ports: MatchPorts, report: BounceReport): Promise<Match> {
  const subjects = subjectsOf(ports.secrets, report);
  const [subject, other] = subjects;
  if (!subject) return matchUnnamed(ports, report);
  if (other && !isSameSubject(subject, other))
    return { unmatched: "Its Message-ID is of another mail than its List-Unsubscribe." };
  const { participantId, mailingKey, runId } = subject;
  if (!splitMailingKey(mailingKey)) return { ignored: "It is about a trial mail." };
  if (!fitsSortKey(participantId)) return { unmatched: noDelivery };
  const partition = runId === undefined ? mailingKey : testPartition(mailingKey, runId);
  const delivery = await ports.deliveries.get(partition, participantId);
  if (!delivery) return { unmatched: noDelivery };
  return disagreement(report, delivery) ?? { partition, mailingKey, delivery, isTest: runId !== undefined };
}

async function matchUnnamed(ports: MatchPorts, report: BounceReport): Promise<Match> {
  const { unsubscribeToken, messageId, mailing } = report;
  if (unsubscribeToken !== undefined || (messageId !== undefined && looksLikeMessageIdOfOurs(messageId)))
    return { unmatched: "What it names its mail by is not signed by this installation." };
  if (messageId !== undefined && mailing === undefined)
    return { ignored: "It is about a mail of another system.", isForeign: true };
  const match = await ports.byAddress(report);
  if ("unmatched" in match) return match;
  const isSame = messageId !== undefined && bare(messageId) === bare(match.delivery.messageId ?? "");
  return { ...match, isGuess: !isSame };
}

function bare(messageId: string): string {
  return messageId.trim().replace(/^<|>$/g, "");
}

const noDelivery = "The mail it names has no delivery.";

function subjectsOf(secrets: string, { unsubscribeToken, messageId }: BounceReport): PublicTokenSubject[] {
  const byToken = unsubscribeToken && verifyPublicToken(secrets, "unsubscribe", unsubscribeToken);
  const byMessageId = messageId && messageIdSubject(secrets, messageId);
  return [byToken, byMessageId].filter((subject) => typeof subject === "object");
}

function isSameSubject(one: PublicTokenSubject, other: PublicTokenSubject): boolean {
  return one.participantId === other.participantId && one.mailingKey === other.mailingKey && one.runId === other.runId;
}

/** Why a delivery is not the one of the report; of one whose address was erased only the rest is compared. */
function disagreement(report: BounceReport, { email, status }: Delivery): { readonly unmatched: string } | undefined {
  const { recipient } = report;
  if (recipient !== undefined && email !== "" && !isSameRecipient(recipient, email))
    return { unmatched: "The address it names is not the one the mail was sent to." };
  if (status === "failed" || status === "deferred")
    return { unmatched: "The mail server had not accepted the mail it names." };
  return undefined;
}
