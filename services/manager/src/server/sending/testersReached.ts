import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import { testerName } from "@email-agent/shared/domain/recipients/tester.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { GoNoGoTester } from "../../api/sending.ts";
import type { Manager } from "../manager.ts";

/**
 * Who of the order's testers got the last Test in which language, from the deliveries of that run. Names come from the
 * mails, or from Config, where an address may be the name: masked for users who may not see addresses.
 */
export async function testersReached(
  { deliveries, configTable }: Pick<Manager, "deliveries" | "configTable">,
  user: Pick<User, "showAddresses">,
  order: WorkOrder,
): Promise<GoNoGoTester[]> {
  const { runId } = order.steps.Test;
  const [known, ledgers] = await Promise.all([
    configTable.testers(),
    Promise.all(order.languages.map((code) => testLedger({ deliveries }, order, code, runId))),
  ]);
  const testers = new Map(known.map((tester) => [tester.id, tester]));
  return order.testers.map((id) => {
    const found = order.languages.flatMap((code, index) => {
      const delivery = ledgers[index]?.get(id);
      return delivery ? [[code, delivery] as const] : [];
    });
    const tester = testers.get(id);
    // The mails to an address that is no participant are to an example person.
    const isAddress = tester?.email !== undefined;
    const mailed = found.find(([, delivery]) => delivery.name)?.[1].name;
    return {
      id,
      name: isAddress ? testerName(tester, user) : maskAddresses(mailed || tester?.label || `Tester ${id}`),
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
