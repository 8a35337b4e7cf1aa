"use client";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { SettingsItem } from "../../api/settings.ts";
import { call } from "../http.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";

interface Props {
  readonly item: SettingsItem;
  /** What is removed, in words: `pool oath`. */
  readonly what: string;
  readonly onClose: () => void;
}

/** Asks before an item is removed, and removes it. Open while it is mounted. */
export function RemoveDialog({ item, what, onClose }: Props) {
  const router = useRouter();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const { key = "", version = 0, form } = item;
  const remove = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await call("DELETE", `/api/settings/${form.kind}/${encodeURIComponent(key)}?version=${version}`);
      router.push(`/settings/${form.kind}`);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={`Remove the ${what}?`} closeButtonProps={{ "aria-label": "Keep it" }}>
      <Stack>
        <Text size="sm">
          Its versions stay: it can be restored from its page. Passwords and keys do not, and have to be entered again.
        </Text>
        {problem !== undefined && <Problem error={problem} title="Not removed" />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Keep it
          </Button>
          <BusyButton color="red" busy={isBusy} onClick={() => void remove()}>
            Remove
          </BusyButton>
        </Group>
      </Stack>
    </Modal>
  );
}
