import { Alert, Anchor, Checkbox, List, Stack, Text, Title } from "@mantine/core";
import Link from "next/link";
import type { ComparedFile, ComparedItem } from "../../api/configuration.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import table from "../shell/Table.module.css";
import styles from "./Comparison.module.css";
import { EffectList } from "./EffectList.tsx";
import { kindTitles } from "./kindTitles.ts";
import { valueText } from "./valueText.ts";

interface Props {
  readonly compared: ComparedFile;
  readonly isRemoving: boolean;
  readonly onRemoving: (remove: boolean) => void;
  readonly isImporting: boolean;
  readonly onImport: () => void;
}

/** What an import would change, what of it does not fit, and the button that does it. */
export function Comparison({ compared, isRemoving, onRemoving, isImporting, onImport }: Props) {
  const { changes, faults, unnamed, isComplete, secretsToEnter, effects, warnings } = compared;
  return (
    <section aria-label="What would change">
      <Stack gap="md">
        <div>
          <Title order={2} size="h5">
            What would change
          </Title>
          <Text size="sm" role="status">
            {summary(compared)}
          </Text>
        </div>
        {faults.length > 0 && <Faults faults={faults} />}
        {unnamed > 0 && isComplete && (
          <Checkbox
            label={`Remove the ${unnamed === 1 ? "item" : `${unnamed} items`} that the file does not name`}
            checked={isRemoving}
            onChange={(event) => onRemoving(event.currentTarget.checked)}
          />
        )}
        {unnamed > 0 && !isComplete && (
          <Text size="sm">
            {unnamed === 1 ? "One item is" : `${unnamed} items are`} not named in the file and stay as they are.
          </Text>
        )}
        {changes.map((item) => (
          <ChangedItem key={`${item.kind}/${item.key}`} item={item} />
        ))}
        {secretsToEnter.length > 0 && (
          <Alert color="yellow" variant="light" title="To be entered afterwards">
            <List size="sm">
              {secretsToEnter.map(({ key, field }) => (
                <List.Item key={`${key} ${field}`}>
                  <Anchor component={Link} href={`/settings/account/${encodeURIComponent(key)}`} size="sm">
                    Mail account {key}
                  </Anchor>
                  : {field === "password" ? "its password" : "its DKIM key"}
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
        {effects.length > 0 && (
          <Alert color="yellow" variant="light" title="The import sets back work orders">
            <Text size="sm" mb="xs">
              What these steps found out or checked does not hold any more: they go back to ready and must be run again.
            </Text>
            <EffectList orders={effects} />
          </Alert>
        )}
        {warnings.map((warning) => (
          <Alert key={warning} color="yellow" variant="light" title="This concerns you">
            {warning}
          </Alert>
        ))}
        {changes.length > 0 && (
          <div>
            <BusyButton busy={isImporting} disabled={faults.length > 0} onClick={onImport}>
              Import {changes.length === 1 ? "one change" : `${changes.length} changes`}
            </BusyButton>
          </div>
        )}
      </Stack>
    </section>
  );
}

function summary({ changes, unchanged }: ComparedFile): string {
  const count = (change: ComparedItem["change"]) => changes.filter((item) => item.change === change).length;
  if (changes.length === 0) return unchanged === 0 ? "Nothing." : `Nothing: all ${unchanged} items are as in the file.`;
  return `${count("new")} new, ${count("changed")} changed, ${count("removed")} removed, ${unchanged} unchanged.`;
}

function Faults({ faults }: Pick<ComparedFile, "faults">) {
  const title = faults.length === 1 ? "One thing does not fit" : `${faults.length} things do not fit`;
  return (
    <Alert color="red" variant="light" role="alert" title={title}>
      <List size="sm" className={styles.faults}>
        {faults.map(({ line, column, what, sentence }) => (
          <List.Item key={`${line} ${column} ${what} ${sentence}`}>
            {line !== undefined && (
              <strong>
                Line {line}, column {column}:{" "}
              </strong>
            )}
            <code>{what}</code>. {sentence}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

const changeWords = { new: "New", changed: "Changed", removed: "Removed" } as const;

function ChangedItem({ item: { kind, key, change, fields } }: { readonly item: ComparedItem }) {
  return (
    <details className={styles.item} open={change !== "new"}>
      <summary>
        {changeWords[change]}: {kindTitles[kind].one.toLowerCase()} {key}
      </summary>
      <table className={`${table.table} ${table.stacks}`}>
        <thead>
          <tr>
            <th scope="col">Field</th>
            {change !== "new" && <th scope="col">Now</th>}
            {change !== "removed" && <th scope="col">Then</th>}
          </tr>
        </thead>
        <tbody>
          {fields.map(({ path, before, after }) => (
            <tr key={path}>
              <th scope="row">{path}</th>
              {change !== "new" && (
                <td data-label="Now">
                  <Value value={before} />
                </td>
              )}
              {change !== "removed" && (
                <td data-label="Then">
                  <Value value={after} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Value({ value }: { readonly value: unknown }) {
  if (value === undefined) return <span className={styles.none}>not set</span>;
  const text = valueText(value);
  if (text === "") return <span className={styles.none}>empty</span>;
  return <span className={styles.value}>{text}</span>;
}
