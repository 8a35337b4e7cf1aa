import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { isOrderId } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { mostOrdersAtOnce, type ReturnedOfOrders } from "../../api/recipients.ts";
import type { Manager } from "../manager.ts";
import { readReturned } from "./readReturned.ts";

/**
 * How many mails of the current mailing of each order came back, all languages together; an order without any, or that the user
 * may not see, is absent. `ids`: with commas. AppError `invalid-input` for more than `mostOrdersAtOnce`.
 */
export async function returnedOfOrders(
  ports: Pick<Manager, "orders" | "bounces">,
  user: Pick<User, "eventAccess">,
  ids: string,
): Promise<ReturnedOfOrders> {
  const asked = [...new Set(ids.split(",").filter(Boolean))];
  if (asked.length > mostOrdersAtOnce)
    throw new AppError("invalid-input", `Ask for ${mostOrdersAtOnce} work orders at most.`);
  const found = await Promise.all(
    asked.map(async (id): Promise<[string, number]> => {
      const order = isOrderId(id) ? await ports.orders.get(id) : undefined;
      if (!order || !maySee(user, order.eventCode)) return [id, 0];
      const { languages } = await readReturned(ports, mailingsOf(order)[0]);
      return [id, languages.reduce((sum, one) => sum + one["bounced-hard"] + one["bounced-soft"] + one.complained, 0)];
    }),
  );
  return { orders: Object.fromEntries(found.filter(([, mails]) => mails > 0)) };
}
