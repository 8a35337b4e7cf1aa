import { Text } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import { useMailingNames } from "../orders/useOptions.ts";

/** What the codes of an order stand for, in one line: name of the event, description of the stage. Nothing until known. */
export function MailingNames({ order }: { readonly order: Pick<Order, "eventCode" | "stage"> }) {
  const { event, stage } = useMailingNames()(order);
  const names = [event, stage].filter(Boolean).join(" · ");
  if (!names) return undefined;
  return (
    <Text component="span" display="block" size="sm" fw={400} c="dimmed">
      {names}
    </Text>
  );
}
