"use client";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { SettingsItem } from "../../api/settings.ts";
import { Changes } from "./Changes.tsx";
import type { Values } from "./itemValues.ts";

interface Props {
  readonly item: SettingsItem;
  readonly version: number;
  /** All values of that version, the fields of the key included. */
  readonly after: Values;
  readonly onClose: () => void;
  readonly onRestore: (values: Values) => void;
}

/** What a restore of an earlier version changes. Open while it is mounted. */
export function RestoreDialog({ item, version, after, onClose, onRestore }: Props) {
  const canChange = item.elsewhere === undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={`What a restore of version ${version} changes`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <Changes fields={item.form.fields} before={item.values} after={after} />
        {canChange && (
          <Text size="sm">
            Passwords and keys stay as they are. The values go into the form, where you can change them, and count once
            you save.
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          {canChange && <Button onClick={() => onRestore(after)}>Put into the form</Button>}
        </Group>
      </Stack>
    </Modal>
  );
}
