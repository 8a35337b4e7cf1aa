"use client";
import type { ConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import { Anchor, Button, Group, Loader, Stack, Text, TextInput, Title } from "@mantine/core";
import Link from "next/link";
import { useState } from "react";
import useSWR from "swr";
import type { SettingsList, SettingsRow } from "../../api/settings.ts";
import look from "../form/FormLook.module.css";
import { call } from "../http.ts";
import { ElsewhereNotice } from "../shell/ElsewhereNotice.tsx";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";
import table from "../shell/Table.module.css";
import { kindTitles } from "./kindTitles.ts";
import styles from "./Settings.module.css";

/** Above so many items there is a field to find one. */
const searchAbove = 12;

/** The items of one kind. */
export function ItemList({ kind }: { readonly kind: ConfigKind }) {
  const { data, error, mutate } = useSWR<SettingsList>(`/api/settings/${kind}`, (path: string) =>
    call<SettingsList>("GET", path),
  );
  const [search, setSearch] = useState("");
  const { one, all, about } = kindTitles[kind];
  const wanted = search.trim().toLowerCase();
  const rows =
    data?.items.filter(({ key, title, summary }) => `${title ?? key} ${summary}`.toLowerCase().includes(wanted)) ?? [];
  return (
    <Stack gap="md">
      <div>
        <Anchor component={Link} href="/settings" size="sm">
          ← Settings
        </Anchor>
        <Group justify="space-between">
          <Title order={1} size="h3">
            {all}
          </Title>
          {kind !== "setting" && data?.elsewhere === undefined && (
            <Button component={Link} href={`/settings/add/${kind}`}>
              Add {one.toLowerCase()}
            </Button>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {about}
        </Text>
      </div>
      {data?.elsewhere !== undefined && <ElsewhereNotice sentence={data.elsewhere} />}
      {error !== undefined && <Problem error={error} retry={() => void mutate()} />}
      {!data && error === undefined && <Loader size="sm" role="status" aria-label="Loading" />}
      {data && data.items.length > searchAbove && (
        <TextInput
          label="Find"
          type="search"
          maw={320}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      {data?.items.length === 0 && <Text size="sm">There are none yet.</Text>}
      {data && data.items.length > 0 && rows.length === 0 && <Text size="sm">None fits “{search.trim()}”.</Text>}
      {rows.length > 0 && (
        <table className={`${table.table} ${table.stacks}`}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">What it says</th>
              <th scope="col">Changed</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.key} kind={kind} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </Stack>
  );
}

function Row({ kind, row }: { readonly kind: ConfigKind; readonly row: SettingsRow }) {
  return (
    <tr>
      <th scope="row" className={table.words}>
        <Anchor component={Link} href={`/settings/${kind}/${encodeURIComponent(row.key)}`} size="sm">
          {row.title ?? row.key}
        </Anchor>
      </th>
      <td className={`${look.form} ${table.words}`}>
        {row.summary}
        {row.problem !== undefined && <div className={styles.problem}>{row.problem}</div>}
      </td>
      <td data-label="Changed" className={table.words}>
        {row.changedAt !== undefined && (
          <>
            <Moment at={row.changedAt} /> {row.changedBy !== undefined && `by ${row.changedBy}`}
          </>
        )}
      </td>
    </tr>
  );
}
