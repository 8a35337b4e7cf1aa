"use client";
import { noticeHeadline, noticeRepair } from "@email-agent/shared/domain/notices/noticeCases.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { useEffect, useRef, useState } from "react";
import { useOrders } from "../live/useLive.ts";
import { noticeFeed, type OrderNotice } from "./noticeFeed.ts";

const lookMilliseconds = 30_000;
const keptAs = "browser-notices-shown";
const keptNotices = 100;

/** Looks at the orders whenever they change, and every half minute, and shows what is new. */
export function ShownNotices() {
  const { phase, orders } = useOrders();
  const [feed] = useState(() => noticeFeed(systemClock));
  const latest = useRef(orders);
  const isReady = phase === "ready";
  useEffect(() => {
    latest.current = orders;
    if (isReady) for (const notice of feed(orders, false)) show(notice);
  }, [isReady, orders, feed]);
  useEffect(() => {
    if (!isReady) return;
    const look = () => {
      for (const notice of feed(latest.current, true)) show(notice);
    };
    look();
    const timer = setInterval(look, lookMilliseconds);
    return () => clearInterval(timer);
  }, [isReady, feed]);
  return null;
}

/** One for each notice, however many tabs are open: the tag makes a second one replace the first, a list keeps it from coming. */
function show({ key, facts, order }: OrderNotice): void {
  const shown: unknown = JSON.parse(localStorage.getItem(keptAs) ?? "[]");
  const before = Array.isArray(shown) ? shown : [];
  if (before.includes(key)) return;
  localStorage.setItem(keptAs, JSON.stringify([...before, key].slice(-keptNotices)));
  const title = `${order.eventCode} · ${order.subEvent} · ${order.stage}`;
  const body = [noticeHeadline(facts), noticeRepair(facts)].filter(Boolean).join(". ");
  try {
    const notification = new Notification(title, { body, tag: key, icon: "/icon.svg" });
    notification.addEventListener("click", () => {
      window.focus();
      location.assign(`/work-orders/${order.id}`);
      notification.close();
    });
  } catch {
    // Browsers of phones have the interface and refuse to use it outside a service worker.
  }
}
