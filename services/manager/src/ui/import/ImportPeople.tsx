"use client";
import { Alert, Anchor, Button, FileButton, Group, Progress, Stack, Text, Title } from "@mantine/core";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import useSWR from "swr";
import type { FileReading, ImportsList, ShownImport } from "../../api/imports.ts";
import { call } from "../http.ts";
import { PeopleFrame } from "../people/PeopleFrame.tsx";
import { ElsewhereNotice } from "../shell/ElsewhereNotice.tsx";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";
import table from "../shell/Table.module.css";
import { useViewer } from "../shell/useShellFacts.ts";
import styles from "./Import.module.css";
import { isWorking, resultWords, stateWords } from "./importWords.ts";
import { uploadFile } from "./uploadFile.ts";

const runningMilliseconds = 2000;

/** Where a file of people is chosen, and all imports, running and past. */
export function ImportPeople() {
  const viewer = useViewer();
  const { data, error, mutate } = useSWR<ImportsList>(
    "/api/people/imports",
    (path: string) => call<ImportsList>("GET", path),
    { refreshInterval: (latest) => (latest?.imports.some(isWorking) ? runningMilliseconds : 0) },
  );
  return (
    <PeopleFrame>
      <div>
        <Title order={2} size="h4">
          Import people
        </Title>
        <Text size="sm" c="dimmed" maw={640}>
          From a CSV file, as every spreadsheet saves it (an Excel workbook: Save as, “CSV UTF-8”). Its first row holds
          the headings; it has 100 MB at most. Before anything changes you see what the import would do.
        </Text>
      </div>
      {data && (data.elsewhere === undefined ? <ChooseFile /> : <ElsewhereNotice sentence={data.elsewhere} />)}
      {viewer.exportCsv && (
        <Text size="sm">
          <Anchor href="/api/people/export.csv" download underline="always">
            Export everyone as CSV
          </Anchor>{" "}
          – with the same headings
          {data?.elsewhere === undefined && ": edit the file, import it again, and only your changes are made"}.
        </Text>
      )}
      <section aria-label="Imports">
        <Title order={2} size="h4" mb="xs">
          Imports
        </Title>
        {error !== undefined && <Problem error={error} retry={() => void mutate()} />}
        {data && <ImportTable imports={data.imports} />}
      </section>
    </PeopleFrame>
  );
}

function ChooseFile() {
  const router = useRouter();
  const [share, setShare] = useState<number>();
  const [problem, setProblem] = useState<unknown>();
  const leave = useRef<AbortController>(undefined);
  useEffect(() => () => leave.current?.abort(), []);

  const upload = async (file: File | null) => {
    if (!file) return;
    leave.current = new AbortController();
    const { signal } = leave.current;
    setShare(0);
    setProblem(undefined);
    try {
      const id = await uploadFile(file, setShare, signal);
      await call<FileReading>("POST", `/api/people/imports/${id}/reading`, {});
      router.push(`/people/import/${id}`);
    } catch (error) {
      if (signal.aborted) return;
      setProblem(error);
      setShare(undefined);
    }
  };
  return (
    <Stack gap="sm" maw={640}>
      {problem !== undefined && (
        <Alert color="red" variant="light" title="The file was not taken" role="alert">
          {problem instanceof Error ? problem.message : String(problem)}
        </Alert>
      )}
      {share === undefined ? (
        <Group>
          <FileButton
            onChange={(file) => void upload(file)}
            accept=".csv,.tsv,.txt,text/csv"
            inputProps={{ "aria-label": "File with people" }}
          >
            {(props) => <Button {...props}>Choose a file …</Button>}
          </FileButton>
        </Group>
      ) : (
        <div role="status">
          <Text size="sm">{share < 1 ? `Uploading: ${Math.round(share * 100)} %` : "Reading the file …"}</Text>
          <Progress value={share * 100} aria-label="Upload" />
        </div>
      )}
    </Stack>
  );
}

function ImportTable({ imports }: { readonly imports: readonly ShownImport[] }) {
  if (imports.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No file was imported in the last 90 days.
      </Text>
    );
  return (
    <table className={`${table.table} ${table.stacks}`}>
      <thead>
        <tr>
          <th scope="col">File</th>
          <th scope="col">Uploaded</th>
          <th scope="col">By</th>
          <th scope="col">State</th>
          <th scope="col">Rows</th>
        </tr>
      </thead>
      <tbody>
        {imports.map((item) => (
          <tr key={item.id}>
            <th scope="row" className={styles.text}>
              <Anchor component={Link} href={`/people/import/${item.id}`} size="sm">
                {item.fileName}
              </Anchor>
            </th>
            <td data-label="Uploaded">
              <Moment at={item.createdAt} />
            </td>
            <td data-label="By" className={styles.text}>
              {item.by}
            </td>
            <td data-label="State">{stateWords[item.state]}</td>
            <td data-label="Rows">{resultWords(item)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
