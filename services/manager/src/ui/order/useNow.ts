import { useEffect, useState } from "react";

const everyMilliseconds = 5000;

/** Epoch milliseconds, updated every few seconds: for what expires, such as an edit lease. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMilliseconds);
    return () => clearInterval(timer);
  }, []);
  return now;
}
