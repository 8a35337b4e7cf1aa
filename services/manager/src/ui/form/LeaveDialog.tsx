"use client";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { LeaveGuard } from "./useLeaveGuard.ts";

/** Asks before unsaved changes are discarded. */
export function LeaveDialog({ guard }: { readonly guard: LeaveGuard }) {
  return (
    <Modal
      opened={guard.isAsking}
      onClose={guard.stay}
      title="Leave without saving?"
      closeButtonProps={{ "aria-label": "Stay" }}
    >
      <Stack>
        <Text size="sm">Your changes in this form are not saved. If you leave now, they are lost.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={guard.stay} data-autofocus>
            Stay
          </Button>
          <Button color="red" onClick={guard.leave}>
            Leave without saving
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
