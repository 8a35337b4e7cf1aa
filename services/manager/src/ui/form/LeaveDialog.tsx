"use client";
import { later } from "../shell/later.tsx";
import type { LeaveGuard } from "./useLeaveGuard.ts";

const LeaveQuestion = later(() => import("./LeaveQuestion.tsx").then((module) => module.LeaveQuestion));

/** Asks before unsaved changes are discarded; the window loads when it first asks. */
export function LeaveDialog({ guard }: { readonly guard: LeaveGuard }) {
  return guard.isAsking ? <LeaveQuestion onClose={guard.stay} onLeave={guard.leave} /> : null;
}
