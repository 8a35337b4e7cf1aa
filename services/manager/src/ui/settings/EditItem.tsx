"use client";
import { useEffect, useState } from "react";
import type { ItemEffect, SaveItemBody, SettingsItem } from "../../api/settings.ts";
import { LeaveDialog } from "../form/LeaveDialog.tsx";
import { useLeaveGuard } from "../form/useLeaveGuard.ts";
import { call, RequestFailed } from "../http.ts";
import { later } from "../shell/later.tsx";
import { ConflictNotice } from "./ConflictNotice.tsx";
import { FormBody } from "./FormBody.tsx";
import { ItemEffects } from "./ItemEffects.tsx";
import { holdsSecret, type Values } from "./itemValues.ts";
import { kindTitles } from "./kindTitles.ts";
import { notUndone, savedNotice } from "./savedNotice.tsx";
import { focusPath, type ItemForm, useItemForm } from "./useItemForm.ts";

const EffectsDialog = later(() => import("./EffectsDialog.tsx").then((module) => module.EffectsDialog));
const OwnRightsDialog = later(() => import("./OwnRightsDialog.tsx").then((module) => module.OwnRightsDialog));

interface Props {
  readonly item: SettingsItem;
  /** Values to begin with in place of the item's: entries that are kept, or those of an earlier version. */
  readonly entered?: Values | undefined;
  /** The form begins anew with this item, and perhaps with entries that are not saved. */
  readonly onOpen: (item: SettingsItem, entered?: Values) => void;
  /** Called when there are unsaved entries, and when there are none any more. */
  readonly onDirty?: (isDirty: boolean) => void;
}

/** The form of an item, new or not. */
export function EditItem({ item, entered, onOpen, onDirty }: Props) {
  const isNew = item.version === undefined && item.key === undefined;
  const form = useItemForm({ ...item, isNew: item.version === undefined }, entered);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs only when the state changes
  useEffect(() => onDirty?.(form.isDirty), [form.isDirty]);
  const guard = useLeaveGuard(form.isDirty);
  const save = useSaveItem(item, form, (saved) => {
    if (isNew) guard.done(`/settings/${item.form.kind}/${encodeURIComponent(saved.key ?? "")}`);
    else onOpen(saved);
  });
  return (
    <>
      <FormBody
        label={kindTitles[item.form.kind].one}
        fields={item.form.fields}
        form={form}
        isReadOnly={item.elsewhere !== undefined}
        isSaving={save.isSaving}
        problem={save.newer === undefined ? save.problem : undefined}
        notices={save.newer && <ConflictNotice item={item} newer={save.newer} entries={form.sent} onOpen={onOpen} />}
        effect={<ItemEffects form={form} />}
        onSave={() => void save.begin()}
        onDiscard={() => onOpen(item)}
      />
      {save.effects && (
        <EffectsDialog
          orders={save.effects}
          isSaving={save.isSaving}
          onClose={save.cancel}
          onConfirm={() => void save.begin({ confirmResets: true })}
        />
      )}
      {save.lost && (
        <OwnRightsDialog
          lost={save.lost}
          isSaving={save.isSaving}
          onClose={save.cancel}
          onConfirm={() => void save.begin({ confirmOwnLoss: true })}
        />
      )}
      <LeaveDialog guard={guard} />
    </>
  );
}

function put(item: SettingsItem, body: SaveItemBody): Promise<SettingsItem> {
  const { kind } = item.form;
  return item.version === undefined && !isSetting(item)
    ? call<SettingsItem>("POST", `/api/settings/${kind}`, body)
    : call<SettingsItem>("PUT", `/api/settings/${kind}/${encodeURIComponent(item.key ?? "")}`, body);
}

/** A general setting that was never set has no version, and is no new item all the same. */
const isSetting = ({ form }: SettingsItem) => form.kind === "setting";

function useSaveItem(item: SettingsItem, form: ItemForm, onSaved: (saved: SettingsItem) => void) {
  const [isSaving, setSaving] = useState(false);
  const [newer, setNewer] = useState<SettingsItem>();
  const [effects, setEffects] = useState<readonly ItemEffect[]>();
  const [lost, setLost] = useState<readonly string[]>();
  const [problem, setProblem] = useState<unknown>();
  const failed = async (error: unknown) => {
    setProblem(error);
    const { reason, orders, lost: rights } = error instanceof RequestFailed ? error.details : {};
    // Any other reason is shown in the form: the question is closed then.
    setLost(reason === "own-rights" ? (rights as readonly string[]) : undefined);
    setEffects(reason === "resets" ? (orders as readonly ItemEffect[]) : undefined);
    if (!(error instanceof RequestFailed)) return;
    if (reason === "version" && item.key !== undefined)
      setNewer(await call<SettingsItem>("GET", `/api/settings/${item.form.kind}/${encodeURIComponent(item.key)}`));
    form.refuse(error.fields);
    const [first] = Object.keys(error.fields);
    if (first !== undefined) focusPath(first);
  };
  const begin = async (confirmed: Pick<SaveItemBody, "confirmResets" | "confirmOwnLoss"> = {}) => {
    setSaving(true);
    setProblem(undefined);
    try {
      const version = item.version ?? (isSetting(item) ? 0 : null);
      const saved = await put(item, { values: form.sent, version, seen: item.seen, ...confirmed });
      setEffects(undefined);
      setLost(undefined);
      savedNotice(saved, undoOf(item, saved, form.sent, onSaved));
      onSaved(saved);
    } catch (error) {
      await failed(error).catch(setProblem);
    } finally {
      setSaving(false);
    }
  };
  const isAsking = effects !== undefined || lost !== undefined;
  return {
    ...{ isSaving, newer, effects, lost, begin },
    problem: isAsking ? undefined : problem,
    cancel: () => {
      setEffects(undefined);
      setLost(undefined);
      setProblem(undefined);
    },
  };
}

/** Puts back what was there before a save. Not for a new item, nor if a secret was entered: the old one is not known here. */
function undoOf(
  item: SettingsItem,
  saved: SettingsItem,
  sent: Values,
  onSaved: (saved: SettingsItem) => void,
): (() => Promise<void>) | undefined {
  if (item.version === undefined || holdsSecret(item.form.fields, sent)) return undefined;
  const { version = 0, seen } = saved;
  return async () => {
    try {
      onSaved(await put(saved, { values: item.values, version, seen, confirmResets: true, confirmOwnLoss: true }));
    } catch (error) {
      notUndone(error);
    }
  };
}
