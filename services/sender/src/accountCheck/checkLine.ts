import type { AccountLine } from "@email-agent/shared/domain/delivery/accountRequest.ts";

/** The lines of the check in their order. */
const titles = {
  settings: "Settings of the account",
  host: "Host name",
  connection: "Connection",
  greeting: "Greeting",
  encryption: "Encryption",
  certificate: "Certificate",
  "sign-in": "Sign-in",
  size: "Largest mail",
  "mail-from": "Envelope sender",
  "dkim-key": "DKIM key",
  "dkim-record": "DKIM record",
  "dkim-next": "New DKIM key",
  signing: "Signature",
  spf: "SPF",
  dmarc: "DMARC",
  alignment: "Alignment",
  ptr: "Reverse name (PTR)",
  "bounce-mailbox": "Bounce mailbox",
} as const;
export type CheckLineId = keyof typeof titles;
export const checkLineIds = Object.keys(titles) as CheckLineId[];

export function pass(id: CheckLineId, text: string): AccountLine {
  return { id, title: titles[id], verdict: "pass", text };
}

/** Mail goes out, but something is not as it should be. */
export function warn(id: CheckLineId, text: string, repair: string): AccountLine {
  return { id, title: titles[id], verdict: "warn", text, repair };
}

/** Mail does not go out, or receivers refuse it. */
export function fail(id: CheckLineId, text: string, repair: string): AccountLine {
  return { id, title: titles[id], verdict: "fail", text, repair };
}

/** It cannot be known from here; the text says why. */
export function unchecked(id: CheckLineId, text: string): AccountLine {
  return { id, title: titles[id], verdict: "unchecked", text };
}
