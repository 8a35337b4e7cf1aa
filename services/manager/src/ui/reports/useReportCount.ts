"use client";
import { useEffect, useRef, useState } from "react";
import type { ReportLine } from "../../api/reports.ts";
import { streamLines } from "../http.ts";

export interface CountProgress {
  readonly read: number;
  readonly of: number;
}

/** Counts the deliveries of an event on the server; leaving the page ends it. */
export function useReportCount(code: string, onDone: () => void) {
  const [progress, setProgress] = useState<CountProgress>();
  const [problem, setProblem] = useState<unknown>();
  const leave = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    leave.current = controller;
    return () => controller.abort();
  }, []);
  const start = async () => {
    const { signal } = leave.current;
    setProblem(undefined);
    setProgress({ read: 0, of: 0 });
    try {
      await readLines(code, signal, setProgress);
      onDone();
    } catch (error) {
      if (!signal.aborted) setProblem(error);
    }
    setProgress(undefined);
  };
  return { progress, problem, start };
}

async function readLines(code: string, signal: AbortSignal, onProgress: (progress: CountProgress) => void) {
  for await (const line of streamLines<ReportLine>(`/api/reports/${encodeURIComponent(code)}/count`, signal, {})) {
    if ("isOver" in line) return;
    onProgress(line);
  }
  throw new Error("The server ended early. Count again.");
}
