import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import type { ShownKey } from "../../../api/account.ts";
import styles from "./Account.module.css";

/** A key and the record that receivers need of it. */
export function DkimRecord({ shown: { record }, title }: { readonly shown: ShownKey; readonly title: string }) {
  return (
    <div>
      <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
        {title}
      </Text>
      {record ? (
        <>
          <Copyable label="Name (TXT record)" text={record.name} />
          <Copyable label="Value" text={record.value} />
          {record.strings.length > 1 && (
            <details>
              <summary>
                <Text span size="sm">
                  In strings of at most 255 characters, for DNS forms that want them apart
                </Text>
              </summary>
              <pre className={styles.record}>{record.strings.map((text) => `"${text}"`).join("\n")}</pre>
            </details>
          )}
        </>
      ) : (
        <Text size="sm">
          Its record is not known here, because the key is kept in Secrets Manager: the check compares both.
        </Text>
      )}
    </div>
  );
}

function Copyable({ label, text }: { readonly label: string; readonly text: string }) {
  const [said, setSaid] = useState("");
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid("Copied."),
      () => setSaid("The browser does not allow it: select the text and copy it."),
    );
  return (
    <div>
      <Group gap="sm" mt={6} mb={2}>
        <Text size="sm">{label}</Text>
        <Button size="compact-xs" variant="default" onClick={() => void copy()} aria-label={`Copy: ${label}`}>
          Copy
        </Button>
        <Text size="sm" role="status">
          {said}
        </Text>
      </Group>
      <pre className={styles.record}>{text}</pre>
    </div>
  );
}
