import { accountFault } from "../delivery/accountFault.ts";
import { dkimKeyFault } from "../delivery/dkimKeyFault.ts";
import type { MessageConfig } from "../delivery/message.ts";
import { isPrivateHost } from "../delivery/privateHosts.ts";
import { eachOtherGroup, receivingGroups } from "../delivery/receivingGroups.ts";
import type { Faults, Item } from "./itemFaults.ts";
import { hostFault, lineFault, patternFault, shown, timeZoneFault } from "./valueFaults.ts";

const identity = ["fromAddress", "envelopeFrom", "replyTo", "unsubscribeMailto", "listId"] as const;

/** As AWS writes it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html. */
const secretArn = /^arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/;

/** The rules of a mail account. `defaults`: what the installation has for an account without values of its own. */
export function judgeAccount(item: Item, defaults: MessageConfig): Faults {
  return {
    ...identityFaults(item, defaults),
    ...serverFaults(item),
    ...mailboxFaults(item["bounceMailbox"]),
    ...dkimFaults(item["dkim"]),
    ...limitFaults(item),
    ...receivingFaults(item["receivingLimits"], item["ratePerSecond"]),
    ...warmUpFaults(item["warmUp"]),
  };
}

function textOf(item: Item, name: string): string {
  const value = item[name];
  return typeof value === "string" ? value.trim() : "";
}

function identityFaults(item: Item, defaults: MessageConfig): Faults {
  const faults: Faults = {};
  for (const field of identity) {
    const value = textOf(item, field);
    const fault = value === "" ? undefined : accountFault({ [field]: value }, { ...defaults, EMAIL_FROM: "" });
    if (fault) faults[field] = sentence(fault);
  }
  if (textOf(item, "fromAddress") === "" && defaults.EMAIL_FROM === "")
    faults["fromAddress"] = "Enter the address that recipients see. The installation has none for all accounts.";
  const name = typeof item["fromName"] === "string" ? lineFault(item["fromName"]) : undefined;
  if (name) faults["fromName"] = name;
  return faults;
}

