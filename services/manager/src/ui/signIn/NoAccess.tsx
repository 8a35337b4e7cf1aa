import { Button, Code, Text } from "@mantine/core";
import styles from "./SignInCard.module.css";
import { SignInCard } from "./SignInCard.tsx";

/** For a user the issuer knows and Config does not: how to ask for access. */
export function NoAccess(props: { readonly userId: string; readonly addressSentence: string | undefined }) {
  const { userId, addressSentence } = props;
  return (
    <SignInCard title="No access yet">
      <Text>You are signed in as</Text>
      <Code block className={styles.id}>
        {userId}
      </Code>
      <Text>
        but you have no access yet. Give this user id to an administrator of the Email Manager and ask for access, or
        ask to be invited by your mail address. Then press Try again.
      </Text>
      {addressSentence !== undefined && <Text>{addressSentence}</Text>}
      <Button component="a" href="/api/auth/sign-in" variant="default" fullWidth>
        Try again
      </Button>
      <form action="/api/auth/sign-out" method="post">
        <Button type="submit" variant="subtle" fullWidth>
          Sign out
        </Button>
      </form>
    </SignInCard>
  );
}
