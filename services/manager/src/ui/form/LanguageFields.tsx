"use client";
import { Text } from "@mantine/core";
import type { Options } from "../../api/orders.ts";
import { OrderLink } from "../order/OrderWords.tsx";
import { ChipField } from "./ChipField.tsx";
import { FormSection } from "./FormSection.tsx";
import { LanguageTexts } from "./LanguageTexts.tsx";
import type { OrderFormState } from "./useOrderForm.ts";

interface Props {
  readonly form: OrderFormState;
  readonly options: Options;
  readonly isReadOnly: boolean;
}

/** The languages in the order of processing, each with its subject and preview text. */
export function LanguageFields({ form, options, isReadOnly }: Props) {
  const { values, change, judged } = form;
  const { inherited } = judged.check ?? {};
  const languages = inherited?.languages ?? values.languages;
  const subjects = inherited?.subjects ?? values.subjects;
  const missing = languages.filter((code) => !options.languages.some((language) => language.code === code));
  const known = [...options.languages, ...missing.map((code) => ({ code, name: code, everyone: false }))];
  const named = (code: string) => known.find((language) => language.code === code)?.name ?? code;
  const chosen = (codes: readonly string[]) => {
    // A language that is added goes to the end; the others keep their order.
    const kept = languages.filter((code) => codes.includes(code));
    change({ languages: [...kept, ...codes.filter((code) => !kept.includes(code))] }, "languages");
  };
  const move = (code: string, by: -1 | 1) => change({ languages: moved(languages, code, by) }, "languages");

  return (
    <FormSection
      title="Languages and subjects"
      hint="Languages are prepared and mailed in this order. Subjects and preview texts may contain tags such as *|FNAME|*."
    >
      <ChipField
        form={form}
        field="languages"
        required
        description={
          inherited && (
            <>
              Languages, subjects and preview texts come from <OrderLink id={inherited.orderId} />. Change them there.
            </>
          )
        }
        choices={known.map(({ code, name }) => ({ value: code, label: name }))}
        chosen={languages}
        disabled={isReadOnly || inherited !== undefined}
        onChange={chosen}
      />
      {languages.length === 0 && (
        <Text size="sm" c="dimmed">
          Choose a language, then write its subject here.
        </Text>
      )}
      {languages.map((code, index) => (
        <LanguageTexts
          key={code}
          form={form}
          code={code}
          name={named(code)}
          subject={subjects[code] ?? ""}
          prefix={options.stages.find(({ name }) => name === values.stage)?.prefix[code] ?? ""}
          defaultPreviewText={options.defaultPreviewText}
          isInherited={inherited !== undefined}
          inheritedPreview={inherited?.previewTexts[code] || undefined}
          onMove={isReadOnly || inherited || languages.length < 2 ? undefined : (by) => move(code, by)}
          isFirst={index === 0}
          isLast={index === languages.length - 1}
        />
      ))}
    </FormSection>
  );
}

function moved(codes: readonly string[], code: string, by: -1 | 1): string[] {
  const place = codes.indexOf(code) + by;
  const rest = codes.filter((one) => one !== code);
  return [...rest.slice(0, place), code, ...rest.slice(place)];
}
