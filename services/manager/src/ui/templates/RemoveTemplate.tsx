"use client";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { Template } from "../../api/templates.ts";
import { call } from "../http.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";
import { Uses } from "./TemplateTable.tsx";

/** Asks before a template is deleted, and says which orders take it. */
export function RemoveTemplate({
  template,
  onRemoved,
  onClose,
}: {
  readonly opened?: boolean;
  readonly template: Template;
  readonly onRemoved: () => void;
  readonly onClose: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const next = template.usedBy.filter(({ isNext }) => isNext);
  const remove = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await call("DELETE", `/api/templates/${encodeURIComponent(template.name)}`, { version: template.version });
      onRemoved();
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title="Delete this template?" closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          Prepare no longer finds {template.name} here. Its versions stay, and it can be restored. What is published
          stays published.
        </Text>
        {next.length > 0 && (
          <Text size="sm">
            These orders take it at their next Prepare, which then looks in Mailchimp and the folder:{" "}
            <Uses uses={next} />
          </Text>
        )}
        {problem !== undefined && <Problem title="Not deleted" error={problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Keep it
          </Button>
          <BusyButton color="red" busy={busy} onClick={() => void remove()}>
            Delete
          </BusyButton>
        </Group>
      </Stack>
    </Modal>
  );
}
