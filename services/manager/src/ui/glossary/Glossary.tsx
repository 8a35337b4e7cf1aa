import { Anchor, Stack, Text, Title } from "@mantine/core";
import styles from "./Glossary.module.css";
import { anchorOf, glossary } from "./glossary.ts";

/** Every word the pages use, explained, on one page. */
export function Glossary() {
  return (
    <Stack gap="xl" maw={860}>
      <div>
        <Title order={1} size="h3">
          Glossary
        </Title>
        <Text size="sm" c="dimmed">
          The words these pages use.
        </Text>
      </div>
      <nav aria-label="Subjects" className={styles.subjects}>
        {glossary.map(({ title }) => (
          <Anchor key={title} href={`#${sectionId(title)}`} size="sm">
            {title}
          </Anchor>
        ))}
      </nav>
      {glossary.map(({ title, terms }) => (
        <section key={title} aria-labelledby={sectionId(title)}>
          <Title order={2} size="h5" id={sectionId(title)} tabIndex={-1} className={styles.place}>
            {title}
          </Title>
          <dl className={styles.terms}>
            {Object.entries(terms).map(([term, meaning]) => (
              <div key={term} id={anchorOf(term)} className={styles.term}>
                <dt>{term}</dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Stack>
  );
}

/** Apart from the ids of terms: `Reconciliation` is both. */
const sectionId = (title: string) => `about-${anchorOf(title)}`;
