"use client";
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useEffect, useState } from "react";
import type { SaveItemBody, SettingsItem } from "../../api/settings.ts";
import { LeaveDialog } from "../form/LeaveDialog.tsx";
import { useLeaveGuard } from "../form/useLeaveGuard.ts";
import { call, RequestFailed } from "../http.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";
import { FieldControl } from "./FieldControl.tsx";
import { kindTitles } from "./kindTitles.ts";
import styles from "./Settings.module.css";
import { fieldId, type ItemForm, useItemForm } from "./useItemForm.ts";

interface Props {
  readonly item: SettingsItem;
  readonly onSaved: (saved: SettingsItem) => void;
  /** Called when there are unsaved entries, and when there are none any more. */
  readonly onDirty?: (isDirty: boolean) => void;
}

/** The form of an item, new or not. */
export function EditItem({ item, onSaved, onDirty }: Props) {
  const form = useItemForm(item);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what changes is told
  useEffect(() => onDirty?.(form.isDirty), [form.isDirty]);
  const guard = useLeaveGuard(form.isDirty);
  const save = useSaveItem(item, form, (saved) => {
    if (item.key === undefined) guard.done(`/settings/${item.form.kind}/${encodeURIComponent(saved.key ?? "")}`);
    else onSaved(saved);
  });
  return (
    <form
      noValidate
      className={styles.form}
      aria-label={kindTitles[item.form.kind].one}
      onSubmit={(event) => {
        event.preventDefault();
        void save.begin();
      }}
    >
      <Stack gap="md">
        {save.isOutdated && (
          <Alert color="yellow" variant="light" role="alert" title="Changed by someone else meanwhile">
            Your entries are kept here. Open the item in another tab to compare, then{" "}
            <button type="button" onClick={() => onSaved(item)}>
              load it as it is now
            </button>
            .
          </Alert>
        )}
        {item.form.fields.map((field) => (
          <FieldControl key={field.name} field={field} path={[field.name]} form={form} />
        ))}
        <div className={styles.actions}>
          {save.problem !== undefined && (
            <div style={{ flexBasis: "100%" }}>
              <Problem error={save.problem} title="Not saved" />
            </div>
          )}
          <Text size="sm" role="status">
            {form.isDirty ? "Unsaved changes" : "No changes"}
          </Text>
          <Group gap="sm">
            {form.isDirty && (
              <Button variant="default" onClick={() => onSaved(item)}>
                Discard
              </Button>
            )}
            <BusyButton type="submit" busy={save.isSaving}>
              Save
            </BusyButton>
          </Group>
        </div>
      </Stack>
      <LeaveDialog guard={guard} />
    </form>
  );
}

function useSaveItem(item: SettingsItem, form: ItemForm, onSaved: (saved: SettingsItem) => void) {
  const [isSaving, setSaving] = useState(false);
  const [isOutdated, setOutdated] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const { kind } = item.form;
  const begin = async () => {
    setSaving(true);
    setProblem(undefined);
    try {
      const body: SaveItemBody = { values: form.sent, version: item.key === undefined ? null : (item.version ?? 0) };
      const saved =
        item.key === undefined
          ? await call<SettingsItem>("POST", `/api/settings/${kind}`, body)
          : await call<SettingsItem>("PUT", `/api/settings/${kind}/${encodeURIComponent(item.key)}`, body);
      notifications.show({ message: "Saved." });
      onSaved(saved);
    } catch (error) {
      const fields = error instanceof RequestFailed ? error.fields : {};
      form.refuse(fields);
      setOutdated(error instanceof RequestFailed && error.details["reason"] === "version");
      setProblem(error);
      const [first] = Object.keys(fields);
      if (first !== undefined) document.getElementById(fieldId(first.split(".")))?.focus();
    } finally {
      setSaving(false);
    }
  };
  return { isSaving, isOutdated, problem, begin };
}
