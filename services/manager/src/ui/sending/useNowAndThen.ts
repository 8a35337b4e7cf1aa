import { useEffect, useRef, useState } from "react";

/** The newest value, but changed at most once in so many milliseconds: what a screen reader reads out would never end else. */
export function useNowAndThen<Value>(value: Value, milliseconds: number): Value {
  const [shown, setShown] = useState(value);
  const newest = useRef(value);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => {
    newest.current = value;
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      setShown(newest.current);
    }, milliseconds);
  }, [value, milliseconds]);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return shown;
}
