"use client";
import { useEffect, useRef, useState } from "react";
import type { AccountReport, AskSendersBody } from "../../../api/account.ts";
import { call } from "../../http.ts";

export interface AccountRequest {
  readonly report?: AccountReport | undefined;
  readonly problem?: unknown;
  readonly isBusy: boolean;
  /** No sender has taken it for a while. */
  readonly isWaiting: boolean;
  start(body: AskSendersBody): Promise<AccountReport | undefined>;
}

const pollMilliseconds = 700;
const longMilliseconds = 15_000;
const givenUpMilliseconds = 240_000;

/** Asks the senders something about an account, and follows the result until it is whole. */
export function useAccountRequest(address: string): AccountRequest {
  const [report, setReport] = useState<AccountReport>();
  const [problem, setProblem] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [isWaiting, setWaiting] = useState(false);
  const left = useRef(new AbortController());
  useEffect(() => {
    const page = new AbortController();
    left.current = page;
    return () => page.abort();
  }, []);

  const follow = async (id: string, signal: AbortSignal): Promise<AccountReport> => {
    const since = Date.now();
    for (;;) {
      const now = await call<AccountReport>("GET", `${address}/requests/${id}`, undefined, { signal });
      setReport(now);
      setWaiting(now.status === "asked" && Date.now() - since > longMilliseconds);
      if (now.status === "done") return now;
      if (Date.now() - since > givenUpMilliseconds)
        throw new Error("No sender finished it in four minutes. See whether the senders are running, then try again.");
      await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
      signal.throwIfAborted();
    }
  };
  const start: AccountRequest["start"] = async (body) => {
    const { signal } = left.current;
    setBusy(true);
    setProblem(undefined);
    setReport(undefined);
    try {
      const { id } = await call<{ id: string }>("POST", `${address}/requests`, body, { signal });
      return await follow(id, signal);
    } catch (error) {
      if (!signal.aborted) setProblem(error);
      return undefined;
    } finally {
      setBusy(false);
      setWaiting(false);
    }
  };
  return { report, problem, isBusy, isWaiting, start };
}
