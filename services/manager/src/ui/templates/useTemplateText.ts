"use client";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import type { OtherVersion, Template } from "../../api/templates.ts";
import { call, RequestFailed } from "../http.ts";

export interface TemplateText {
  readonly text: string;
  readonly isDirty: boolean;
  readonly busy: boolean;
  readonly problem: unknown;
  /** What another user saved meanwhile; the own text stays in the editor. */
  readonly other: OtherVersion | undefined;
  change(text: string): void;
  /** Saves the text as the version behind `version`. */
  save(version: number): Promise<void>;
  /** The user looked at the other version and goes on with the own text. */
  goOn(): void;
  /** The text of the other version replaces the own one, which the editor can undo. */
  takeOther(other: OtherVersion): void;
}

/** The text in the editor, and its way into the bucket. `onSaved` gets the template as it is then. */
export function useTemplateText(template: Template, onSaved: (template: Template) => void): TemplateText {
  const [text, setText] = useState(template.html);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [other, setOther] = useState<OtherVersion>();

  const save = async (version: number) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const path = `/api/templates/${encodeURIComponent(template.name)}`;
      const saved = await call<Template>("PUT", path, { version, html: text });
      setOther(undefined);
      onSaved(saved);
      notifications.show({ message: `Saved as version ${saved.version}.` });
    } catch (error) {
      const meanwhile = otherVersion(error);
      if (meanwhile) setOther(meanwhile);
      else setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return {
    ...{ text, busy, problem, other, save },
    isDirty: text !== template.html,
    change: setText,
    goOn: () => setOther(undefined),
    takeOther: ({ html }) => {
      setText(html);
      setOther(undefined);
    },
  };
}

/** What another user saved, of a refused request; undefined for any other failure. */
function otherVersion(error: unknown): OtherVersion | undefined {
  if (!(error instanceof RequestFailed) || error.details["reason"] !== "changed") return undefined;
  return error.details["other"] as OtherVersion;
}
