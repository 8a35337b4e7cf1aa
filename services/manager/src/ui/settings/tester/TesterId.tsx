"use client";
import { Stack, TextInput } from "@mantine/core";
import { PersonPicker } from "../../preview/PersonPicker.tsx";
import type { ControlProps } from "../controlProps.ts";
import { peoplePath } from "../peoplePath.ts";
import styles from "../Settings.module.css";
import { fieldId } from "../useItemForm.ts";

/** The id of a new tester: typed, or that of a participant who is found by name. The name becomes the label where there is none. */
export function TesterId({ field, path, form, label = field.title }: ControlProps) {
  const value = form.valueAt(path);
  return (
    <Stack gap="md">
      <div className={styles.middle}>
        <PersonPicker
          label="Find a participant"
          peoplePath={peoplePath}
          person={undefined}
          onChoose={(id, { name }) => {
            form.change(path, id);
            if (!form.valueAt(["label"])) form.change(["label"], name);
          }}
        />
      </div>
      <TextInput
        id={fieldId(path)}
        className={styles.middle}
        label={label}
        description={field.help}
        error={form.faultOf(path)}
        withAsterisk
        value={typeof value === "string" ? value : ""}
        onChange={(event) => form.change(path, event.currentTarget.value)}
      />
    </Stack>
  );
}
