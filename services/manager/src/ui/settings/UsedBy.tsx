import { Anchor, List, Text, Title } from "@mantine/core";
import Link from "next/link";
import type { SettingsItem } from "../../api/settings.ts";

/** What names the item, and so keeps it from being removed. */
export function UsedBy({ item: { usedBy } }: { readonly item: SettingsItem }) {
  return (
    <section aria-label="Used by">
      <Title order={2} size="h5">
        Used by
      </Title>
      {usedBy.length === 0 && <Text size="sm">Nothing uses it.</Text>}
      <List size="sm">
        {usedBy.map(({ title, address }) => (
          <List.Item key={address}>
            <Anchor component={Link} href={address} size="sm">
              {title}
            </Anchor>
          </List.Item>
        ))}
      </List>
    </section>
  );
}
