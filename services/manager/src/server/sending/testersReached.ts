import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { GoNoGoTester } from "../../api/sending.ts";
import type { Manager } from "../manager.ts";

/**
 * Who of the order's testers got the last Test in which language, from the deliveries of that run. Names only: they come
 * from the mails, from Config, or are the id.
 */
export async function testersReached(
  { deliveries, configTable }: Pick<Manager, "deliveries" | "configTable">,
  order: WorkOrder,
): Promise<GoNoGoTester[]> {
  const { runId } = order.steps.Test;
  const [known, ledgers] = await Promise.all([
    configTable.testers(),
    Promise.all(order.languages.map((code) => testLedger({ deliveries }, order, code, runId))),
  ]);
  const labels = new Map(known.map(({ id, label }) => [id, label]));
  return order.testers.map((id) => {
    const found = order.languages.flatMap((code, index) => {
      const delivery = ledgers[index]?.get(id);
      return delivery ? [[code, delivery] as const] : [];
    });
    const name = found.find(([, delivery]) => delivery.name)?.[1].name || labels.get(id) || `Tester ${id}`;
    return {
      id,
      name: maskAddresses(name),
      mails: Object.fromEntries(
        found.map(([code, { status, contentHash }]) => [
          code,
          { status, outdated: contentHash !== order.prepared[code]?.hash },
        ]),
      ),
    };
  });
}

async function testLedger(
  { deliveries }: Pick<Manager, "deliveries">,
  order: WorkOrder,
  language: string,
  runId: string | undefined,
): Promise<Map<string, Delivery>> {
  if (runId === undefined) return new Map();
  return deliveries.getMany(testPartition(mailingKey(order, language), runId), order.testers);
}
