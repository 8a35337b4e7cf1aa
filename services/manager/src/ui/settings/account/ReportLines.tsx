import type { AccountLine } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { Sign } from "../../shell/Sign.tsx";
import type { Look } from "../../shell/statusLooks.ts";
import styles from "./Account.module.css";

const looks: Readonly<Record<AccountLine["verdict"], Look>> = {
  pass: { word: "Pass", sign: "✓", tone: "good" },
  warn: { word: "Warning", sign: "!", tone: "doubt" },
  fail: { word: "Fail", sign: "✕", tone: "bad" },
  unchecked: { word: "Not checked", sign: "–", tone: "quiet" },
};

/** The lines of a result, as they come. */
export function ReportLines({ lines }: { readonly lines: readonly AccountLine[] }) {
  return (
    <ul className={styles.lines}>
      {lines.map(({ id, title, verdict, text, repair }) => (
        <li key={id}>
          <span>
            <Sign look={looks[verdict]} />
          </span>
          <strong>{title}</strong>
          <span>
            {text}
            {repair !== undefined && <span className={styles.repair}>{repair}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
