"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import { skipReasons } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { Anchor } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import { openList } from "../recipients/listAddress.ts";
import styles from "./StepPanel.module.css";

/** A number that opens the list of those people. Reasons the list of now does not know, as `send-until`, are numbers only. */
function Whom({ language, reason, people }: { language: string; reason: string; people: number }) {
  const listed = skipReasons.find((one) => one === reason && one !== "failed-before");
  if (people === 0 || !listed) return count(people);
  return (
    <Anchor
      component="button"
      type="button"
      inherit
      onClick={() => openList({ list: "left-out", language, reason: listed })}
      aria-label={`${count(people)} in ${language}: ${skipReasonWords(reason)}. Show them`}
    >
      {count(people)}
    </Anchor>
  );
}

/** Whom a mailing leaves out, and why, per language: the answer of Count, and of every step that plans anew. */
export function SkipReasons({ order, step }: { readonly order: Order; readonly step: StepName }) {
  const { languages = {}, status } = order.steps[step];
  const codes = order.languages.filter((code) => languages[code]?.reasons);
  const people = (code: string, reason: string) => languages[code]?.reasons?.[reason] ?? 0;
  const sum = (reason: string) => codes.reduce((all, code) => all + people(code, reason), 0);
  const reasons = [...new Set(codes.flatMap((code) => Object.keys(languages[code]?.reasons ?? {})))]
    .filter((reason) => sum(reason) > 0)
    .sort((one, other) => sum(other) - sum(one));
  if (status === "ready" || reasons.length === 0) return undefined;
  return (
    <div className={styles.scroll}>
      <table className={`${styles.table} ${codes.length > 3 ? styles.stacks : ""}`}>
        <caption>Not mailed, and why</caption>
        <thead>
          <tr>
            <th scope="col">Reason</th>
            {codes.map((code) => (
              <th key={code} scope="col" className={styles.number}>
                {code}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {reasons.map((reason) => (
            <tr key={reason}>
              <th scope="row">{skipReasonWords(reason)}</th>
              {codes.map((code) => (
                <td key={code} className={styles.number} data-label={code}>
                  <Whom language={code} reason={reason} people={people(code, reason)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
