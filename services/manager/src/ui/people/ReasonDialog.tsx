"use client";
import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { longestReason } from "../../api/personChanges.ts";
import { RequestFailed } from "../http.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";
import styles from "./People.module.css";

interface ReasonDialogProps {
  readonly title: string;
  /** What happens, and what does not. */
  readonly effect: ReactNode;
  /** The words of its button. */
  readonly action: string;
  readonly isDangerous?: boolean;
  /** Further fields; `errorOf`: the sentence of the server about a field. */
  readonly fields?: (errorOf: (field: string) => string | undefined) => ReactNode;
  /** What is shown while it works. */
  readonly progress?: ReactNode;
  readonly onSubmit: (reason: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks for the reason of a change of people, makes it, and says in the dialog what went wrong. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { title, effect, action, isDangerous = false, fields, progress, onSubmit, onClose } = props;
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const errorOf = (field: string) => (problem instanceof RequestFailed ? problem.fields[field] : undefined);
  const isOfField = problem instanceof RequestFailed && Object.keys(problem.fields).length > 0;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await onSubmit(reason);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      closeButtonProps={{ "aria-label": "Close" }}
      transitionProps={{ duration: 0 }}
    >
      <form onSubmit={submit} noValidate className={styles.fields}>
        <Stack>
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {effect}
          </Text>
          {fields?.(errorOf)}
          <TextInput
            label="Reason"
            description="Kept in the history. Write no name and no address into it."
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={longestReason}
            error={errorOf("reason")}
            autoComplete="off"
            data-autofocus={fields === undefined || undefined}
          />
          {progress}
          {problem !== undefined && !isOfField && <Problem title="Nothing was changed" error={problem} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <BusyButton type="submit" busy={busy} {...(isDangerous && { color: "red" })}>
              {action}
            </BusyButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
