import type { BounceReport } from "./bounceReport.ts";

/** The part of a report by which its delivery is found. */
type ReturnedNames = Pick<BounceReport, "messageId" | "mailing" | "run" | "unsubscribeToken">;

/** Longer ones are none of ours. */
const longest = 8000;

/** What the headers of a returned mail say of it. `header`: the value of the first header of this name, unfolded; any case. */
export function returnedNames(header: (name: string) => string | undefined): ReturnedNames {
  const value = (name: string) => header(name)?.trim().slice(0, longest) || undefined;
  const messageId = value("Message-ID");
  const mailing = value("X-Email-Agent-Mailing");
  const run = value("X-Email-Agent-Run");
  // The token is the last part of the path of an unsubscribe link; see personalLinks.
  const unsubscribeToken = /\/u\/([\w-]+\.[\w-]{43})(?![\w-])/.exec(value("List-Unsubscribe") ?? "")?.[1];
  return {
    ...(messageId !== undefined && { messageId }),
    ...(mailing !== undefined && { mailing }),
    ...(run !== undefined && { run }),
    ...(unsubscribeToken !== undefined && { unsubscribeToken }),
  };
}
