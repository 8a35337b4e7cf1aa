"use client";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";

interface Props {
  readonly onClose: () => void;
  readonly onLeave: () => void;
}

/** The window that asks before unsaved changes are discarded. Open while it is mounted. */
export function LeaveQuestion({ onClose, onLeave }: Props) {
  return (
    <Modal opened onClose={onClose} title="Leave without saving?" closeButtonProps={{ "aria-label": "Stay" }}>
      <Stack>
        <Text size="sm">Your changes in this form are not saved. If you leave now, they are lost.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Stay
          </Button>
          <Button color="red" onClick={onLeave}>
            Leave without saving
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