/** `fromAddress "x" is not …` → `The value "x" is not …`: the sentence is shown at its field. */
function sentence(fault: string): string {
  return fault.replace(/^(?:\w+|the DKIM \w+) (?=")/, "The value ");
}

function serverFaults(item: Item): Faults {
  const faults: Faults = {};
  const [host, security] = [textOf(item, "host"), item["security"] ?? "starttls"];
  const wrongHost = host === "" ? undefined : hostFault(host, "smtp.example.org");
  if (wrongHost) faults["host"] = wrongHost;
  else if (security === "none" && host !== "" && !isPrivateHost(host))
    faults["security"] =
      `${shown(host)} is reached over the Internet, where passwords and mails need encryption. Choose STARTTLS or TLS.`;
  else if (security === "starttls" && item["port"] === 465)
    faults["security"] = "Port 465 expects TLS from the start. Choose TLS, or port 587.";
  else if (security === "tls" && (item["port"] === 587 || item["port"] === 25))
    faults["security"] = `Port ${item["port"]} begins without TLS. Choose STARTTLS, or port 465.`;
  const [username, password, arn] = [textOf(item, "username"), textOf(item, "password"), textOf(item, "secretArn")];
  if (username !== "" && password === "" && arn === "")
    faults["password"] =
      "Enter the password of this user, or name the secret that holds it. Without both leave the user name empty.";
  if (username === "" && password !== "" && arn === "")
    faults["username"] = "Enter the user name that belongs to the password.";
  if (/[\r\n]/.test(textOf(item, "username"))) faults["username"] = "Remove the line breaks.";
  if (arn !== "" && !secretArn.test(arn)) faults["secretArn"] = arnSentence(arn);
  return faults;
}

function arnSentence(arn: string): string {
  return `${shown(arn)} is not the ARN of a secret. Copy it from Secrets Manager: arn:aws:secretsmanager:….`;
}

function mailboxFaults(mailbox: unknown): Faults {
  if (typeof mailbox !== "object" || mailbox === null) return {};
  const item = mailbox as Item;
  const [host, username, folder] = [textOf(item, "host"), textOf(item, "username"), textOf(item, "folder")];
  const [security, port] = [item["security"] ?? "tls", item["port"] ?? 993];
  const faults: Faults = {};
  const wrongHost = host === "" ? "Enter the IMAP server." : hostFault(host, "imap.example.org");
  if (wrongHost) faults["host"] = wrongHost;
  else if (security === "none" && !isPrivateHost(host))
    faults["security"] =
      `${shown(host)} is reached over the Internet, where passwords and mails need encryption. Choose TLS or STARTTLS.`;
  else if (security === "starttls" && port === 993)
    faults["security"] = "Port 993 expects TLS from the start. Choose TLS, or port 143.";
  else if (security === "tls" && port === 143)
    faults["security"] = "Port 143 begins without TLS. Choose STARTTLS, or port 993.";
  if (username === "" || /[\r\n]/.test(username))
    faults["username"] = username === "" ? "Enter the user name." : "Remove the line breaks.";
  const [password, arn] = [textOf(item, "password"), textOf(item, "secretArn")];
  if (password === "" && arn === "")
    faults["password"] = "Enter the password of this user, or name the secret that holds it.";
  if (arn !== "" && !secretArn.test(arn)) faults["secretArn"] = arnSentence(arn);
  if (item["folder"] !== undefined && (folder === "" || /\p{C}/u.test(folder)))
    faults["folder"] = "Enter the folder, as INBOX or Bounces.";
  return Object.fromEntries(Object.entries(faults).map(([field, fault]) => [`bounceMailbox.${field}`, fault]));
}

function dkimFaults(dkim: unknown): Faults {
  if (typeof dkim !== "object" || dkim === null) return {};
  const item = dkim as Item;
  const faults: Faults = {};
  const [domain, selector] = [textOf(item, "domain"), textOf(item, "selector")];
  for (const [field, value] of Object.entries({ domain, selector })) {
    const named = { domain: "example.org", selector: "mail", [field]: value };
    const fault = accountFault({ dkim: named }, { EMAIL_FROM: "", MAILCHIMP_REPLY_TO: "" });
    if (value === "") faults[`dkim.${field}`] = `Enter the ${field} of the signature, or switch DKIM off.`;
    else if (fault) faults[`dkim.${field}`] = sentence(fault);
  }
  const [pem, arn] = [textOf(item, "privateKey"), textOf(item, "secretArn")];
  const wrong = pem === "" ? undefined : dkimKeyFault(pem);
  if (wrong) faults["dkim.privateKey"] = `The key ${wrong}. Enter the whole file, from -----BEGIN to the last -----.`;
  if (arn !== "" && !secretArn.test(arn)) faults["dkim.secretArn"] = arnSentence(arn);
  if (pem === "" && arn === "")
    faults["dkim.privateKey"] ??=
      "Enter the private key, or name the secret that holds it. Without both switch DKIM off.";
  return faults;
}

/** A group is a provider of receivingGroups.ts, a domain, or each other. */
function receivingFaults(limits: unknown, rate: unknown): Faults {
  const faults: Faults = {};
  for (const [group, limit] of Object.entries((limits ?? {}) as Record<string, Item>)) {
    const isKnown = group === eachOtherGroup || Object.hasOwn(receivingGroups, group);
    const known = `${Object.keys(receivingGroups).join(", ")}, ${eachOtherGroup}, or a domain as example.org`;
    if (!isKnown && !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(group))
      faults[`receivingLimits.${group}`] =
        `${shown(group)} is no receiving domain. Name one of ${known} in small letters.`;
    else if (typeof rate === "number" && typeof limit?.["ratePerSecond"] === "number" && limit["ratePerSecond"] > rate)
      faults[`receivingLimits.${group}.ratePerSecond`] = `Enter ${rate} at most: that is the rate of the account.`;
  }
  return faults;
}

function warmUpFaults(warmUp: unknown): Faults {
  if (typeof warmUp !== "object" || warmUp === null) return {};
  const { days, timeZone } = warmUp as Item;
  const zone = typeof timeZone === "string" ? timeZoneFault(timeZone) : undefined;
  const faults: Faults = zone ? { "warmUp.timeZone": zone } : {};
  const numbers = Array.isArray(days) ? (days as number[]) : [];
  for (const [index, mails] of numbers.entries()) {
    const before = numbers[index - 1] ?? 0;
    if (mails < before) faults[`warmUp.days.${index}`] = `Enter ${before} or more: a warm-up never becomes smaller.`;
  }
  return faults;
}

function limitFaults(item: Item): Faults {
  const faults: Faults = {};
  const patterns = Array.isArray(item["dailyLimitTexts"]) ? item["dailyLimitTexts"] : [];
  for (const [index, pattern] of patterns.entries()) {
    const fault = typeof pattern === "string" ? patternFault(pattern) : undefined;
    if (fault) faults[`dailyLimitTexts.${index}`] = fault;
  }
  return faults;
}
