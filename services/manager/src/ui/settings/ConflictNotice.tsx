"use client";
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import type { SettingsItem } from "../../api/settings.ts";
import { Changes } from "./Changes.tsx";
import { changedNames, mergedValues, type Values } from "./itemValues.ts";

interface Props {
  /** As it was when the form was opened, as it is now, and what is entered. */
  readonly item: SettingsItem;
  readonly newer: SettingsItem;
  readonly entries: Values;
  readonly onOpen: (item: SettingsItem, entered?: Values) => void;
}

/** Someone else saved the item while it was edited: what they changed, and the two ways on. */
export function ConflictNotice({ item, newer, entries, onOpen }: Props) {
  const { fields } = item.form;
  const theirs = changedNames(fields, item.values, newer.values);
  const mine = changedNames(fields, item.values, entries);
  const onBoth = fields.filter(({ name }) => theirs.includes(name) && mine.includes(name)).map(({ title }) => title);
  return (
    <Alert color="yellow" variant="light" role="alert" title="Changed by someone else meanwhile">
      <Stack gap="sm">
        <Text size="sm">
          Nothing was saved, and your entries are still here.
          {newer.changedBy !== undefined && ` ${newer.changedBy} saved version ${newer.version}:`}
        </Text>
        <Changes fields={fields} before={item.values} after={newer.values} />
        {onBoth.length > 0 && (
          <Text size="sm" fw={600}>
            Both of you changed: {onBoth.join(", ")}.
          </Text>
        )}
        <Group gap="sm">
          <Button
            variant="default"
            onClick={() => onOpen(newer, mergedValues(fields, item.values, newer.values, entries))}
          >
            Keep my entries on top
          </Button>
          <Button variant="default" onClick={() => onOpen(newer)}>
            Discard my entries
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
