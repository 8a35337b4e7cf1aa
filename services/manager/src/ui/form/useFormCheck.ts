"use client";
import type { OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import { useCallback, useEffect, useRef, useState } from "react";
import type { OrderCheck } from "../../api/orders.ts";
import { call } from "../http.ts";

/** Debounce: the form is judged when typing has paused this long. */
const pauseMilliseconds = 350;

export interface FormCheck {
  /** The latest judgement; that of a refused save counts as one. */
  readonly check: OrderCheck | undefined;
  /** The present content of the form is not judged yet. */
  readonly isChecking: boolean;
  /** Judges now. Throws RequestFailed. */
  checkNow(): Promise<OrderCheck>;
  /** Shows what a refused save said about the fields. */
  refuse(fields: Readonly<Record<string, string>>): void;
}

/** Lets the server judge the form while it is filled in. `fields`: all of a new order, the changed ones of an existing order. */
export function useFormCheck(id: string | undefined, fields: Partial<OrderFields>, enabled: boolean): FormCheck {
  const body = JSON.stringify({ ...(id !== undefined && { id }), fields });
  const [judged, setJudged] = useState<{ readonly body: string; readonly check: OrderCheck }>();
  const asked = useRef(0);

  const ask = useCallback(async (asking: string, signal?: AbortSignal) => {
    asked.current += 1;
    const request = asked.current;
    const check = await call<OrderCheck>(
      "POST",
      "/api/work-orders/check",
      JSON.parse(asking),
      signal ? { signal } : {},
    );
    // A response to an older request says nothing about the present content of the form.
    if (request === asked.current) setJudged({ body: asking, check });
    return check;
  }, []);

  useEffect(() => {
    if (!enabled) return;
    const left = new AbortController();
    // A failed check is repeated at the next keystroke, and by the save in any case.
    const pause = setTimeout(() => void ask(body, left.signal).catch(() => {}), pauseMilliseconds);
    return () => {
      clearTimeout(pause);
      left.abort();
    };
  }, [ask, body, enabled]);

  const refuse = useCallback(
    (refused: Readonly<Record<string, string>>) =>
      setJudged((before) => ({ body, check: { notes: {}, ...before?.check, fields: refused } })),
    [body],
  );
  return {
    check: judged?.check,
    isChecking: enabled && judged?.body !== body,
    checkNow: useCallback(() => ask(body), [ask, body]),
    refuse,
  };
}
