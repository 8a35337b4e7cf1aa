import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { personLines } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { portsOf } from "../ops/ports.ts";
import type { Entry } from "./entry.ts";
import { auditEntries } from "./orderEntries.ts";

/** One person's life in the mailings of an order: claims, outcomes, resolutions, and what users changed of the person. */
export async function personEntries(ports: ReturnType<typeof portsOf>, order: WorkOrder, id: string): Promise<Entry[]> {
  const keys = mailingsOf(order).flatMap((mailing) =>
    mailing.languages.map((language) => mailingKey(mailing, language)),
  );
  const { runId } = order.steps.Test;
  const tests = runId === undefined ? [] : order.languages.map((code) => testPartition(mailingKey(order, code), runId));
  const found = await ports.deliveries.ofPerson([...keys, ...tests], id);
  const entries = [...found].flatMap(([partition, delivery]): Entry[] => {
    const {
      status,
      attempt,
      sendingAt,
      endedAt,
      smtpResponse,
      messageId,
      runId: by,
      resolvedAt,
      resolvedBy,
    } = delivery;
    const { bounced, complained } = delivery;
    const entry = (at: string | undefined, text: string): Entry[] =>
      at === undefined ? [] : [{ at, source: "person", text: `${partition}: ${text}` }];
    const reply = smtpResponse ? `: ${maskAddresses(smtpResponse)}` : "";
    return [
      ...entry(sendingAt, `attempt ${attempt} begins (run ${by})`),
      ...entry(endedAt, `${status}${reply}${messageId ? ` ${messageId}` : ""}`),
      ...entry(resolvedAt, `resolved by ${resolvedBy ?? "unknown"}`),
      ...entry(bounced?.at, `bounced: ${maskAddresses(bounced?.reply ?? "")}`),
      ...entry(complained?.at, "marked as spam by the person"),
    ];
  });
  return [...entries, ...(await auditEntries(ports, personLines(id)))];
}
