import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { PausedByHand } from "../limits/pausedByHand.ts";
import { sendProgress } from "./sendProgress.ts";
import type { SendRun } from "./sendRun.ts";

/** A pause by hand has no known end: the order says one minute from now, again and again while it lasts. */
const saidMilliseconds = 60_000;

/**
 * Whether a person paused the account of the run: then no chunk is issued, and the order says why. A Send whose end has come
 * goes on, so that the rest is skipped.
 */
export async function notePauseByHand(sendRun: SendRun, why: PausedByHand): Promise<boolean> {
  const { run, ports, content, paused } = sendRun;
  const now = ports.clock.now();
  const because = await why(content.account);
  const { sendUntil } = run.order;
  if (because === undefined || (sendUntil !== undefined && epochMilliseconds(sendUntil) <= now)) {
    if (paused?.byHand) {
      delete sendRun.paused;
      run.report(sendProgress(sendRun));
    }
    return false;
  }
  const isSaid = paused?.byHand && paused.because === because;
  if (!isSaid || epochMilliseconds(paused.until) < now + saidMilliseconds / 2) {
    sendRun.paused = { until: instant(now + saidMilliseconds), because, byHand: true };
    run.report(sendProgress(sendRun));
  }
  return true;
}
