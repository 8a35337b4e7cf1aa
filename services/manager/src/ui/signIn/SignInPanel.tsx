import { Alert, Button, Text } from "@mantine/core";
import { SignInCard } from "./SignInCard.tsx";

/** What to say above the button: how it came to this. */
export interface SignInNote {
  readonly text: string;
  readonly isProblem: boolean;
}

/** Says what this is and offers the one way in. `signInPath` is an address of the API, so a plain link. */
export function SignInPanel({ signInPath, note }: { readonly signInPath: string; readonly note?: SignInNote }) {
  return (
    <SignInCard title="Email Manager">
      <Text>
        Here you prepare mailings to the people of your events, check them, and send them. Sign in with the account of
        your organisation to go on.
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
