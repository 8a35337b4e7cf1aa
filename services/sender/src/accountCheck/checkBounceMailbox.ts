import type { MailboxState } from "@email-agent/shared/adapters/bounceMailboxes.ts";
import type { BounceMailbox } from "@email-agent/shared/domain/bounces/bounceMailbox.ts";
import type { AccountLine } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { counted } from "@email-agent/shared/domain/numberWords.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import { fail, pass, unchecked, warn } from "./checkLine.ts";

const minute = 60_000;
/** It is read every minute; after so many without, no process reads it. */
const staleMinutes = 10;

/** What the reader of the bounce mailbox (ingest) last found. No second connection is opened for it. */
export function bounceMailboxLine(
  { folder }: Pick<BounceMailbox, "folder">,
  state: MailboxState | undefined,
  now: number,
): AccountLine {
  const id = "bounce-mailbox";
  if (state?.problem) {
    const since = minutesSince(state.problem.since, now);
    return fail(id, `${state.problem.text} So it has been for ${since}.`, "Correct the bounce mailbox on this page.");
  }
  if (!state?.readAt) return unchecked(id, "It was not read yet. A new one is read within a minute: check again then.");
  const read = `Signed in, and the folder "${folder}" was read ${minutesSince(state.readAt, now)} ago.`;
  if (now - epochMilliseconds(state.readAt) > staleMinutes * minute)
    return warn(id, read, "It should be read every minute: look whether ingest runs, and at its log.");
  return pass(id, read);
}

function minutesSince(at: string, now: number): string {
  const minutes = Math.max(0, Math.floor((now - epochMilliseconds(at)) / minute));
  return minutes === 0 ? "less than a minute" : counted(minutes, "minute", "minutes");
}
