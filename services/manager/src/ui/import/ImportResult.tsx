"use client";
import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { ShownImport } from "../../api/imports.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { ActProblem } from "./ActProblem.tsx";
import styles from "./Import.module.css";
import { ImportRows } from "./ImportRows.tsx";
import { ReadingForm } from "./ReadingForm.tsx";
import type { ImportAct } from "./useImportAct.ts";

interface Props {
  readonly item: ShownImport;
  readonly act: ImportAct;
}

/** What the dry run found and what the import and its undo did, with the lists behind the numbers. */
export function ImportResult({ item, act }: Props) {
  const [isReading, setReading] = useState(false);
  const { state, found, applied, undone } = item;
  const mayChange = item.elsewhere === undefined;
  if (!found) return null;
  if (isReading && mayChange && state === "checked")
    return (
      <Stack>
        <ReadingForm item={item} act={act} />
        <Group>
          <Button variant="default" onClick={() => setReading(false)}>
            Back to the result
          </Button>
        </Group>
      </Stack>
    );
  return (
    <Stack gap="lg">
      <Counts
        label="What the dry run found"
        counts={[
          ["New", found.added],
          ["Changed", found.changed],
          ["Unchanged", found.unchanged],
          ["Refused", found.refused],
        ]}
      />
      {mayChange && state === "checked" && <Decision item={item} act={act} onRead={() => setReading(true)} />}
      {applied && (
        <Counts
          label="What was imported"
          counts={[
            ["Added", applied.added],
            ["Changed", applied.changed],
            ...(applied.left > 0 ? [["Left: changed since the dry run", applied.left] as const] : []),
          ]}
        />
      )}
      {undone && (
        <Counts
          label="What was undone"
          counts={[
            ["Removed", undone.removed],
            ["Set back", undone.restored],
            ["Not undone", undone.kept],
          ]}
        />
      )}
      {mayChange && applied && !undone && (state === "applied" || state === "failed") && <Undo item={item} act={act} />}
      {undone && undone.kept > 0 && (
        <ImportRows id={item.id} list="kept" title="What could not be undone" total={undone.kept} />
      )}
      {applied && applied.left > 0 && (
        <ImportRows id={item.id} list="left" title="Not imported, changed since the dry run" total={applied.left} />
      )}
      {found.refused > 0 && <ImportRows id={item.id} list="refused" title="Refused rows" total={found.refused} />}
      {found.changed > 0 && <ImportRows id={item.id} list="changes" title="The first changes" total={undefined} />}
    </Stack>
  );
}

function Counts({
  label,
  counts,
}: {
  readonly label: string;
  readonly counts: readonly (readonly [string, number])[];
}) {
  return (
    <section aria-label={label}>
      <Text size="sm" fw={600} mb={4}>
        {label}
      </Text>
      <dl className={styles.counts}>
        {counts.map(([name, number]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count(number)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Decision({ item, act, onRead }: Props & { readonly onRead: () => void }) {
  const { added = 0, changed = 0, refused = 0 } = item.found ?? {};
  const isEmpty = added + changed === 0;
  return (
    <Stack gap="sm">
      {isEmpty && (
        <Alert color="gray" variant="light" title="Nothing to import">
          {refused > 0
            ? "No row is new or changed, and some are refused: the list below says why."
            : "Everyone in the file is already here, with the same values."}
        </Alert>
      )}
      {!isEmpty && refused > 0 && (
        <Text size="sm">
          The refused rows are left out. Their list can be downloaded, repaired, and imported as a file of its own.
        </Text>
      )}
      <ActProblem act={act} />
      <Group>
        {!isEmpty && (
          <BusyButton busy={act.busy} onClick={() => act.run({ act: "apply" })}>
            {importWords(added, changed)}
          </BusyButton>
        )}
        <Button variant="default" onClick={onRead}>
          Change how the file is read
        </Button>
      </Group>
    </Stack>
  );
}

function importWords(added: number, changed: number): string {
  const parts = [
    ...(added > 0 ? [`add ${counted(added, "person", "people")}`] : []),
    ...(changed > 0 ? [`change ${count(changed)}`] : []),
  ];
  return `Import: ${parts.join(", ")}`;
}

function Undo({ item, act }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { added = 0, changed = 0 } = item.applied ?? {};
  return (
    <Group>
      <ActProblem act={act} />
      <Button variant="default" onClick={() => setOpen(true)}>
        Undo this import …
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title="Undo this import?"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Stack>
          <Text size="sm">
            {added > 0 &&
              `${counted(added, "added person is", "added people are")} removed, unless a mailing has reached them or their record has changed. `}
            {changed > 0 &&
              `${counted(changed, "changed person gets", "changed people get")} the earlier values back, where the imported ones are still there. Unsubscriptions stay. `}
            What cannot be undone is listed.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setOpen(false)} data-autofocus>
              Keep it
            </Button>
            <BusyButton
              color="red"
              busy={act.busy}
              onClick={() => {
                setOpen(false);
                act.run({ act: "undo" });
              }}
            >
              Undo the import
            </BusyButton>
          </Group>
        </Stack>
      </Modal>
    </Group>
  );
}
