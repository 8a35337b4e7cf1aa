"use client";
import { hasRight } from "@email-agent/shared/domain/role.ts";
import { Button, Group, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import type { PeopleListPage as Page, PeopleListFilter, PeopleListName } from "../../api/peopleLists.ts";
import { useTrail } from "../recipients/useTrail.ts";
import { later } from "../shell/later.tsx";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import styles from "./People.module.css";
import { PeopleFoot } from "./PeopleFoot.tsx";
import { PeopleFrame } from "./PeopleFrame.tsx";
import { PeopleListTable } from "./PeopleListTable.tsx";
import { usePeoplePage } from "./usePeoplePage.ts";

const LiftManyDialog = later(() => import("./LiftManyDialog.tsx").then((module) => module.LiftManyDialog));

const noFilter: PeopleListFilter = { q: "", code: "", domain: "", since: "" };
const pauseMilliseconds = 300;
const none: ReadonlySet<string> = new Set();
const liftWords = { suppressed: "Lift", unsubscribed: "Subscribe again" } as const;

/** The people who are unsubscribed or suppressed: filtered, exported, and lifted one by one or all at once. */
export function PeopleListPage({ list }: { readonly list: PeopleListName }) {
  const viewer = useViewer();
  const [typed, setTyped] = useState(noFilter);
  const [filter] = useDebouncedValue(typed, pauseMilliseconds);
  const asked = new URLSearchParams({ ...filter }).toString();
  const trail = useTrail(`${list} ${asked}`);
  const cursor = trail.cursor ? `&cursor=${encodeURIComponent(trail.cursor)}` : "";
  const { again, ...state } = usePeoplePage<Page>(`/api/people-lists/${list}?${asked}${cursor}`);
  const [selected, setSelected] = useState(none);
  const [lifting, setLifting] = useState<"selected" | "all">();
  const mayChange = hasRight(viewer, "write");
  const rows = state.page?.rows ?? [];
  const isFiltered = Object.values(filter).some((value) => value.trim() !== "");
  const isEmpty = rows.length === 0 && state.phase === "ready" && !state.page?.next;
  const close = () => setLifting(undefined);
  const done = () => {
    close();
    setSelected(none);
    trail.restart();
    again();
  };
  return (
    <PeopleFrame>
      <Filter list={list} filter={typed} timeZone={state.page?.timeZone} onChange={setTyped} />
      <Group gap="xs">
        {mayChange && (
          <>
            <Button
              size="compact-sm"
              variant="default"
              data-disabled={selected.size === 0 || undefined}
              aria-disabled={selected.size === 0}
              onClick={() => selected.size > 0 && setLifting("selected")}
            >
              {liftWords[list]}: selected ({selected.size})…
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              data-disabled={isEmpty || undefined}
              aria-disabled={isEmpty}
              onClick={() => !isEmpty && setLifting("all")}
            >
              {liftWords[list]}: {isFiltered ? "all that fit the filter" : "everyone on the list"}…
            </Button>
          </>
        )}
        {viewer.exportCsv && !isEmpty && (
          <Button
            component="a"
            href={`/api/people-lists/${list}/csv?${asked}`}
            download
            size="compact-sm"
            variant="default"
          >
            Export as CSV
          </Button>
        )}
      </Group>
      {state.phase === "failed" && <Problem title="The list could not be loaded" error={state.error} retry={again} />}
      <PeopleFoot state={state} trail={trail} />
      {rows.length > 0 && (
        <PeopleListTable
          list={list}
          rows={rows}
          from={state.page?.from ?? 1}
          timeZone={state.page?.timeZone ?? "UTC"}
          isStale={state.phase === "loading" && !state.page?.reading}
          {...(mayChange && { selected, onSelect: setSelected })}
        />
      )}
      {isEmpty && (
        <Text c="dimmed" ta="center" py="xl">
          {isFiltered ? "No one fits the filter." : `No one is ${list}.`}
        </Text>
      )}
      {lifting && (
        <LiftManyDialog
          list={list}
          ids={lifting === "selected" ? [...selected] : undefined}
          filter={filter}
          onDone={done}
          onClose={close}
        />
      )}
    </PeopleFrame>
  );
}

function Filter({
  list,
  filter,
  timeZone,
  onChange,
}: {
  readonly list: PeopleListName;
  readonly filter: PeopleListFilter;
  readonly timeZone: string | undefined;
  readonly onChange: (filter: PeopleListFilter) => void;
}) {
  const field = (name: keyof PeopleListFilter, label: string, placeholder?: string) => (
    <TextInput
      key={name}
      label={label}
      {...(placeholder && { placeholder })}
      size="xs"
      value={filter[name]}
      type={name === "since" ? "date" : "text"}
      onChange={(event) => onChange({ ...filter, [name]: event.currentTarget.value })}
      autoComplete="off"
      spellCheck={false}
    />
  );
  return (
    <search className={styles.choices} aria-label="Filter the list">
      {field("q", "Name, address or id")}
      {list === "suppressed" && field("code", "SMTP code", "5.1.1")}
      {field("domain", "Domain", "example.org")}
      {field("since", timeZone === undefined ? "Since" : `Since (${timeZone})`)}
    </search>
  );
}
