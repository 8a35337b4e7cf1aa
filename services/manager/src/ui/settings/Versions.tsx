"use client";
import { Button, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { SettingsItem, SettingsVersion } from "../../api/settings.ts";
import { later } from "../shell/later.tsx";
import { Moment } from "../shell/Moment.tsx";
import table from "../shell/Table.module.css";
import { changedNames, type Values } from "./itemValues.ts";

const RestoreDialog = later(() => import("./RestoreDialog.tsx").then((module) => module.RestoreDialog));

interface Props {
  readonly item: SettingsItem;
  /** Puts the values of a version into the form, where they are judged and saved. */
  readonly onRestore: (values: Values) => void;
}

/** The earlier versions of an item, each with what a restore changes. */
export function Versions({ item, onRestore }: Props) {
  const [compared, setCompared] = useState<SettingsVersion>();
  if (item.versions.length === 0) return null;
  return (
    <section aria-label="Earlier versions">
      <Title order={2} size="h5">
        Earlier versions
      </Title>
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
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={`Compare version ${version.version}`}
                    onClick={() => setCompared(version)}
                  >
                    Compare
                  </Button>
                ) : (
                  <Text size="sm">Removed</Text>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {compared && (
        <RestoreDialog
          item={item}
          version={compared.version}
          after={valuesOf(item, compared)}
          onClose={() => setCompared(undefined)}
          onRestore={(values) => {
            setCompared(undefined);
            onRestore(values);
          }}
        />
      )}
    </section>
  );
}

/** All values of a version, the fields of the key included. */
function valuesOf({ form, values }: SettingsItem, { fields = {} }: SettingsVersion): Values {
  const key = Object.fromEntries(form.keyFields.map((name) => [name, values[name]]));
  const own = new Set(form.fields.map(({ name }) => name));
  const known = Object.entries(fields).filter(([name]) => own.has(name));
  return { ...Object.fromEntries(known), ...key };
}

/** Titles of the fields that have another value now, those of controls of their own included. */
function differences(item: SettingsItem, version: SettingsVersion): string {
  if (!version.fields) return "";
  const { values, hiddenFields, form } = item;
  const fields = [...form.fields, ...hiddenFields];
  const known = new Set([...form.keyFields, ...fields.map(({ name }) => name)]);
  const then = { ...version.fields, ...valuesOf(item, version) };
  const others = Object.keys({ ...values, ...then }).filter((name) => !known.has(name));
  const names = changedNames(fields, values, then);
  const titles = fields.filter(({ name }) => names.includes(name)).map(({ title }) => title);
  if (
    changedNames(
      others.map((name) => ({ name })),
      values,
      then,
    ).length > 0
  )
    titles.push(titles.length > 0 ? "fields that this form does not show" : "Fields that this form does not show");
  if (titles.length > 0) return titles.join(", ");
  return item.secretsSet.length > 0 ? "Nothing; passwords and keys are not compared" : "Nothing";
}
