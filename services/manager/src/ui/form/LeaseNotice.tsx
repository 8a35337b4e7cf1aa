"use client";
import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Moment } from "../shell/Moment.tsx";
import type { EditLeaseHook } from "./useEditLease.ts";

interface Props {
  readonly lease: EditLeaseHook;
  readonly canWrite: boolean;
  /** A step works at this moment. */
  readonly working: string | undefined;
  /** No one has the form open any more. */
  readonly isFree: boolean;
  readonly isDirty: boolean;
}

/** Why the form is read-only, and what can be done about it. */
export function LeaseNotice({ lease, canWrite, working, isFree, isDirty }: Props) {
  const { state, take } = lease;
  const [asking, setAsking] = useState(false);
  if (!canWrite)
    return (
      <Alert color="yellow" variant="light" title="Read Only">
        Your role lets you look at work orders, not change them. Ask for write access if you need it.
      </Alert>
    );
  if (state.phase === "held" && state.unreachable)
    return (
      <Alert color="yellow" variant="light" title="The server cannot be reached" role="status">
        Keep typing. You can save as soon as the server responds.
      </Alert>
    );
  if (state.phase !== "refused") return null;
  const { refusal, lost } = state;
  const holder = isFree ? undefined : refusal.holder;
  const takeOver = async () => {
    setAsking(false);
    await take(true);
  };
  return (
    <Alert
      color="yellow"
      variant="light"
      role="alert"
      title={lost ? "This form can no longer be saved" : "This form is read-only"}
    >
      <Stack gap="sm">
        <Text size="sm">
          {refusal.holder && isFree ? "No one is editing this work order any more." : refusal.message}
          {holder && !holder.isYou && (
            <>
              {" "}
              If they stop editing, the form unlocks at <Moment at={holder.expiresAt} />.
            </>
          )}
        </Text>
        {isDirty && (isFree || refusal.reason === "working") && (
          <Text size="sm" fw={600}>
            What you typed is still here. Edit again to save it.
          </Text>
        )}
        <Group>
          {holder ? (
            <Button size="xs" variant="default" onClick={() => setAsking(true)}>
              Take over
            </Button>
          ) : (
            <Button size="xs" variant="default" disabled={working !== undefined} onClick={() => void take()}>
              {working === undefined ? "Edit" : `Edit when ${working} has ended`}
            </Button>
          )}
        </Group>
      </Stack>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title="Take over the form?"
        closeButtonProps={{ "aria-label": "Cancel" }}
      >
        <Stack>
          <Text size="sm">
            {holder?.isYou ? "Your other window" : holder?.name} can then no longer save what was typed there. The
            history of the work order records that you took over.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
              Cancel
            </Button>
            <Button color="red" onClick={() => void takeOver()}>
              Take over
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Alert>
  );
}
