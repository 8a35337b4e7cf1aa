import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { resolvableAt } from "@email-agent/shared/domain/delivery/resolution.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Command } from "commander";
import { resolveDelivery } from "../../services/manager/src/server/recipients/resolveDelivery.ts";
import { mayChange, type Operation, refuse, sayJson } from "./operation.ts";
import { orderOf } from "./orders.ts";
import { operatorUser, portsOf } from "./ports.ts";
import { changingCommand, command, group, run } from "./program.ts";
import { moment, progressBar, sayTable } from "./screen.ts";

interface ResolveOptions {
  readonly received?: true;
  readonly notReceived?: true;
  readonly all?: true;
  readonly language?: string;
}

export function addInDoubtCommands(program: Command): void {
  const doubts = group(program, "in-doubt", "Mails of which no one knows whether they were delivered.");
  command(
    doubts,
    "list [order]",
    "Mails in doubt of one work order, or of all, with the Message-ID to look for in the log of the mail server.",
    "in-doubt list wo-01KAB… --json",
  ).action(run(listDoubts));
  changingCommand(
    doubts,
    "resolve <order> [ids...]",
    "Says of mails in doubt that they were received, or that they were not: then the next Send mails these people.",
    "in-doubt resolve wo-01KAB… 200000123 200000124 --received",
    "in-doubt resolve wo-01KAB… --all --language EN --not-received",
  )
    .option("--received", "they were received")
    .option("--not-received", "they were not received, and are to be mailed again")
    .option("--all", "all of the work order, in place of ids")
    .option("--language <code>", "in this language only")
    .action(run(resolveDoubts));
}

/** No addresses: the person is found by the id. */
interface Doubt {
  readonly workOrderId: string;
  readonly participantId: string;
  readonly language: string;
  readonly mailing: string;
  readonly since: string;
  readonly resolvableAt: string;
  readonly claimId: string;
  readonly runId: string;
  readonly messageId?: string;
}

async function* doubtsOf(operation: Operation, order: WorkOrder): AsyncGenerator<Doubt> {
  const { deliveries } = portsOf(operation);
  for (const mailing of mailingsOf(order))
    for (const language of mailing.languages) {
      const partition = mailingKey(mailing, language);
      for await (const { items } of deliveries.needingAttention(partition, "in-doubt", {
        limit: 100,
        signal: operation.signal,
      }))
        for (const { delivery } of items) {
          const { participantId, claimId = "", runId, sendingAt, messageId } = delivery;
          yield {
            ...{
              workOrderId: order.id,
              participantId,
              language,
              mailing: mailing.name,
              since: sendingAt,
              claimId,
              runId,
            },
            resolvableAt: new Date(resolvableAt(delivery)).toISOString(),
            ...(messageId && { messageId }),
          };
        }
    }
}

async function listDoubts(operation: Operation, id?: string): Promise<boolean> {
  const orders = id === undefined ? operation.orders.list() : [await orderOf(operation, id)];
  const found: Doubt[] = [];
  for await (const order of orders) for await (const doubt of doubtsOf(operation, order)) found.push(doubt);
  sayTable(
    operation,
    found,
    {
      Order: ({ workOrderId }) => workOrderId,
      Mailing: ({ mailing }) => mailing,
      Language: ({ language }) => language,
      Participant: ({ participantId }) => participantId,
      Since: ({ since }) => moment(since),
      "Can be resolved from": (doubt) => moment(doubt.resolvableAt),
      "Message-ID": ({ messageId }) => messageId,
    },
    "No mail is in doubt.",
  );
  return true;
}

async function resolveDoubts(
  operation: Operation<ResolveOptions>,
  id: string,
  ids: readonly string[],
): Promise<boolean> {
  const { options, say, complain } = operation;
  if ((options.received === true) === (options.notReceived === true))
    throw new Error("Say either --received or --not-received.");
  if (ids.length > 0 === (options.all === true)) throw new Error("Name the ids of participants, or say --all.");
  const received = options.received === true;
  const order = await orderOf(operation, id);
  const found = (await Array.fromAsync(doubtsOf(operation, order))).filter(
    ({ participantId, language }) =>
      (options.all || ids.includes(participantId)) && (options.language ?? language) === language,
  );
  const unknown = ids.filter((one) => !found.some(({ participantId }) => participantId === one));
  for (const one of unknown) complain(`Not in doubt: ${one}.`);
  if (found.length === 0) return refuse(operation, "There is nothing to resolve.");
  const words = received ? "were received" : "were not received, so that the next Send mails them again";
  const may = await mayChange(operation, `Say that ${found.length} mails in doubt ${words}?`);
  if (!may) return may === undefined;
  const { resolved, refused } = await resolveEach(operation, order, found, received);
  for (const [person, why] of refused) complain(`${person}: ${why}`);
  if (options.json) sayJson(operation, { resolved, refused: Object.fromEntries(refused), unknown });
  else say(`${resolved} resolved, ${refused.length} refused.`);
  return refused.length === 0 && unknown.length === 0;
}

async function resolveEach(operation: Operation, order: WorkOrder, found: readonly Doubt[], received: boolean) {
  const [ports, user] = [portsOf(operation), operatorUser(operation)];
  const refused: [participantId: string, why: string][] = [];
  using bar = progressBar(operation, "Resolving", found.length);
  for (const [index, { participantId, language, claimId, mailing }] of found.entries()) {
    operation.signal.throwIfAborted();
    try {
      await resolveDelivery(ports, user, order, participantId, { language, claimId, received, mailing });
    } catch (error) {
      refused.push([participantId, (error as Error).message]);
    }
    bar.at(index + 1);
  }
  return { resolved: found.length - refused.length, refused };
}
