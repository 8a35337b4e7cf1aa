"use client";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Alert, Group, Skeleton, Stack, Text } from "@mantine/core";
import dynamic from "next/dynamic";
import { useCallback, useMemo, useState } from "react";
import type { Template } from "../../api/templates.ts";
import { LeaveDialog } from "../form/LeaveDialog.tsx";
import { useLeaveGuard } from "../form/useLeaveGuard.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { later } from "../shell/later.tsx";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import { DraftPanel } from "./DraftPanel.tsx";
import { EditorFindings } from "./EditorFindings.tsx";
import { TemplateHeading } from "./TemplateHeading.tsx";
import styles from "./Templates.module.css";
import { useDraftPreview } from "./useDraftPreview.ts";
import { useTemplateText } from "./useTemplateText.ts";

const CodeEditor = dynamic(() => import("./CodeEditor.tsx"), {
  ssr: false,
  loading: () => <Skeleton className={styles.waiting} role="status" aria-label="Loading the editor" />,
});
const ConflictDialog = later(() => import("./ConflictDialog.tsx").then((module) => module.ConflictDialog));

const none = [] as const;

/** The text of a template with findings in its margin, and beside it the mail for a person. */
export function TemplateEditor({
  template,
  onChanged,
  reload,
}: {
  readonly template: Template;
  readonly onChanged: (template: Template) => void;
  readonly reload: () => void;
}) {
  const canWrite = mayWrite(useViewer());
  const readOnly = !canWrite || template.removed;
  const draft = useTemplateText(template, onChanged);
  const guard = useLeaveGuard(draft.isDirty);
  const [participant, setParticipant] = useState<string>();
  const [target, setTarget] = useState<{ line: number; column: number }>();
  const preview = useDraftPreview(template, draft.text, participant);
  const findings = useMemo(
    () => preview.made?.findings.filter(({ part }) => part === undefined) ?? none,
    [preview.made],
  );
  const replaced = useCallback(
    (changed: Template) => {
      draft.change(changed.html);
      onChanged(changed);
    },
    [draft.change, onChanged],
  );
  const save = () => void draft.save(template.version);
  return (
    <Stack
      gap="md"
      onKeyDown={(event) => {
        if ((event.ctrlKey || event.metaKey) && event.key === "s") {
          event.preventDefault();
          if (draft.isDirty && !draft.busy && !readOnly) save();
        }
      }}
    >
      <TemplateHeading
        template={template}
        canWrite={canWrite}
        isDirty={draft.isDirty}
        onText={draft.change}
        onReplaced={replaced}
        reload={reload}
      />
      {template.removed && (
        <Alert color="yellow" variant="light" title="This template is deleted">
          Prepare does not see it. {canWrite && "Restore it to use or change it."}
        </Alert>
      )}
      {draft.problem !== undefined && !draft.other && <Problem title="Not saved" error={draft.problem} />}
      <div className={styles.panes}>
        <Stack gap="sm">
          <CodeEditor
            value={draft.text}
            findings={findings}
            readOnly={readOnly}
            target={target}
            onChange={draft.change}
          />
          {!readOnly && (
            <Group justify="space-between">
              <Text size="sm" c="dimmed" role="status">
                {draft.isDirty ? "Not saved yet." : `Version ${template.version} is saved.`}
              </Text>
              <BusyButton busy={draft.busy} disabled={!draft.isDirty} onClick={save}>
                Save
              </BusyButton>
            </Group>
          )}
          <EditorFindings preview={preview.made} isWaiting={preview.isWaiting} onGo={setTarget} />
        </Stack>
        <DraftPanel place={template} preview={preview} onChoose={setParticipant} />
      </div>
      {draft.other && (
        <ConflictDialog
          other={draft.other}
          draft={draft}
          onTake={(other) => {
            draft.takeOther(other);
            reload();
          }}
          onClose={draft.goOn}
        />
      )}
      <LeaveDialog guard={guard} />
    </Stack>
  );
}
