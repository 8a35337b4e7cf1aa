import { Text } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import { useOptions } from "../orders/useOptions.ts";

/** The name of the event and the description of the stage, for places that show their codes. Nothing until they are known. */
export function MailingNames({ order: { eventCode, stage } }: { readonly order: Pick<Order, "eventCode" | "stage"> }) {
  const { options } = useOptions();
  const event = options?.events.find(({ code }) => code === eventCode)?.name;
  const description = options?.stages.find(({ name }) => name === stage)?.description;
  const names = [event, description].filter(Boolean).join(" · ");
  if (!names) return undefined;
  return (
    <Text component="span" display="block" size="sm" fw={400} c="dimmed">
      {names}
    </Text>
  );
}
