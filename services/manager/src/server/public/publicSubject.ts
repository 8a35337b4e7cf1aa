import {
  type MailingKeyParts,
  splitMailingKey,
  testPartition,
} from "@email-agent/shared/domain/delivery/mailingKey.ts";
import {
  type PublicTokenPurpose,
  type PublicTokenSubject,
  verifyPublicToken,
} from "@email-agent/shared/domain/delivery/publicToken.ts";
import type { Manager } from "../manager.ts";

/** Whom and which mailing a public link is about. */
export interface PublicSubject extends PublicTokenSubject {
  readonly mailing: MailingKeyParts;
  /** Where the delivery of that mail is kept. */
  readonly partition: string;
}

/** The person and the mailing of a token; undefined for every text we did not sign for this purpose. */
export function publicSubject(
  { config }: Pick<Manager, "config">,
  purpose: PublicTokenPurpose,
  token: string,
): PublicSubject | undefined {
  const subject = verifyPublicToken(config.PUBLIC_TOKEN_SECRET, purpose, token);
  const mailing = subject && splitMailingKey(subject.mailingKey);
  if (!mailing) return undefined;
  const { mailingKey, runId } = subject;
  return { ...subject, mailing, partition: runId === undefined ? mailingKey : testPartition(mailingKey, runId) };
}
