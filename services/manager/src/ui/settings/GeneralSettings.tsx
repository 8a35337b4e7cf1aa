"use client";
import { Alert, Anchor, List, Loader, Stack, Text, Title } from "@mantine/core";
import Link from "next/link";
import { useState } from "react";
import useSWR from "swr";
import type { GeneralSettings, ItemEffect, SavedGeneral, SaveGeneralBody } from "../../api/settings.ts";
import { LeaveDialog } from "../form/LeaveDialog.tsx";
import { useLeaveGuard } from "../form/useLeaveGuard.ts";
import { call, RequestFailed } from "../http.ts";
import { later } from "../shell/later.tsx";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";
import { FormBody } from "./FormBody.tsx";
import { changedNames, mergedValues, type Values } from "./itemValues.ts";
import { notUndone, savedNotice } from "./savedNotice.tsx";
import { focusPath, useItemForm } from "./useItemForm.ts";

const EffectsDialog = later(() => import("./EffectsDialog.tsx").then((module) => module.EffectsDialog));

const address = "/api/settings/general";

/** What a form begins with: the settings, entries that are not saved, and settings that someone else changed meanwhile. */
interface Opened {
  readonly number: number;
  readonly entered?: Values;
  readonly conflicts?: readonly string[];
}

/** All general settings as one form. */
export function GeneralSettingsPage() {
  const { data, error, mutate } = useSWR<GeneralSettings>(address, (path: string) => call("GET", path), {
    revalidateOnFocus: false,
  });
  const [opened, setOpened] = useState<Opened>({ number: 0 });
  const open = async (settings: GeneralSettings, next: Omit<Opened, "number"> = {}) => {
    await mutate(settings, { revalidate: false });
    setOpened(({ number }) => ({ number: number + 1, ...next }));
  };
  return (
    <Stack gap="md">
      <div>
        <Anchor component={Link} href="/settings" size="sm">
          ← Settings
        </Anchor>
        <Title order={1} size="h3">
          General settings
        </Title>
        <Text size="sm" c="dimmed">
          What holds for all mailings.
        </Text>
      </div>
      {error !== undefined && <Problem error={error} retry={() => void mutate()} />}
      {!data && error === undefined && <Loader size="sm" role="status" aria-label="Loading" />}
      {data && (
        <GeneralForm key={opened.number} settings={data} opened={opened} onOpen={(...next) => void open(...next)} />
      )}
      {data && <Histories settings={data} />}
    </Stack>
  );
}

interface FormProps {
  readonly settings: GeneralSettings;
  readonly opened: Opened;
  readonly onOpen: (settings: GeneralSettings, next?: Omit<Opened, "number">) => void;
}

function GeneralForm({ settings, opened, onOpen }: FormProps) {
  const { form: shape, values, faults } = settings;
  const form = useItemForm({ form: shape, values, faults, secretsSet: [], isNew: false }, opened.entered);
  const guard = useLeaveGuard(form.isDirty);
  const [isSaving, setSaving] = useState(false);
  const [effects, setEffects] = useState<readonly ItemEffect[]>();
  const [problem, setProblem] = useState<unknown>();
  const save = async (confirmResets: boolean) => {
    const changed = changedNames(shape.fields, values, form.sent);
    if (changed.length === 0) return;
    setSaving(true);
    setProblem(undefined);
    try {
      const saved = await call<SavedGeneral>("PUT", address, bodyOf(settings, form.sent, changed, confirmResets));
      setEffects(undefined);
      if (saved.saved.length > 0) savedNotice(saved, () => undo(saved, values, onOpen));
      const { conflicts } = saved;
      const mine = mergedValues(shape.fields, values, saved.settings.values, form.sent);
      onOpen(saved.settings, conflicts.length > 0 ? { entered: mine, conflicts } : {});
    } catch (failed) {
      setProblem(failed);
      if (!(failed instanceof RequestFailed)) return;
      if (failed.details["reason"] === "resets") setEffects(failed.details["orders"] as readonly ItemEffect[]);
      form.refuse(failed.fields);
      const [first] = Object.keys(failed.fields);
      if (first !== undefined) focusPath(first);
    } finally {
      setSaving(false);
    }
  };
  return (
    <>
      <FormBody
        label="General settings"
        fields={shape.fields}
        form={form}
        isSaving={isSaving}
        problem={effects ? undefined : problem}
        notices={opened.conflicts && <Conflicts settings={settings} names={opened.conflicts} />}
        onSave={() => void save(false)}
        onDiscard={() => onOpen(settings)}
      />
      {effects && (
        <EffectsDialog
          orders={effects}
          isSaving={isSaving}
          onClose={() => setEffects(undefined)}
          onConfirm={() => void save(true)}
        />
      )}
      <LeaveDialog guard={guard} />
    </>
  );
}

/** Only what was changed is saved, each setting with what was read of it. */
function bodyOf(
  { settings }: GeneralSettings,
  values: Values,
  names: readonly string[],
  confirmResets: boolean,
): SaveGeneralBody {
  const read = names.map((name) => [name, { version: settings[name]?.version ?? 0, seen: settings[name]?.seen ?? "" }]);
  return { values, settings: Object.fromEntries(read), confirmResets };
}

async function undo({ settings, saved }: SavedGeneral, values: Values, onOpen: FormProps["onOpen"]): Promise<void> {
  try {
    const back = await call<SavedGeneral>("PUT", address, bodyOf(settings, values, saved, true));
    onOpen(back.settings);
  } catch (error) {
    notUndone(error);
  }
}

function Conflicts({ settings, names }: { readonly settings: GeneralSettings; readonly names: readonly string[] }) {
  return (
    <Alert color="yellow" variant="light" role="alert" title="Changed by someone else meanwhile">
      <Text size="sm">
        These settings were not saved; all others were. Your entries are kept: save again to put them on top of what is
        there now, or discard them.
      </Text>
      <List size="sm" mt="xs">
        {names.map((name) => (
          <List.Item key={name}>
            {settings.form.fields.find((field) => field.name === name)?.title}
            {settings.settings[name]?.changedBy !== undefined && `, by ${settings.settings[name]?.changedBy}`}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** Each setting has versions of its own. */
function Histories({ settings: { form, settings } }: { readonly settings: GeneralSettings }) {
  const changed = form.fields.filter(({ name }) => settings[name]?.changedAt !== undefined);
  if (changed.length === 0) return null;
  return (
    <section aria-label="Last changes">
      <Title order={2} size="h5">
        Last changes
      </Title>
      <List size="sm">
        {changed.map(({ name, title }) => (
          <List.Item key={name}>
            <Anchor component={Link} href={`/settings/setting/${name}`} size="sm">
              {title}
            </Anchor>
            : version {settings[name]?.version}, <Moment at={settings[name]?.changedAt ?? ""} />
            {settings[name]?.changedBy !== undefined && ` by ${settings[name]?.changedBy}`}
          </List.Item>
        ))}
      </List>
    </section>
  );
}
