"use client";
import { Button, Group, List, NativeSelect, Stack, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import useSWR from "swr";
import type { PromptPreview, PromptPreviewBody } from "../../../api/settings.ts";
import { call } from "../../http.ts";
import { PersonPicker } from "../../preview/PersonPicker.tsx";
import { Problem } from "../../shell/Problem.tsx";
import { useEventChoice } from "../EventChoice.tsx";
import { peoplePath } from "../peoplePath.ts";
import styles from "../Settings.module.css";
import { fieldId, type ItemForm } from "../useItemForm.ts";

/** Rendering waits until typing has paused this long. */
const pauseMilliseconds = 500;
const address = "/api/settings/prompt-preview";

/** The prompt as it is entered, in the mail of a person, and what is wrong with it at which place. */
export function PromptEffect({ form }: { readonly form: ItemForm }) {
  const text = (name: string) => String(form.valueAt([name]) ?? "");
  const own = text("event");
  const choice = useEventChoice(own === "default" ? undefined : own);
  const [language, setLanguage] = useState<string>();
  const [person, setPerson] = useState("");
  const fixed = text("language");
  const wanted = fixed !== "" && fixed !== "universal" ? fixed : (language ?? choice.languages[0]?.code ?? "");
  const body: PromptPreviewBody | undefined = choice.value && {
    prompt: { event: own, key: text("key"), language: fixed, text: text("text") },
    ...choice.value,
    language: wanted,
    ...(person !== "" && { participant: person }),
  };
  const [paused] = useDebouncedValue(JSON.stringify(body), pauseMilliseconds);
  const isReady = paused !== undefined && text("text").trim() !== "" && wanted !== "";
  const { data, error } = useSWR<PromptPreview, Error>(
    isReady ? [address, paused] : null,
    ([path, asked]: [string, string]) => call<PromptPreview>("POST", path, JSON.parse(asked)),
    { keepPreviousData: true, revalidateOnFocus: false, shouldRetryOnError: false },
  );
  return (
    <section aria-labelledby="prompt-effect" className={styles.effect}>
      <Stack gap="sm">
        <Title order={2} size="h5" id="prompt-effect">
          How it reads
        </Title>
        {choice.hasLoaded && !choice.value && <Text size="sm">Add an event with a sub-event first.</Text>}
        <Group gap="sm" align="end">
          {choice.control}
          {fixed === "universal" && (
            <NativeSelect
              label="In the language"
              value={wanted}
              onChange={({ currentTarget }) => setLanguage(currentTarget.value)}
              data={choice.languages.map(({ code, name }) => ({ value: code, label: `${code} – ${name}` }))}
            />
          )}
        </Group>
        <div className={styles.middle}>
          <PersonPicker label="For the person" peoplePath={peoplePath} person={data?.person} onChoose={setPerson} />
        </div>
        {error && <Problem error={error} title="Not shown" />}
        {data && <Findings findings={data.findings} text={text("text")} />}
        {data?.problem !== undefined && <Text size="sm">{data.problem}</Text>}
        {data?.html !== undefined && (
          <iframe
            className={styles.rendering}
            title={`The prompt as ${data.person?.name || "a recipient"} reads it`}
            sandbox=""
            srcDoc={data.html}
          />
        )}
      </Stack>
    </section>
  );
}

function Findings({ findings, text }: { readonly findings: PromptPreview["findings"]; readonly text: string }) {
  if (findings.length === 0) return null;
  const lines = text.split("\n");
  const choose = (line: number, column: number) => {
    const area = document.getElementById(fieldId(["text"]));
    if (!(area instanceof HTMLTextAreaElement)) return;
    const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    area.focus();
    area.setSelectionRange(before + column - 1, before + column);
  };
  return (
    <List size="sm" aria-label="Findings">
      {findings.map(({ severity, text: sentence, line = 1, column = 1 }) => (
        <List.Item key={`${line}:${column} ${sentence}`}>
          <Button variant="subtle" size="compact-sm" onClick={() => choose(line, column)}>
            Line {line}, column {column}
          </Button>{" "}
          {severity === "error" ? "Error" : "Warning"}: {sentence}
        </List.Item>
      ))}
    </List>
  );
}
