import { actions, type Command } from "@email-agent/shared/domain/command.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { commandLineKey } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { commandWrite } from "@email-agent/shared/domain/lifecycle/commandWrite.ts";
import { isConfirmedSize } from "@email-agent/shared/domain/lifecycle/confirmedSize.ts";
import { dryRunSize } from "@email-agent/shared/domain/lifecycle/dryRunSize.ts";
import { nothingToStop, standingJudgement } from "@email-agent/shared/domain/lifecycle/judgement.ts";
import { scheduleFault } from "@email-agent/shared/domain/lifecycle/scheduledStart.ts";
import { judgeStart, retryFault } from "@email-agent/shared/domain/lifecycle/startGuards.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { mailsRecipients, stepNames } from "@email-agent/shared/domain/steps.ts";
import { instant, instantSchema } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { inSpan, traceContext } from "@email-agent/shared/kit/tracing.ts";
import type { SelectedPeople } from "@email-agent/shared/run/selectedPeople.ts";
import { z } from "zod";
import type { CommandTaken } from "../../api/commands.ts";
import type { Manager } from "../manager.ts";
import { orderFor } from "../orders/orderFor.ts";
import { peopleOfSelection } from "../recipients/selectedMails.ts";
import { type CountPorts, countRecipients } from "../sending/countRecipients.ts";

export const commandSchema = z.object({
  /** Made by the browser: it recognizes its command in WebSocket messages by it, and may repeat the request. */
  commandId: z.ulid(),
  step: z.enum(stepNames),
  action: z.enum(actions),
  /** For a Send: how many recipients the user was shown and confirmed. */
  confirmRecipients: z.int().min(0).optional(),
  /** With `schedule`: when Send is to start. */
  startAt: instantSchema.optional(),
  /** With `retry`: the selection of mails that are sent again. */
  selection: z.string().max(100).optional(),
});
type Asked = z.output<typeof commandSchema>;

type Ports = CountPorts & Pick<Manager, "orders" | "audit" | "clock" | "selections">;

/** Optimistic locking: a command that another write overtakes is tried this often. */
const tries = 5;
/** A browser gives up on a command after 30 s; the count for a start must be done well before. */
const countWithinMilliseconds = 10_000;

/**
 * Writes a user's command on the order; ingest judges it. The command id is an idempotency key: the same command given
 * again is accepted without a write. Throws AppError `not-found`; `conflict` with the reason where a guard of the start, a
 * resting step or another waiting command refuses it, or where the count differs from the confirmed number (`recipients` in
 * the details); `invalid-input` with field `confirmRecipients` for a large Send whose size was not confirmed.
 */
export function giveCommand(
  ports: Ports,
  user: User,
  id: string,
  asked: Asked,
  countMilliseconds = countWithinMilliseconds,
): Promise<CommandTaken> {
  const attributes = {
    "email_agent.work_order": id,
    "email_agent.step": asked.step,
    "email_agent.action": asked.action,
  };
  return inSpan("give command", { kind: "server", attributes }, () =>
    writeCommand(ports, user, id, asked, countMilliseconds),
  );
}

async function writeCommand(
  ports: Ports,
  user: User,
  id: string,
  asked: Asked,
  countMilliseconds: number,
): Promise<CommandTaken> {
  const { commandId, step, action } = asked;
  const now = ports.clock.now();
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const order = await orderFor(ports, user, id);
    if (await isTaken(ports, order, asked)) return { commandId, version: order.version };
    if (order.pendingCommandAt)
      throw refused("Another command of this work order is still being checked. Wait a moment.");
    judge(order, asked, now);
    await checkSize(ports, order, asked, countMilliseconds);
    const command = {
      id: commandId,
      step,
      action,
      requestedBy: user.id,
      requestedAt: instant(now),
      ...confirmed(asked),
      ...traceContext(),
      ...(action === "schedule" && { startAt: asked.startAt ?? "" }),
      ...(action === "retry" && { selection: asked.selection ?? "" }),
    };
    const written = await ports.orders.write(id, commandWrite(order, command), { updatedBy: user.id });
    if (written) return { commandId, version: written.version };
  }
  throw refused("Others are giving commands to this work order at the same time. Check what they did, then try again.");
}

