"use client";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import type { Order } from "../../api/orders.ts";
import { call } from "../http.ts";
import { useLive } from "../live/useLive.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";

/** Asks before an order is deleted permanently. The server refuses if it has mailed anyone. */
export function DeleteDialog({
  order,
  name,
  onClose,
}: {
  readonly order: Order;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const { remove } = useLive();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();

  const erase = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await call("DELETE", `/api/work-orders/${order.id}`);
      remove(order.id);
      notifications.show({ message: `${name} was deleted.` });
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={`Delete ${name}?`} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <Text size="sm">
          This deletes the work order and its settings permanently. Only an order that has never mailed anyone can be
          deleted; archive others instead.
        </Text>
        {problem !== undefined && <Problem error={problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Keep it
          </Button>
          <BusyButton color="red" busy={busy} onClick={() => void erase()}>
            Delete
          </BusyButton>
        </Group>
      </Stack>
    </Modal>
  );
}
