"use client";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { OtherVersion } from "../../api/templates.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";
import { DiffView } from "./DiffView.tsx";
import type { TemplateText } from "./useTemplateText.ts";

/** Another user saved meanwhile: both texts, and what to do. Nothing is lost whatever is chosen. */
export function ConflictDialog({
  other,
  draft,
  onTake,
  onClose,
}: {
  readonly other: OtherVersion;
  readonly draft: TemplateText;
  readonly onTake: (other: OtherVersion) => void;
  readonly onClose: () => void;
}) {
  const done = other.removed ? "deleted this template" : `saved version ${other.version}`;
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title="Saved by someone else meanwhile"
      closeButtonProps={{ "aria-label": "Back to my text" }}
    >
      <Stack>
        <Text size="sm">
          {other.changedBy} {done} <Moment at={other.changedAt} />. Your text is not saved and still in the editor.
          Below: what your text changes in theirs.
        </Text>
        <DiffView before={other.html} after={draft.text} label="Their text and yours" />
        {draft.problem !== undefined && <Problem title="Not saved" error={draft.problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Back to my text
          </Button>
          <Button variant="default" onClick={() => onTake(other)}>
            Take theirs
          </Button>
          <BusyButton busy={draft.busy} onClick={() => void draft.save(other.version)}>
            Save mine as the next version
          </BusyButton>
        </Group>
        <Text size="xs" c="dimmed">
          Their version stays among the versions if you save yours. If you take theirs, Undo in the editor brings yours
          back.
        </Text>
      </Stack>
    </Modal>
  );
}
