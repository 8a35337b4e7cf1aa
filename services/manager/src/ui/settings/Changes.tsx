"use client";
import type { Field } from "@email-agent/shared/domain/configuration/fields.ts";
import { Text } from "@mantine/core";
import dynamic from "next/dynamic";
import { changedNames, type Values } from "./itemValues.ts";
import styles from "./Settings.module.css";
import { valueText } from "./valueText.ts";

interface Props {
  readonly fields: readonly Field[];
  readonly before: Values;
  readonly after: Values;
}

/** Brings the comparison of lines, which few pages need. */
const DiffView = dynamic(
  () =>
    import("../templates/DiffView.tsx").then(
      (module) => module.DiffView,
      () => NotLoaded,
    ),
  { ssr: false },
);

const longerThan = 80;

/** What differs: of each field the value before and the value after, of long texts line by line. */
export function Changes({ fields, before, after }: Props) {
  const names = changedNames(fields, before, after);
  if (names.length === 0) return <Text size="sm">Nothing differs.</Text>;
  return (
    <dl className={styles.changes}>
      {fields
        .filter(({ name }) => names.includes(name))
        .map((field) => {
          const [one, other] = [valueText(before[field.name]), valueText(after[field.name])];
          const isLong = `${one}${other}`.includes("\n") || Math.max(one.length, other.length) > longerThan;
          return (
            <div key={field.name}>
              <dt>{field.title}</dt>
              <dd>
                {isLong ? (
                  <DiffView before={one} after={other} label={`${field.title}, line by line`} />
                ) : (
                  <>
                    <del>{one || "nothing"}</del> → <ins>{other || "nothing"}</ins>
                  </>
                )}
              </dd>
            </div>
          );
        })}
    </dl>
  );
}

function NotLoaded() {
  return <Text size="sm">The comparison could not be loaded. Check your connection, then reload the page.</Text>;
}
