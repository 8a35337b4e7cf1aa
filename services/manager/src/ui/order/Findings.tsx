"use client";
import { counted } from "@email-agent/shared/domain/numberWords.ts";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import { Anchor } from "@mantine/core";
import Link from "next/link";
import { useTesterLabels } from "../orders/useOptions.ts";
import table from "../shell/Table.module.css";
import { inOrderOfWeight, placeOf } from "./findings.ts";
import styles from "./StepPanel.module.css";
import { localTimes, testerWords } from "./stepWords.ts";

interface FindingsProps {
  readonly details: readonly Detail[];
  /** The page that shows findings at their place in the template; absent for findings without a place. */
  readonly preview?: string;
}

/** The findings of the checks, or the mails that could not be rendered. Errors first. */
export function Findings({ details, preview }: FindingsProps) {
  const labels = useTesterLabels();
  const first = inOrderOfWeight(details)[0];
  if (!first) return undefined;
  const errors = details.filter(({ severity }) => severity === "error").length;
  const warnings = details.length - errors;
  const amounts = [
    errors > 0 && counted(errors, "error", "errors"),
    warnings > 0 && counted(warnings, "warning", "warnings"),
  ];
  return (
    <div className={table.scroll}>
      <table className={`${table.table} ${table.stacks}`}>
        <caption>Findings: {amounts.filter(Boolean).join(", ")}</caption>
        <thead>
          <tr>
            <th scope="col">Severity</th>
            <th scope="col">Language</th>
            <th scope="col">Rule</th>
            <th scope="col">Line:column</th>
            <th scope="col">What is wrong</th>
          </tr>
        </thead>
        <tbody>
          {inOrderOfWeight(details).map((detail, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: findings have no identity, and two may be equal
            <tr key={index}>
              <td className={styles.severity} data-severity={detail.severity}>
                {detail.severity === "error" ? "✕ Error" : "! Warning"}
              </td>
              <td data-label="Language">{detail.language}</td>
              <td data-label="Rule">{detail.rule}</td>
              <td className={styles.mono} data-label="Line:column">
                {placeOf(detail) || "–"}
              </td>
              <td className={styles.text}>{localTimes(testerWords(detail.text, labels))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {preview && (
        <Anchor component={Link} href={`${preview}?language=${first.language}`} size="sm">
          Show them in the template
        </Anchor>
      )}
    </div>
  );
}
