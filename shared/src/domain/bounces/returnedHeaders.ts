import type { BounceReport } from "./bounceReport.ts";

/** The part of a report by which its delivery is found; the token of the unsubscribe link is not verified. */
export type ReturnedNames = Pick<BounceReport, "messageId" | "mailing" | "run" | "unsubscribeToken">;

/** A header of ours is shorter. */
const longest = 8000;
/** With angle brackets. */
export const messageIdShape = /<[^<>\s]{1,500}@[^<>\s]{1,255}>/;
/** The token is the last part of the path of an unsubscribe link; see personalLinks. */
const unsubscribeLink = /\/u\/([\w-]{1,4000}\.[\w-]{43})(?![\w-])/;
const keyShape = /^[\x21-\x7e]{1,300}$/;

/** The headers that `returnedNames` reads. */
export const returnedHeaderNames = [
  "message-id",
  "x-email-agent-mailing",
  "x-email-agent-run",
  "list-unsubscribe",
] as const;
type ReturnedHeader = (typeof returnedHeaderNames)[number];

/** The token of the first unsubscribe link in a text. */
export const unsubscribeTokenIn = (text: string): string | undefined => unsubscribeLink.exec(text)?.[1];

/** What the headers of a returned mail say of it. `header`: the value of the first header of this name, in lower case. */
export function returnedNames(header: (name: ReturnedHeader) => string | undefined): ReturnedNames {
  const value = (name: ReturnedHeader) => header(name)?.trim().slice(0, longest) ?? "";
  const key = (name: ReturnedHeader) => keyShape.exec(value(name))?.[0];
  const messageId = messageIdShape.exec(value("message-id"))?.[0];
  const [mailing, run] = [key("x-email-agent-mailing"), key("x-email-agent-run")];
  // A folded link has blanks where its lines were joined.
  const unsubscribeToken = unsubscribeTokenIn(value("list-unsubscribe").replace(/\s+/g, ""));
  return {
    ...(messageId !== undefined && { messageId }),
    ...(mailing !== undefined && { mailing }),
    ...(run !== undefined && { run }),
    ...(unsubscribeToken !== undefined && { unsubscribeToken }),
  };
}
