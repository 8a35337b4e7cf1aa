"use client";
import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { BusyButton } from "../shell/BusyButton.tsx";

interface Props {
  /** What would be lost, in words. */
  readonly lost: readonly string[];
  readonly isSaving: boolean;
  readonly onClose: () => void;
  onConfirm(): void;
}

/** Asks before users take rights from themselves. Open while it is mounted. */
export function OwnRightsDialog({ lost, isSaving, onClose, onConfirm }: Props) {
  return (
    <Modal opened onClose={onClose} title="You take rights from yourself" closeButtonProps={{ "aria-label": "Cancel" }}>
      <Stack>
        <Text size="sm">You lose, and are signed out at once:</Text>
        <List size="sm" spacing="xs" withPadding>
          {lost.map((right) => (
            <List.Item key={right} style={{ overflowWrap: "anywhere" }}>
              {right}
            </List.Item>
          ))}
        </List>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <BusyButton busy={isSaving} onClick={onConfirm}>
            Save and lose them
          </BusyButton>
        </Group>
      </Stack>
    </Modal>
  );
}
