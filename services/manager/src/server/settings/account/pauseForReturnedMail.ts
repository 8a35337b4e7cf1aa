import { isRateAccepted, judgeReturnRate, systemPauser } from "@email-agent/shared/domain/bounces/returnRate.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError, dispositionOf } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../../manager.ts";
import { changeAccount } from "./changeAccount.ts";

export type ReturnedMailPorts = Pick<Manager, "configTable" | "configStore" | "returnRates" | "clock" | "log">;

/**
 * One round: pauses accounts of whose last mails twice as many came back as is a warning, in the way a person pauses one, with
 * the figures as the reason. It never pauses one that is paused, and none for a week after a person let it go on; then only
 * mails that were sent since count. Several processes may do it at once: the write decides.
 */
export async function pauseForReturnedMail(ports: ReturnedMailPorts, signal: AbortSignal): Promise<void> {
  for (const account of await ports.configTable.accounts()) {
    if (signal.aborted) return;
    if (!account.enabled || account.paused || isRateAccepted(account, ports.clock.now())) continue;
    const rate = judgeReturnRate(await ports.returnRates.lately(account.name, account.bounceRateAccepted?.at));
    if (rate.verdict === "pause") await pause(ports, account.name, rate.words);
  }
}

async function pause(ports: ReturnedMailPorts, name: string, words: string): Promise<void> {
  const reason = words.charAt(0).toUpperCase() + words.slice(1);
  const paused = { by: systemPauser, at: instant(ports.clock.now()), reason };
  const change = (fields: Readonly<Record<string, unknown>>) => {
    if (fields["paused"] !== undefined) throw new AppError("conflict", `The account ${name} is paused already.`);
    return { ...fields, paused };
  };
  try {
    await changeAccount(ports, { id: systemPauser }, name, change, reason);
    ports.log.error({ account: name, reason }, "an account is paused because too much of its mail came back");
  } catch (error) {
    // Paused meanwhile, removed, or being changed by others all the time: the next round sees what became of it.
    if (dispositionOf(error) !== "reject") throw error;
  }
}
