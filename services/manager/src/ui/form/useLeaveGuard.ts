"use client";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";

export interface LeaveGuard {
  /** The user is about to leave with unsaved changes. */
  readonly isAsking: boolean;
  stay(): void;
  leave(): void;
  /** Opens another page of ours in place of the form: the changes are saved. */
  done(href: string): void;
}

const marker = "emailAgentFormGuard";

/**
 * Asks before unsaved changes are left: by a link, by the browser's back button, or by closing the page (there the browser
 * asks in its own words).
 */
export function useLeaveGuard(isDirty: boolean): LeaveGuard {
  const router = useRouter();
  const [target, setTarget] = useState<{ readonly href: string } | "back">();
  const armed = useRef(false);

  useEffect(() => {
    armed.current = isDirty;
    if (!isDirty) return;
    if (!isAtMarker()) history.pushState({ ...history.state, [marker]: true }, "", location.href);
    const closing = (event: BeforeUnloadEvent) => {
      if (armed.current) event.preventDefault();
    };
    const clicked = (event: MouseEvent) => {
      const href = armed.current ? leavingHref(event) : undefined;
      if (href === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      setTarget({ href });
    };
    const wentBack = () => {
      if (!armed.current || isAtMarker()) return;
      history.pushState({ ...history.state, [marker]: true }, "", location.href);
      setTarget("back");
    };
    window.addEventListener("beforeunload", closing);
    document.addEventListener("click", clicked, true);
    window.addEventListener("popstate", wentBack);
    return () => {
      armed.current = false;
      window.removeEventListener("beforeunload", closing);
      document.removeEventListener("click", clicked, true);
      window.removeEventListener("popstate", wentBack);
    };
  }, [isDirty]);

  const done = useCallback(
    (href: string) => {
      armed.current = false;
      void leaveMarker().then(() => router.replace(href));
    },
    [router],
  );
  const leave = useCallback(() => {
    armed.current = false;
    setTarget(undefined);
    if (target === "back") goBeforeForm(() => router.push("/"));
    else if (target) void leaveMarker().then(() => router.push(target.href));
  }, [router, target]);
  return { isAsking: target !== undefined, stay: useCallback(() => setTarget(undefined), []), leave, done };
}

const isAtMarker = () => Boolean(history.state?.[marker]);

/** Steps back onto the form's own entry of the history, so that Back does not meet the form twice later. */
async function leaveMarker(): Promise<void> {
  if (!isAtMarker()) return;
  const { promise, resolve } = Promise.withResolvers<unknown>();
  window.addEventListener("popstate", resolve, { once: true });
  history.back();
  await promise;
}

const goneWithinMilliseconds = 500;

/** To what was looked at before the form. A tab that was opened with the form has nothing there. */
function goBeforeForm(orElse: () => void): void {
  history.go(-2);
  setTimeout(() => isAtMarker() && orElse(), goneWithinMilliseconds);
}

/** Where a plain click on a link of our own pages would lead away from this one. */
function leavingHref(event: MouseEvent): string | undefined {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.target === "_blank" || link.origin !== location.origin)
    return undefined;
  if (link.pathname === location.pathname && link.search === location.search) return undefined;
  return link.pathname + link.search + link.hash;
}
