"use client";
import { rowOf } from "@email-agent/shared/domain/form/orderFields.ts";
import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import type { Resets } from "../../api/orders.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { StatusBadge } from "../shell/StatusBadge.tsx";

interface Props {
  readonly resets: Resets | undefined;
  readonly isSaving: boolean;
  onCancel(): void;
  onConfirm(): void;
}

/** Asks before a save that resets steps: which ones go back to ready, and why. */
export function ResetDialog({ resets, isSaving, onCancel, onConfirm }: Props) {
  return (
    <Modal
      opened={resets !== undefined}
      onClose={onCancel}
      title="Saving resets steps"
      closeButtonProps={{ "aria-label": "Cancel" }}
    >
      {resets && (
        <Stack>
          <Text size="sm">
            These steps go back to ready and must be run again.{" "}
            {isOtherMailing(resets) ? (
              <strong>
                It becomes another mailing: everyone is eligible again, including those who received it before.
              </strong>
            ) : (
              "No one who received the mailing gets it twice."
            )}
          </Text>
          <List size="sm" spacing="xs" listStyleType="none" withPadding={false}>
            {resets.steps.map(({ name, status, why }) => (
              <List.Item key={name}>
                <Group gap="xs">
                  <Text span fw={600} size="sm">
                    {name}
                  </Text>
                  <StatusBadge status={status} />
                  <Text span size="sm">
                    {why}
                  </Text>
                </Group>
              </List.Item>
            ))}
          </List>
          {resets.clearsPrepared && (
            <Text size="sm">The prepared content is discarded: Prepare must run before anything is mailed.</Text>
          )}
          {resets.needsConfirmation && (
            <Text size="sm" fw={600}>
              Some of them are not complete: the results of their last run will be lost.
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onCancel} data-autofocus>
              Cancel
            </Button>
            <BusyButton busy={isSaving} onClick={onConfirm}>
              Save and reset
            </BusyButton>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

/** Under another mailing key no one has received anything yet. */
function isOtherMailing({ changed }: Resets): boolean {
  return changed.some((field) => rowOf(field)?.inMailingKey);
}
