"use client";
import type { ConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import { useCallback, useEffect, useState } from "react";
import type { CheckItemBody, ItemCheck } from "../../api/settings.ts";
import { call } from "../http.ts";

type Faults = Readonly<Record<string, string>>;

/** Debounce: what is entered is judged when typing has paused this long. */
const pauseMilliseconds = 350;

/** Lets the server judge an item while it is entered, by the rules of a save. `known`: the faults it was opened with. */
export function useItemCheck(kind: ConfigKind, check: CheckItemBody, isDirty: boolean, known: Faults) {
  const body = JSON.stringify(check);
  const [judged, setJudged] = useState<{ readonly body: string; readonly faults: Faults }>();
  useEffect(() => {
    if (!isDirty) return;
    const left = new AbortController();
    const pause = setTimeout(() => {
      call<ItemCheck>("POST", `/api/settings/check/${kind}`, JSON.parse(body), { signal: left.signal })
        .then(({ fields }) => left.signal.aborted || setJudged({ body, faults: fields }))
        // A failed check is repeated at the next keystroke, and by the save in any case.
        .catch(() => {});
    }, pauseMilliseconds);
    return () => {
      clearTimeout(pause);
      left.abort();
    };
  }, [kind, body, isDirty]);
  return {
    faults: isDirty || judged?.body === body ? (judged?.faults ?? known) : known,
    isChecking: isDirty && judged?.body !== body,
    refuse: useCallback((faults: Faults) => setJudged({ body, faults }), [body]),
  };
}
