import type { Account } from "../account.ts";
import { mailAddress } from "../recipients/address.ts";
import type { MessageConfig } from "./message.ts";
import { replyToOf } from "./replyTo.ts";

/** The fields of an account that are written into headers and SMTP commands. */
export type AccountIdentity = Pick<
  Account,
  "fromAddress" | "envelopeFrom" | "replyTo" | "unsubscribeMailto" | "listId" | "dkim"
>;

/** RFC 5322 3.2.3 dot-atom-text, of which RFC 2919 2 makes a List-ID. */
const dotAtom = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/** Labels of a name in DNS. RFC 6376 3.1 allows several in a selector; providers give out selectors with underscores. */
const dnsName = /^(?!.{254})[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

/** RFC 6068 2 hfields: percent-encoded, so that no blank or bracket ends the header's URL. */
const mailtoFields = /^[\w%.~!$'()*+,;:@/?&=-]*$/;

/**
 * What is wrong with the addresses and names by which an account identifies itself: one sentence naming the field and the
 * repair, without a subject ("fromAddress … is not a mail address …"). Undefined if mail can be sent with them. Addresses
 * pass the same check as those of participants: a line break in one would add a header or an SMTP command.
 */
export function accountFault(account: AccountIdentity, config: MessageConfig): string | undefined {
  const addresses = {
    fromAddress: account.fromAddress || config.EMAIL_FROM,
    envelopeFrom: account.envelopeFrom,
    replyTo: replyToOf(account, config),
  };
  for (const [field, address] of Object.entries(addresses))
    if (address && mailAddress(address) === undefined)
      return `${field} ${shown(address)} is not a mail address. Enter one as office@example.org.`;
  const { unsubscribeMailto, listId, dkim } = account;
  if (unsubscribeMailto && !isMailto(unsubscribeMailto))
    return `unsubscribeMailto ${shown(unsubscribeMailto)} is not a mail address in ASCII. Enter one as leave@example.org, with ?subject=… behind it if needed.`;
  if (listId && !dotAtom.test(listId))
    return `listId ${shown(listId)} cannot be the name of a list. Enter one as news.example.org.`;
  if (dkim && !dnsName.test(dkim.domain))
    return `the DKIM domain ${shown(dkim.domain)} is not a domain in ASCII. Enter one as example.org (an international one as xn--…).`;
  if (dkim && !dnsName.test(dkim.selector))
    return `the DKIM selector ${shown(dkim.selector)} is not a name in DNS. Enter the name before ._domainkey, as mail2026.`;
  return undefined;
}

function isMailto(text: string): boolean {
  const [address = "", ...fields] = text.replace(/^mailto:/i, "").split("?");
  return mailAddress(address) === address && /^[!-~]+$/.test(address) && mailtoFields.test(fields.join("?"));
}

/** A wrong value in a sentence; JSON shows line breaks and other control characters. */
function shown(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
