"use client";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";

export interface LeaveGuard {
  /** Somebody is about to leave with unsaved changes. */
  readonly isAsking: boolean;
  stay(): void;
  leave(): void;
  /** Lets the next navigation pass: the changes are saved. */
  disarm(): void;
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
    if (!history.state?.[marker]) history.pushState({ ...history.state, [marker]: true }, "", location.href);
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
      if (!armed.current || history.state?.[marker]) return;
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

  const disarm = useCallback(() => {
    armed.current = false;
  }, []);
  const leave = useCallback(() => {
    disarm();
    setTarget(undefined);
    if (target === "back") history.go(-2);
    else if (target) router.push(target.href);
  }, [disarm, router, target]);
  return { isAsking: target !== undefined, stay: useCallback(() => setTarget(undefined), []), leave, disarm };
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
