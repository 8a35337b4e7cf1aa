import { Button, type ButtonProps } from "@mantine/core";
import styles from "./Sign.module.css";
import type { Look } from "./statusLooks.ts";

/** A status as a badge: sign and word. */
export function Sign({ look: { word, sign, tone } }: { readonly look: Look }) {
  return (
    <span className={`${styles.tinted} ${styles.sign}`} data-tone={tone}>
      <span aria-hidden="true">{sign}</span>
      {word}
    </span>
  );
}

interface SignButtonProps extends Pick<ButtonProps, "size" | "children"> {
  readonly tone: Look["tone"];
  readonly onClick: () => void;
  /** Its accessible name. */
  readonly name: string;
}

/** A button in the colours of a badge. */
export function SignButton({ tone, name, ...button }: SignButtonProps) {
  return (
    <Button
      {...button}
      variant="default"
      className={`${styles.tinted} ${styles.button}`}
      data-tone={tone}
      aria-label={name}
    />
  );
}
