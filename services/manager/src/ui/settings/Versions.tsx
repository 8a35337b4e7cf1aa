"use client";
import { Button, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import type { SaveItemBody, SettingsItem, SettingsVersion } from "../../api/settings.ts";
import { call } from "../http.ts";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";
import table from "../shell/Table.module.css";

interface Props {
  readonly item: SettingsItem;
  readonly onRestored: (item: SettingsItem) => void;
}

/** The earlier versions of an item, each with what a restore changes. */
export function Versions({ item, onRestored }: Props) {
  const [problem, setProblem] = useState<unknown>();
  const restore = async (version: SettingsVersion) => {
    const { key = "", form } = item;
    const values = { ...item.values, ...version.fields };
    for (const { name } of form.fields)
      if (version.fields?.[name] === undefined && !isKeyField(item, name))
        delete (values as Record<string, unknown>)[name];
    const body: SaveItemBody = { values, version: item.version ?? null };
    setProblem(undefined);
    try {
      const saved =
        item.version === undefined
          ? await call<SettingsItem>("POST", `/api/settings/${form.kind}`, body)
          : await call<SettingsItem>("PUT", `/api/settings/${form.kind}/${encodeURIComponent(key)}`, body);
      notifications.show({ message: `Version ${version.version} is back.` });
      onRestored(saved);
    } catch (error) {
      setProblem(error);
    }
  };
  if (item.versions.length === 0) return null;
  return (
    <section aria-label="Earlier versions">
      <Title order={2} size="h5">
        Earlier versions
      </Title>
      {problem !== undefined && <Problem error={problem} title="Not restored" />}
      <table className={`${table.table} ${table.stacks}`}>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">From</th>
            <th scope="col">By</th>
            <th scope="col">Differs from now in</th>
            <th scope="col">Restore</th>
          </tr>
        </thead>
        <tbody>
          {item.versions.map((version) => (
            <tr key={version.version}>
              <th scope="row">{version.version}</th>
              <td data-label="From">{version.changedAt && <Moment at={version.changedAt} />}</td>
              <td data-label="By">{version.changedBy ?? "another program"}</td>
              <td data-label="Differs in">{differences(item, version)}</td>
              <td>
                {version.fields ? (
                  <Button variant="default" size="xs" onClick={() => void restore(version)}>
                    Restore
                  </Button>
                ) : (
                  <Text size="sm">Removed</Text>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function isKeyField({ form }: SettingsItem, name: string): boolean {
  return form.keyFields.includes(name);
}

/** Titles of the fields that have another value now. */
function differences(item: SettingsItem, { fields }: SettingsVersion): string {
  if (!fields) return "";
  const differing = item.form.fields.filter(
    ({ name }) => !isKeyField(item, name) && JSON.stringify(fields[name]) !== JSON.stringify(item.values[name]),
  );
  return differing.map(({ title }) => title).join(", ") || "nothing";
}
