import { useEffect, useState } from "react";

const everyMilliseconds = 5000;

/** Epoch milliseconds, moved on every few seconds: for what ends by itself, as an edit lease. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMilliseconds);
    return () => clearInterval(timer);
  }, []);
  return now;
}
