import { systemPauser } from "@email-agent/shared/domain/bounces/returnRate.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";
import type { Manager } from "../../manager.ts";
import { changeAccount } from "./changeAccount.ts";

export const pauseSchema = z.strictObject({
  reason: z.string().trim().min(3, "Say why in a few words").max(200, "200 characters at most"),
});

type Ports = Pick<Manager, "configStore" | "clock">;

/** Pauses an account: senders begin no mail of it within seconds, and running Sends wait. AppError `conflict` if it is paused. */
export async function pauseAccount(manager: Ports, user: User, name: string, reason: string): Promise<void> {
  const paused = { by: user.id, at: instant(manager.clock.now()), reason };
  const pause = (fields: Readonly<Record<string, unknown>>) => {
    if (fields["paused"] !== undefined)
      throw new AppError("conflict", `The account ${name} is paused already. Reload the page to see why.`);
    return { ...fields, paused };
  };
  await changeAccount(manager, user, name, pause, reason);
}

/**
 * Resumes an account: its Sends go on by themselves. One that was paused for returned mail needs a reason, which holds for a
 * week; else it would be paused again at once. AppError `conflict` if it is not paused, `invalid-input` without that reason.
 */
export async function resumeAccount(manager: Ports, user: User, name: string, reason?: string): Promise<void> {
  const resume = ({ paused, ...fields }: Readonly<Record<string, unknown>>) => {
    if (paused === undefined) throw new AppError("conflict", `The account ${name} is not paused.`);
    if (!isSystemPause(paused)) return fields;
    if (reason === undefined) {
      const sentence = `The account ${name} is paused because too much of its mail came back. Say why it may go on.`;
      throw new AppError("invalid-input", sentence, { details: { fields: { reason: sentence } } });
    }
    return { ...fields, bounceRateAccepted: { by: user.id, at: instant(manager.clock.now()), reason } };
  };
  await changeAccount(manager, user, name, resume, reason);
}

function isSystemPause(paused: unknown): boolean {
  return typeof paused === "object" && paused !== null && "by" in paused && paused.by === systemPauser;
}
