import type { ImportReading } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { useState } from "react";
import type { ShownImport } from "../../api/imports.ts";
import { call } from "../http.ts";

type Act =
  | { readonly act: "check"; readonly reading: ImportReading }
  | { readonly act: "apply" | "undo" | "continue" | "stop" };

/** What a user does with an import. */
export interface ImportAct {
  readonly busy: boolean;
  /** Why the last one was refused. */
  readonly problem: unknown;
  run(act: Act): void;
}

/** Sends acts to the server; `onDone` gets the import as it is then. */
export function useImportAct(id: string, onDone: (item: ShownImport) => void): ImportAct {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const send = async (act: Act) => {
    setBusy(true);
    setProblem(undefined);
    try {
      onDone(await call<ShownImport>("POST", `/api/people/imports/${id}`, act));
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  return { busy, problem, run: (act) => void send(act) };
}
