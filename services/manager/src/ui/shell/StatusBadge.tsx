import type { StepStatus } from "@email-agent/shared/domain/workOrder.ts";
import styles from "./StatusBadge.module.css";

const looks: Readonly<Record<StepStatus, { readonly word: string; readonly sign: string }>> = {
  ready: { word: "Ready", sign: "○" },
  working: { word: "Working", sign: "▶" },
  complete: { word: "Complete", sign: "✓" },
  error: { word: "Error", sign: "✕" },
  interrupted: { word: "Interrupted", sign: "Ⅱ" },
  exception: { word: "Exception", sign: "!" },
  sleeping: { word: "Sleeping", sign: "☾" },
};

/** A status as sign and word: colour never speaks alone. `word` replaces the standard word. */
export function StatusBadge({ status, word }: { readonly status: StepStatus; readonly word?: string }) {
  const look = looks[status];
  return (
    <span className={styles.badge} data-status={status}>
      <span aria-hidden="true">{look.sign}</span>
      {word ?? look.word}
    </span>
  );
}

/** The word for a status, as it stands in the badge. */
export function statusWord(status: StepStatus): string {
  return looks[status].word;
}
