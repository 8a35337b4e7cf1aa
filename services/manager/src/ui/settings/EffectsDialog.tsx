"use client";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { ItemEffect } from "../../api/settings.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { EffectList } from "./EffectList.tsx";

interface Props {
  readonly orders: readonly ItemEffect[] | undefined;
  readonly isSaving: boolean;
  onCancel(): void;
  onConfirm(): void;
}

/** Asks before a save that makes results of work orders stale: which orders, which of their steps, and what it means. */
export function EffectsDialog({ orders, isSaving, onCancel, onConfirm }: Props) {
  return (
    <Modal
      opened={orders !== undefined}
      onClose={onCancel}
      title="Saving sets back work orders"
      closeButtonProps={{ "aria-label": "Cancel" }}
    >
      {orders && (
        <Stack>
          <Text size="sm">
            What these steps found out or checked does not hold any more: they go back to ready and must be run again.
            Mail that was sent stays sent, and no one gets it twice. A Send that has begun goes on.
          </Text>
          <EffectList orders={orders} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onCancel} data-autofocus>
              Cancel
            </Button>
            <BusyButton busy={isSaving} onClick={onConfirm}>
              Save and set back
            </BusyButton>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
