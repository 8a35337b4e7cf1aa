import { Alert, Button, Text } from "@mantine/core";
import { SignInCard } from "./SignInCard.tsx";

/** Why the user is here, shown above the button. */
export interface SignInNote {
  readonly text: string;
  readonly isProblem: boolean;
}

/** The sign-in page. `signInPath` is an address of the API, so a plain link. */
export function SignInPanel({ signInPath, note }: { readonly signInPath: string; readonly note?: SignInNote }) {
  return (
    <SignInCard title="Email Manager">
      <Text>
        Prepare, check and send mailings to the people of your events. Sign in with your organisation’s account to
        continue.
      </Text>
      {note && (
        <Alert role="status" variant="light" color={note.isProblem ? "red" : "blue"}>
          {note.text}
        </Alert>
      )}
      <Button component="a" href={signInPath} size="md" fullWidth>
        Sign in
      </Button>
    </SignInCard>
  );
}
