"use client";
import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { BusyButton } from "../shell/BusyButton.tsx";

interface Props {
  /** What would be lost, in words; undefined while there is nothing to ask. */
  readonly lost: readonly string[] | undefined;
  readonly isSaving: boolean;
  onCancel(): void;
  onConfirm(): void;
}

/** Asks before users take rights from themselves. */
export function OwnRightsDialog({ lost, isSaving, onCancel, onConfirm }: Props) {
  return (
    <Modal
      opened={lost !== undefined}
      onClose={onCancel}
      title="You take rights from yourself"
      closeButtonProps={{ "aria-label": "Cancel" }}
    >
      {lost && (
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
            <Button variant="default" onClick={onCancel} data-autofocus>
              Cancel
            </Button>
            <BusyButton busy={isSaving} onClick={onConfirm}>
              Save and lose them
            </BusyButton>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
