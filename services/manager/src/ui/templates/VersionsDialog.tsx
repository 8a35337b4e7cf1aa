"use client";
import { Button, Group, Modal, NativeSelect, Skeleton, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import useSWR from "swr";
import type { Template, TemplateVersion, VersionText } from "../../api/templates.ts";
import { call } from "../http.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { momentText } from "../shell/momentText.ts";
import { Problem } from "../shell/Problem.tsx";
import { DiffView } from "./DiffView.tsx";

interface Props {
  readonly opened?: boolean;
  readonly template: Template;
  readonly canRestore: boolean;
  readonly onRestored: (template: Template) => void;
  readonly onClose: () => void;
}

/** Every version of a template: who and when, two of them compared, and an earlier one restored. */
export function VersionsDialog({ template, canRestore, onRestored, onClose }: Props) {
  const { name, versions, version: present } = template;
  const [from, setFrom] = useState(versions[1]?.version ?? present);
  const [to, setTo] = useState(present);
  const before = useVersion(name, from);
  const after = useVersion(name, to);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const error = before.error ?? after.error ?? problem;

  const restore = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const path = `/api/templates/${encodeURIComponent(name)}/restore`;
      const restored = await call<Template>("POST", path, { version: present, from });
      onRestored(restored);
      notifications.show({ message: `The text of version ${from} is version ${restored.version} now.` });
      onClose();
    } catch (thrown) {
      setProblem(thrown);
      setBusy(false);
    }
  };
  const choices = versions.map((one) => ({ value: String(one.version), label: versionWords(one, present) }));
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={`Versions of ${name}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <Group grow preventGrowOverflow={false}>
          <NativeSelect
            label="From"
            data={choices}
            value={String(from)}
            onChange={(event) => setFrom(Number(event.currentTarget.value))}
          />
          <NativeSelect
            label="To"
            data={choices}
            value={String(to)}
            onChange={(event) => setTo(Number(event.currentTarget.value))}
          />
        </Group>
        {error !== undefined && <Problem error={error} />}
        {before.data && after.data ? (
          <DiffView before={before.data.html} after={after.data.html} label={`Version ${from} and version ${to}`} />
        ) : (
          <Skeleton height={200} role="status" aria-label="Loading" />
        )}
        <Group justify="flex-end">
          {from !== present && !canRestore && (
            <Text size="sm" c="dimmed">
              Save or undo your changes to restore a version.
            </Text>
          )}
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          {from !== present && canRestore && (
            <BusyButton busy={busy} onClick={() => void restore()}>
              {`Restore version ${from}`}
            </BusyButton>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function useVersion(name: string, version: number) {
  const path = `/api/templates/${encodeURIComponent(name)}/versions/${version}`;
  // A version never changes.
  return useSWR<VersionText, Error>(path, () => call<VersionText>("GET", path), { revalidateIfStale: false });
}

function versionWords({ version, changedAt, changedBy, removed }: TemplateVersion, present: number): string {
  const note = removed ? ", deleted" : version === present ? ", now" : "";
  return `${version}: ${momentText(changedAt, "short")} by ${changedBy}${note}`;
}