/** Given before, whether it waits, was judged, or was followed by others since. */
async function isTaken({ audit }: Ports, order: WorkOrder, asked: Asked): Promise<boolean> {
  const id = asked.commandId;
  const known = [order.command, order.lastCommand].find((one) => one?.id === id);
  if (known && (known.step !== asked.step || known.action !== asked.action))
    throw refused("This command id belongs to another command. Reload the page and try again.");
  if (known || standingJudgement(order, { ...asked, id })) return true;
  return audit.has(order.id, commandLineKey(id));
}

function judge(order: WorkOrder, { step, action, startAt = "" }: Asked, now: number): void {
  if (action === "schedule") {
    const fault = scheduleFault(order, step, startAt, now);
    if (fault !== undefined) throw refused(fault);
    return;
  }
  if (action === "retry") {
    const fault = retryFault(order, step, now);
    if (fault !== undefined) throw refused(fault);
    return;
  }
  if (action === "start") {
    const verdict = judgeStart(order, step, now);
    if (verdict.verdict !== "granted") throw refused(verdict.reason);
    return;
  }
  const { status } = order.steps[step];
  if (status !== "working" && status !== "sleeping") throw refused(nothingToStop(order, step));
}

/** A Send goes to the people its user was shown: they are counted again, and above the configured size the user types the number. */
async function checkSize(ports: Ports, order: WorkOrder, asked: Asked, countMilliseconds: number): Promise<void> {
  if (!mailsRecipients(asked.step) || asked.action === "stop") return;
  const tried = dryRunSize(order);
  if (tried === undefined) throw refused("The last Dry-Run is not complete. Run Dry-Run first.");
  const selected = asked.action === "retry" ? await peopleOfSelection(ports, order, asked.selection ?? "") : undefined;
  const size = await countInTime(ports, order, countMilliseconds, selected);
  const { confirmRecipients } = asked;
  if (confirmRecipients !== undefined) {
    if (size === undefined || isConfirmedSize(confirmRecipients, size)) return;
    const sentence = `${count(size)} mails would be sent now, not ${count(confirmRecipients)}. Check the numbers, then confirm ${count(size)}.`;
    throw new AppError("conflict", sentence, { details: { recipients: size } });
  }
  const { confirmSendAbove } = await ports.configTable.settings();
  const known = size ?? tried;
  if (known <= confirmSendAbove) return;
  const sentence = `This Send goes to ${count(known)} recipients. Type that number to confirm it.`;
  throw new AppError("invalid-input", sentence, {
    details: { fields: { confirmRecipients: sentence }, recipients: known },
  });
}

/** How many mails would be sent now; undefined where counting takes too long or too many counts wait. The run itself keeps to the number anyway. */
async function countInTime(
  ports: Ports,
  order: WorkOrder,
  milliseconds: number,
  selected: SelectedPeople | undefined,
): Promise<number | undefined> {
  const signal = AbortSignal.timeout(milliseconds);
  try {
    return (await countRecipients(ports, order, { signal, selected })).recipients;
  } catch (error) {
    if (signal.aborted || (error instanceof AppError && error.code === "busy")) return undefined;
    throw error;
  }
}

/** What the user confirmed limits the Send: people who become eligible later wait for the next start. */
function confirmed({ step, action, confirmRecipients }: Asked): Pick<Command, "confirmedRecipients"> {
  if (!mailsRecipients(step) || action === "stop" || confirmRecipients === undefined) return {};
  return { confirmedRecipients: confirmRecipients };
}

function refused(reason: string): AppError {
  return new AppError("conflict", reason);
}
