"use client";
import { Anchor, Button, FileButton, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import Link from "next/link";
import { useState } from "react";
import type { ComparedFile, ImportedFile } from "../../api/configuration.ts";
import look from "../form/FormLook.module.css";
import { call } from "../http.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";
import { Comparison } from "./Comparison.tsx";
import { kindTitles } from "./kindTitles.ts";
import styles from "./Settings.module.css";
import { effectWords } from "./savedNotice.tsx";
import { settingsChanged } from "./settingsChanged.ts";

/** The whole configuration as a file: download; upload or paste, what would change, import. */
export function ImportPage() {
  const form = useImport();
  return (
    <Stack gap="lg" className={`${look.form} ${styles.form}`}>
      <div>
        <Anchor component={Link} href="/settings" size="sm">
          ← Settings
        </Anchor>
        <Title order={1} size="h3">
          Import and export
        </Title>
        <Text size="sm" c="dimmed">
          The whole configuration is one YAML file, without passwords and keys. Keep it, compare it, or take it to
          another installation.
        </Text>
      </div>
      <section aria-label="Export">
        <Title order={2} size="h5" mb="xs">
          Export
        </Title>
        <Button component="a" href="/api/configuration" download variant="default">
          Download the configuration
        </Button>
      </section>
      <section aria-label="Import">
        <Stack gap="sm">
          <Title order={2} size="h5">
            Import
          </Title>
          <Textarea
            label="Content of the file"
            description="Choose a file or paste its text. Nothing changes before you have seen what would."
            className={styles.html}
            autosize
            minRows={6}
            maxRows={18}
            spellCheck={false}
            value={form.text}
            onChange={(event) => form.edit(event.currentTarget.value)}
          />
          <Group>
            <FileButton accept=".yaml,.yml,application/yaml,text/yaml" onChange={(file) => void form.open(file)}>
              {(props) => (
                <Button variant="default" {...props}>
                  Choose a file
                </Button>
              )}
            </FileButton>
            <BusyButton
              busy={form.isComparing}
              disabled={form.text.trim() === ""}
              onClick={() => void form.compare(form.isRemoving)}
            >
              Show what would change
            </BusyButton>
          </Group>
        </Stack>
      </section>
      {form.problem !== undefined && <Problem error={form.problem} title="Not done" />}
      {form.compared && (
        <Comparison
          compared={form.compared}
          isRemoving={form.isRemoving}
          onRemoving={(remove) => void form.compare(remove)}
          isImporting={form.isImporting}
          onImport={() => void form.import()}
        />
      )}
    </Stack>
  );
}

function useImport() {
  const [text, setText] = useState("");
  const [isRemoving, setRemoving] = useState(false);
  const [compared, setCompared] = useState<ComparedFile>();
  const [busy, setBusy] = useState<"comparing" | "importing">();
  const [problem, setProblem] = useState<unknown>();
  const attempt = async (what: typeof busy, work: () => Promise<void>) => {
    setBusy(what);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(error);
    }
    setBusy(undefined);
  };
  const edit = (next: string) => {
    setText(next);
    setCompared(undefined);
  };
  const compare = (remove: boolean) =>
    attempt("comparing", async () => {
      setRemoving(remove);
      setCompared(await call<ComparedFile>("POST", "/api/configuration", { text, remove }));
    });
  return {
    ...{ text, isRemoving, compared, problem, edit, compare },
    isComparing: busy === "comparing",
    isImporting: busy === "importing",
    open: (file: File | null) =>
      attempt("comparing", async () => {
        if (file) edit(await file.text());
      }),
    import: () =>
      attempt("importing", async () => {
        const body = { text, remove: isRemoving, fingerprint: compared?.fingerprint };
        const { written, conflict, reset, notReset } = await call<ImportedFile>("PUT", "/api/configuration", body);
        settingsChanged();
        setCompared(await call<ComparedFile>("POST", "/api/configuration", { text, remove: isRemoving }));
        if (conflict)
          throw new Error(
            `${written} changes were imported, then it ended: the ${kindTitles[conflict.kind].one.toLowerCase()} ${conflict.key} was changed meanwhile. What is left is shown below; import it as well.${effectWords(reset.length, notReset)}`,
          );
        notifications.show({ message: `${written} changes were imported.${effectWords(reset.length, notReset)}` });
      }),
  };
}
