import { counted } from "@email-agent/shared/domain/numberWords.ts";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import { Anchor, Text } from "@mantine/core";
import type { TemplatePreview } from "../../api/templates.ts";
import { FindingText } from "../preview/FindingList.tsx";
import styles from "./Templates.module.css";

interface Props {
  readonly preview: TemplatePreview | undefined;
  /** The findings are of an earlier text. */
  readonly isWaiting: boolean;
  readonly onGo: (place: { readonly line: number; readonly column: number }) => void;
}

/** All findings of the text; each with a place leads there. */
export function EditorFindings({ preview, isWaiting, onGo }: Props) {
  const findings = preview?.findings ?? [];
  const more = preview?.moreFindings ?? 0;
  return (
    <section aria-label="Findings">
      <Text size="sm" fw={600} role="status" mb={4}>
        {statusWords(preview, findings, more, isWaiting)}
      </Text>
      {findings.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <ol className={styles.findings} tabIndex={0} aria-label="List of findings">
          {findings.map((finding, index) => (
            <li key={JSON.stringify(finding)}>
              <FindingText numbered={{ number: index + 1, finding }} />{" "}
              {finding.line !== undefined && (
                <Anchor
                  component="button"
                  type="button"
                  size="sm"
                  onClick={() => onGo({ line: finding.line ?? 1, column: finding.column ?? 1 })}
                >
                  line {finding.line}
                </Anchor>
              )}
            </li>
          ))}
        </ol>
      )}
      {more > 0 && (
        <Text size="sm" c="dimmed">
          And {counted(more, "more finding", "more findings")}.
        </Text>
      )}
    </section>
  );
}

function statusWords(
  preview: TemplatePreview | undefined,
  findings: readonly Detail[],
  more: number,
  isWaiting: boolean,
): string {
  if (!preview || isWaiting) return "Checking…";
  if (findings.length === 0)
    return preview.problem === undefined ? "No findings. Prepare checks the links as well." : "";
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  const said = [
    ...(errors > 0 ? [counted(errors, "error", "errors")] : []),
    ...(warnings > 0 ? [counted(warnings, "warning", "warnings")] : []),
    ...(more > 0 ? [`${more} more`] : []),
  ].join(", ");
  return errors > 0 ? `${said}: Prepare does not publish it so.` : said;
}
