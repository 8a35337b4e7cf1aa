"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { mailsRecipients, type StepName, stepNamed } from "@email-agent/shared/domain/steps.ts";
import { Text } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import table from "../shell/Table.module.css";
import { counterParts, isOutdated, isPartial } from "./counterParts.ts";

/** The numbers of a step per language, in the order in which they are processed. */
export function LanguageTable({ order, step }: { readonly order: Order; readonly step: StepName }) {
  const { languages, counters, status } = order.steps[step];
  // Prepare has one number per language; its published content is a table of its own.
  if (!languages || !counters || status === "ready" || stepNamed(step).content === "publishes") return undefined;
  if (mailsRecipients(step) && status !== "working" && isOutdated(order.steps[step]))
    return (
      <Text size="sm" c="dimmed">
        It ended before its numbers per language were saved: see the reconciliation below.
      </Text>
    );
  const codes = order.languages.filter((code) => languages[code]);
  const shown = counterParts(step, counters).filter(({ name, people }) => people > 0 || name === "sent");
  const hasRuns =
    mailsRecipients(step) && codes.some((code) => languages[code]?.thisRun?.sent !== languages[code]?.sent);
  return (
    <div className={table.scroll}>
      <table className={`${table.table} ${shown.length > 1 ? table.stacks : ""}`}>
        <caption>{isPartial(step, order.steps[step]) ? "Per language, so far" : "Per language"}</caption>
        <thead>
          <tr>
            <th scope="col">Language</th>
            {shown.map(({ name, label }) => (
              <th key={name} scope="col" className={table.number}>
                {label}
              </th>
            ))}
            {hasRuns && (
              <th scope="col" className={table.number}>
                sent by this run
              </th>
            )}
            {shown.length > 1 && (
              <th scope="col" className={table.number}>
                total
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {codes.map((code) => {
            const own = languages[code];
            if (!own) return undefined;
            const parts = counterParts(step, own);
            return (
              <tr key={code}>
                <th scope="row">{code}</th>
                {shown.map(({ name, label }) => (
                  <td key={name} className={table.number} data-label={label}>
                    {count(parts.find((part) => part.name === name)?.people ?? 0)}
                  </td>
                ))}
                {hasRuns && (
                  <td className={table.number} data-label="sent by this run">
                    {count(own.thisRun?.sent ?? 0)}
                  </td>
                )}
                {shown.length > 1 && (
                  <td className={table.number} data-label="total">
                    {count(own.total)}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
