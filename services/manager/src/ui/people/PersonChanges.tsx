"use client";
import { hasRight } from "@email-agent/shared/domain/role.ts";
import { Alert, Button, Group, Skeleton, Text, Title } from "@mantine/core";
import { useState } from "react";
import useSWR, { useSWRConfig } from "swr";
import type { PersonLine, PersonState } from "../../api/personChanges.ts";
import { call } from "../http.ts";
import { later } from "../shell/later.tsx";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import styles from "./People.module.css";
import type { PersonChange } from "./PersonDialogs.tsx";
import { personAddress } from "./personAddress.ts";

const PersonDialog = later(() => import("./PersonDialogs.tsx").then((module) => module.PersonDialog));

/** What can be changed of a person, and what users changed. */
export function PersonChanges({ id }: { readonly id: string }) {
  const path = `/api${personAddress(id)}`;
  const { data, error, mutate } = useSWR<PersonState, Error>(`${path}/changes`, (key: string) =>
    call<PersonState>("GET", key),
  );
  if (error) return <Problem title="The changes could not be loaded" error={error} retry={() => void mutate()} />;
  if (!data) return <Skeleton height={60} role="status" aria-label="Loading what can be changed" />;
  return <Shown person={data} path={path} />;
}

function Shown({ person, path }: { readonly person: PersonState; readonly path: string }) {
  const viewer = useViewer();
  const { mutate } = useSWRConfig();
  const [change, setChange] = useState<PersonChange>();
  const close = () => setChange(undefined);
  const done = () => {
    close();
    void mutate((key) => typeof key === "string" && key.startsWith(path));
  };
  const mayChange = hasRight(viewer, "write");
  const { seesAllEvents: seesAll } = person;
  return (
    <section aria-label="Changes of the person" className={styles.section}>
      <Title order={2} size="h5" mb="xs">
        Changes
      </Title>
      {person.forgotten?.hasData && (
        <Alert color="red" variant="light" title="The record was written again" mb="sm">
          Another application has written data of this forgotten person. No mail is sent to them all the same. Remove
          them there, then forget them once more.
        </Alert>
      )}
      <Group gap="xs">
        {mayChange &&
          changesOf(person, seesAll).map(([name, words]) => (
            <Button key={name} size="compact-sm" variant="default" onClick={() => setChange(name)}>
              {words}…
            </Button>
          ))}
        {seesAll && viewer.exportCsv && viewer.showAddresses && (
          <Button component="a" href={`${path}/export`} download size="compact-sm" variant="default">
            Download their data
          </Button>
        )}
      </Group>
      {mayChange && person.elsewhere !== undefined && !person.forgotten && (
        <Text size="sm" mt="xs" maw={640}>
          {person.elsewhere}
        </Text>
      )}
      <History lines={person.history} />
      {change && <PersonDialog change={change} person={person} path={path} onDone={done} onClose={close} />}
    </section>
  );
}

function changesOf(person: PersonState, seesAll: boolean): readonly (readonly [PersonChange, string])[] {
  const { unsubscribed, suppressed, forgotten, elsewhere } = person;
  if (forgotten) return forgotten.hasData && seesAll ? [["forget", "Forget once more"]] : [];
  return [
    ...(elsewhere === undefined ? ([["address", "Correct the address"]] as const) : []),
    unsubscribed ? ["resubscribe", "Subscribe again"] : ["unsubscribe", "Unsubscribe"],
    ...(suppressed?.counts ? ([["lift-suppression", "Lift the suppression"]] as const) : []),
    ...(seesAll ? ([["forget", "Forget"]] as const) : []),
  ];
}

function History({ lines }: { readonly lines: readonly PersonLine[] }) {
  if (lines.length === 0)
    return (
      <Text size="sm" c="dimmed" mt="xs">
        No user has changed this person.
      </Text>
    );
  return (
    <ol className={styles.history} aria-label="What users changed, newest first">
      {lines.map(({ id, at, by, what, reason }) => (
        <li key={id}>
          {what}
          {by && ` by ${by}`}, <Moment at={at} />
          {reason && <span className={styles.note}>{reason}</span>}
        </li>
      ))}
    </ol>
  );
}
