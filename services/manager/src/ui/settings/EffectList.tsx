import { Anchor, List, Text } from "@mantine/core";
import type { ItemEffect } from "../../api/settings.ts";

/** Work orders that a change sets back: a link to each, its steps, and whether it must wait. */
export function EffectList({ orders }: { readonly orders: readonly ItemEffect[] }) {
  return (
    <List size="sm" spacing="xs" listStyleType="none" withPadding={false}>
      {orders.map(({ title, address, steps, busy }) => (
        <List.Item key={`${address}${steps.join()}`} style={{ overflowWrap: "anywhere" }}>
          <Anchor href={address} target="_blank" size="sm">
            {title}
          </Anchor>
          : {steps.join(", ")}
          {busy && (
            <Text size="sm" fw={600}>
              A step of it works: it is not set back. Start these steps again when it has ended.
            </Text>
          )}
        </List.Item>
      ))}
    </List>
  );
}
