"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Alert, Anchor, Progress, Skeleton, Stack, Text, Title } from "@mantine/core";
import Link from "next/link";
import useSWR from "swr";
import type { ShownImport } from "../../api/imports.ts";
import { NextFirstStep } from "../firstSteps/NextFirstStep.tsx";
import { call } from "../http.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { ElsewhereNotice } from "../shell/ElsewhereNotice.tsx";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";
import { ActProblem } from "./ActProblem.tsx";
import styles from "./Import.module.css";
import { ImportResult } from "./ImportResult.tsx";
import { earlyEndWords, isWorking, rowsWords, stateWords } from "./importWords.ts";
import { ReadingForm } from "./ReadingForm.tsx";
import { type ImportAct, useImportAct } from "./useImportAct.ts";

const runningMilliseconds = 700;

/** One import: how its file is read, what it would do, what it did. Closing the page stops nothing. */
export function ImportPage({ id }: { readonly id: string }) {
  const { data, error, mutate } = useSWR<ShownImport>(
    `/api/people/imports/${id}`,
    (path: string) => call<ShownImport>("GET", path),
    { refreshInterval: (item) => (item && isWorking(item) ? runningMilliseconds : 0) },
  );
  const act = useImportAct(id, (item) => void mutate(item, { revalidate: false }));
  return (
    <Stack gap="lg" maw={980}>
      <div>
        <Text size="sm">
          <Anchor component={Link} href="/people/import" size="sm">
            All imports
          </Anchor>
        </Text>
        <Title order={1} size="h3" className={styles.text}>
          {data ? `Import of ${data.fileName}` : "Import"}
        </Title>
        {data && (
          <Text size="sm" c="dimmed">
            Uploaded by {data.by}, <Moment at={data.createdAt} />. <span role="status">{stateWords[data.state]}.</span>
          </Text>
        )}
      </div>
      {error !== undefined && <Problem error={error} retry={() => void mutate()} />}
      {!data && error === undefined && <Skeleton height={120} />}
      {data?.elsewhere !== undefined && <ElsewhereNotice sentence={data.elsewhere} />}
      {data?.state === "applied" && <NextFirstStep />}
      {data && <ImportState item={data} act={act} />}
    </Stack>
  );
}

function ImportState({ item, act }: { readonly item: ShownImport; readonly act: ImportAct }) {
  switch (item.state) {
    case "uploading":
      return (
        <Alert color="yellow" variant="light" title="The file did not arrive completely">
          The upload was interrupted. <Link href="/people/import">Choose the file again</Link>; nothing was changed.
        </Alert>
      );
    case "uploaded":
      return <Reading item={item} act={act} />;
    case "checking":
      return <Working act={act} words={`${rowsWords(item.rowsRead ?? 0)} checked. Nothing is changed yet.`} />;
    case "applying": {
      const { file = 0, added = 0, changed = 0 } = item.applied ?? {};
      const words = `${count(added)} added, ${count(changed)} changed. You may leave this page: the import goes on.`;
      return <Working act={act} words={words} share={file / Math.max(1, item.found?.planFiles ?? 1)} />;
    }
    case "undoing": {
      const { file = 0, removed = 0, restored = 0 } = item.undone ?? {};
      const words = `${count(removed)} removed, ${count(restored)} set back. You may leave this page: the undo goes on.`;
      return <Working act={act} words={words} share={file / Math.max(1, item.found?.planFiles ?? 1)} />;
    }
    case "failed":
      return <Failed item={item} act={act} />;
    default:
      return <ImportResult item={item} act={act} />;
  }
}

/** How the file is read, while it is there to be read. */
function Reading({ item, act }: { readonly item: ShownImport; readonly act: ImportAct }) {
  if (item.erasedAt !== undefined)
    return (
      <Alert color="yellow" variant="light" title="The uploaded file was erased">
        A person in it was forgotten. <Link href="/people/import">Upload it again</Link>, without this person.
      </Alert>
    );
  return item.elsewhere === undefined && <ReadingForm item={item} act={act} />;
}

/** `share` 0 to 1; absent while it is not known. */
function Working({ act, words, share }: { readonly act: ImportAct; readonly words: string; readonly share?: number }) {
  return (
    <div>
      <Text size="sm">{words}</Text>
      <Progress value={share === undefined ? 100 : share * 100} animated={share === undefined} aria-label="Progress" />
      <ActProblem act={act} />
      <BusyButton mt="sm" size="xs" variant="default" busy={act.busy} onClick={() => act.run({ act: "stop" })}>
        Stop
      </BusyButton>
    </div>
  );
}

function Failed({ item, act }: { readonly item: ShownImport; readonly act: ImportAct }) {
  const { failedIn } = item;
  return (
    <Stack>
      <Alert color="red" variant="light" title={failedIn ? earlyEndWords[failedIn] : "Ended early"} role="alert">
        <Text size="sm" className={styles.text}>
          {item.failure}
        </Text>
        <ActProblem act={act} />
        {item.elsewhere === undefined && (
          <BusyButton mt="sm" size="xs" variant="default" busy={act.busy} onClick={() => act.run({ act: "continue" })}>
            Go on
          </BusyButton>
        )}
      </Alert>
      {failedIn !== "checking" && <ImportResult item={item} act={act} />}
      {failedIn === "checking" && <Reading item={item} act={act} />}
    </Stack>
  );
}
