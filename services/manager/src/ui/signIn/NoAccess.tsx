import { Button, Code, Text } from "@mantine/core";
import styles from "./SignInCard.module.css";
import { SignInCard } from "./SignInCard.tsx";

/** For somebody the issuer knows and Config does not: what to ask for, and of whom. */
export function NoAccess({ userId }: { readonly userId: string }) {
  return (
    <SignInCard title="No access yet">
      <Text>
        You are signed in as{" "}
        <Code className={styles.id} fz="sm">
          {userId}
        </Code>
        , but nobody has given you access yet.
      </Text>
      <Text>Ask an administrator of the Email Manager, and give them this user id. Then open this page again.</Text>
      <Button component="a" href="/" variant="default" fullWidth>
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
