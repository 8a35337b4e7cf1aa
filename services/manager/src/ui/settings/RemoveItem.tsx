"use client";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { SettingsItem } from "../../api/settings.ts";
import { call } from "../http.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";
import { kindTitles } from "./kindTitles.ts";

/** Removes an item that nothing uses, after a question. */
export function RemoveItem({ item }: { readonly item: SettingsItem }) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const { key = "", version = 0, form } = item;
  const what = `${kindTitles[form.kind].one.toLowerCase()} ${key}`;
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
    <>
      <div>
        <Button color="red" variant="outline" onClick={() => setOpen(true)}>
          Remove {what}
        </Button>
      </div>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={`Remove the ${what}?`}
        closeButtonProps={{ "aria-label": "Keep it" }}
      >
        <Stack>
          <Text size="sm">
            Its versions stay: it can be restored from its page. Passwords and keys do not, and have to be entered
            again.
          </Text>
          {problem !== undefined && <Problem error={problem} title="Not removed" />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setOpen(false)} data-autofocus>
              Keep it
            </Button>
            <BusyButton color="red" busy={isBusy} onClick={() => void remove()}>
              Remove
            </BusyButton>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
