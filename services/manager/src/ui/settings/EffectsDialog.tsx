"use client";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { ItemEffect } from "../../api/settings.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { EffectList } from "./EffectList.tsx";

interface Props {
  readonly orders: readonly ItemEffect[];
  readonly isSaving: boolean;
  readonly onClose: () => void;
  onConfirm(): void;
}

/** Asks before a save that makes results of work orders stale: which orders, which of their steps, and what it means. Open while it is mounted. */
export function EffectsDialog({ orders, isSaving, onClose, onConfirm }: Props) {
  return (
    <Modal opened onClose={onClose} title="Saving sets back work orders" closeButtonProps={{ "aria-label": "Cancel" }}>
      <Stack>
        <Text size="sm">
          What these steps found out or checked does not hold any more: they go back to ready and must be run again.
          Mail that was sent stays sent, and no one gets it twice. A Send that has begun goes on.
        </Text>
        <EffectList orders={orders} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <BusyButton busy={isSaving} onClick={onConfirm}>
            Save and set back
          </BusyButton>
        </Group>
      </Stack>
    </Modal>
  );
}
