"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import type { EditLease, LeaseHolder, Order } from "../../api/orders.ts";
import { call, RequestFailed } from "../http.ts";

const renewEveryMilliseconds = 60_000;
/** A reloaded page may ask before the release by its own unload has arrived. */
const ownReleaseMilliseconds = 800;

/** Why the form cannot be edited now. */
interface Refusal {
  /** As the server names it (`held`, `working`, `lease-lost`, `archived`), or another error code. */
  readonly reason: string;
  readonly message: string;
  /** Who has the form open, if that is the reason: a write user may take over. */
  readonly holder?: LeaseHolder | undefined;
}

type LeaseState =
  | { readonly phase: "taking" }
  | { readonly phase: "held"; readonly lease: EditLease; readonly unreachable: boolean }
  /** `lost`: it was held before, and something may have been typed. */
  | { readonly phase: "refused"; readonly refusal: Refusal; readonly lost: boolean };

export interface EditLeaseHook {
  readonly state: LeaseState;
  /** Requests the lease. */
  take(takeOver?: boolean): Promise<void>;
  /** Renews now; also shows whether the lease is still valid. */
  renew(): Promise<void>;
  /** While a save is in progress, its own effects must not look like those of another user. */
  saving(isUnderWay: boolean): void;
  /** A save ended it: there is nothing to release. */
  forget(): void;
}

/**
 * Holds the edit lease of an order while the page is open: taken at once, renewed each minute and when the page is looked
 * at again, released when it is left. `wanted`: false for users who may only read.
 */
export function useEditLease(id: string, wanted: boolean): EditLeaseHook {
  const path = `/api/work-orders/${encodeURIComponent(id)}/edit-lease`;
  const [state, setState] = useState<LeaseState>({ phase: "taking" });
  const token = useRef<string>(undefined);
  const isOpen = useRef(false);
  const renewing = useRef(false);
  const isSaving = useRef(false);

  const release = useCallback(() => {
    const held = token.current;
    token.current = undefined;
    if (held) call("DELETE", path, { token: held }, { keepalive: true }).catch(() => {});
  }, [path]);

  const take = useCallback(
    async (takeOver = false) => {
      try {
        const lease = await takeOrWait(path, takeOver);
        token.current = lease.token;
        if (isOpen.current) setState({ phase: "held", lease, unreachable: false });
        else release();
      } catch (error) {
        if (isOpen.current) setState({ phase: "refused", refusal: refusalOf(error), lost: false });
      }
    },
    [path, release],
  );

  const renew = useCallback(async () => {
    const held = token.current;
    if (!held || renewing.current || isSaving.current) return;
    renewing.current = true;
    try {
      const lease = await call<EditLease>("PUT", path, { token: held });
      if (token.current === held) setState({ phase: "held", lease, unreachable: false });
    } catch (error) {
      if (token.current !== held) return;
      // Without a response the lease may still be valid: the next response decides.
      if (!(error instanceof RequestFailed) || ![404, 409].includes(error.status))
        setState((before) => (before.phase === "held" ? { ...before, unreachable: true } : before));
      else {
        // A working step leaves the lease in place; released, it blocks no one.
        release();
        setState({ phase: "refused", refusal: refusalOf(error), lost: true });
      }
    } finally {
      renewing.current = false;
    }
  }, [path, release]);

  useEffect(() => {
    if (!wanted) return;
    isOpen.current = true;
    // React may mount twice in a row; only the mount that stays takes the lease.
    const asking = setTimeout(() => void take(), 0);
    const renewal = setInterval(() => void renew(), renewEveryMilliseconds);
    const looked = () => document.visibilityState === "visible" && void renew();
    const back = (event: PageTransitionEvent) => event.persisted && void take();
    document.addEventListener("visibilitychange", looked);
    window.addEventListener("online", looked);
    window.addEventListener("pagehide", release);
    window.addEventListener("pageshow", back);
    return () => {
      isOpen.current = false;
      clearTimeout(asking);
      clearInterval(renewal);
      document.removeEventListener("visibilitychange", looked);
      window.removeEventListener("online", looked);
      window.removeEventListener("pagehide", release);
      window.removeEventListener("pageshow", back);
      release();
    };
  }, [wanted, take, renew, release]);

  const forget = useCallback(() => {
    token.current = undefined;
  }, []);
  const saving = useCallback((isUnderWay: boolean) => {
    isSaving.current = isUnderWay;
  }, []);
  return { state, take, renew, saving, forget };
}

async function takeOrWait(path: string, takeOver: boolean): Promise<EditLease> {
  try {
    return await call<EditLease>("POST", path, { takeOver });
  } catch (error) {
    if (takeOver || !refusalOf(error).holder?.isYou) throw error;
    await new Promise((resolve) => setTimeout(resolve, ownReleaseMilliseconds));
    return call<EditLease>("POST", path, { takeOver });
  }
}

/** A failed request as the form shows it. */
function refusalOf(error: unknown): Refusal {
  if (!(error instanceof RequestFailed)) return { reason: "unexpected", message: String(error) };
  const { reason, holder } = error.details as { reason?: string; holder?: LeaseHolder };
  return { reason: reason ?? error.code, message: error.message, holder };
}

/** True if the live order has another lease than the one held here: another user took over, or it was ended. */
export function isContested(lease: EditLease, live: Order | undefined): boolean {
  if (!live || live.version <= lease.order.version) return false;
  return live.editLease?.expiresAt !== lease.expiresAt;
}
