"use client";
import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { ItemEffect } from "../../api/settings.ts";
import { settingsChanged } from "./settingsChanged.ts";

/** Long enough to notice a mistake. */
const shownMilliseconds = 12_000;

interface Effects {
  readonly reset?: readonly ItemEffect[] | undefined;
  readonly notReset?: readonly ItemEffect[] | undefined;
}

/** Says that a change is saved and what it did to work orders, with a button to undo it. */
export function savedNotice({ reset = [], notReset = [] }: Effects, undo: (() => Promise<void>) | undefined): void {
  const id = `saved-${Date.now()}`;
  const done = reset.length - notReset.length;
  settingsChanged();
  notifications.show({
    id,
    autoClose: shownMilliseconds,
    message: (
      <Group gap="sm" justify="space-between">
        <Text size="sm">
          Saved.
          {effectWords(done, notReset)}
        </Text>
        {undo && (
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              notifications.hide(id);
              void undo();
            }}
          >
            Undo
          </Button>
        )}
      </Group>
    ),
  });
}

/** What happened to work orders, as sentences that follow another one; "" if nothing did. */
export function effectWords(done: number, notReset: readonly ItemEffect[]): string {
  const set = done > 0 ? ` ${done} ${done === 1 ? "work order is" : "work orders are"} set back.` : "";
  if (notReset.length === 0) return set;
  return `${set} Not set back, because a step works: ${notReset.map(({ title }) => title).join("; ")}.`;
}

/** Says why something could not be undone. */
export function notUndone(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  notifications.show({ color: "red", title: "Not undone", message });
}
