import { type Log, openLog } from "@email-agent/shared/kit/log.ts";

export interface CapturedLog {
  readonly log: Log;
  /** JSON, as a service writes it. */
  readonly lines: string[];
  /** Forgets the lines, and returns why one of them may not be in a log. */
  judge(): string | undefined;
}

/** The domains of every address that the suite uses; a log shows `…@domain` only. */
const address = /[\w.+-]@(?:[\w-]+\.)*(?:example|example\.(?:org|com))\b/i;

/** A log as a service has it, kept here. */
export function capturedLog(): CapturedLog {
  const lines: string[] = [];
  return {
    lines,
    log: openLog("faults", "debug", { write: (line) => void lines.push(line) }),
    judge() {
      const found = lines.splice(0).find((line) => address.test(line));
      return found && `A line of the log has an address: ${found.slice(0, 1500)}`;
    },
  };
}
