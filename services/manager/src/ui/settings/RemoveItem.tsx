"use client";
import { Button } from "@mantine/core";
import { useState } from "react";
import type { SettingsItem } from "../../api/settings.ts";
import { later } from "../shell/later.tsx";
import { kindTitles } from "./kindTitles.ts";

const RemoveDialog = later(() => import("./RemoveDialog.tsx").then((module) => module.RemoveDialog));

/** Removes an item that nothing uses, after a question. */
export function RemoveItem({ item }: { readonly item: SettingsItem }) {
  const [isOpen, setOpen] = useState(false);
  const what = `${kindTitles[item.form.kind].one.toLowerCase()} ${item.key ?? ""}`;
  return (
    <>
      <div>
        <Button color="red" variant="outline" onClick={() => setOpen(true)}>
          Remove {what}
        </Button>
      </div>
      {isOpen && <RemoveDialog item={item} what={what} onClose={() => setOpen(false)} />}
    </>
  );
}
