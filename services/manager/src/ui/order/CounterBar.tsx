"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import styles from "./CounterBar.module.css";
import { counterParts, isPartial, isUncounted, isUnmeasured, partsText } from "./counterParts.ts";

/** The progress of a step: one bar of its numbers, each with its label. Nothing before its first run. */
export function CounterBar({ step, record }: { readonly step: StepName; readonly record: StepRecord }) {
  const { status } = record;
  const counters = isUncounted(step, record) ? undefined : record.counters;
  const unmeasured = isUnmeasured(step, record);
  if (!unmeasured && (!counters || status === "ready")) return undefined;
  const partial = isPartial(step, record);
  const parts = counters ? counterParts(step, counters, record.waiting?.retries?.people) : [];
  const total = counters?.total ?? 0;
  const open = parts.reduce((sum, { name, people }) => (name === "open" || name === "waiting" ? sum + people : sum), 0);
  const text = partsText(parts, count) || "Working";
  return (
    <div>
      {partial && <div className={styles.entry}>Before it was cut short:</div>}
      <div
        hidden={partial}
        role="progressbar"
        aria-label="Progress"
        aria-valuetext={text}
        aria-valuemin={0}
        aria-valuemax={unmeasured ? undefined : total}
        aria-valuenow={unmeasured ? undefined : total - open}
        className={styles.bar}
        data-unmeasured={unmeasured || undefined}
      >
        {!unmeasured &&
          parts
            .filter(({ people }) => people > 0)
            .map(({ name, people }) => (
              <span key={name} className={styles.part} data-part={name} style={{ flexGrow: people }} />
            ))}
      </div>
      {counters && (
        <ul className={styles.legend}>
          {parts
            .filter(({ name, people }) => people > 0 || name === "sent")
            .map(({ name, label, people }) => (
              <li key={name} className={styles.entry}>
                <span className={`${styles.part} ${styles.swatch}`} data-part={name} aria-hidden="true" />
                <b>{count(people)}</b> {label}
              </li>
            ))}
        </ul>
      )}
    </div>
  );
}
