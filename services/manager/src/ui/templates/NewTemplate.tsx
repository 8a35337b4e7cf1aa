"use client";
import { templateName } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { Button, FileInput, Group, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Options } from "../../api/orders.ts";
import type { UploadedTemplate } from "../../api/templates.ts";
import { call, RequestFailed, sendFile } from "../http.ts";
import { useOptions } from "../orders/useOptions.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";
import { firstMail } from "./firstMail.ts";
import { PlaceFields } from "./PlaceFields.tsx";
import { type ChosenPlace, firstPlace, isWhole, placeOfName } from "./placeOfName.ts";
import { uploadWords } from "./uploadWords.ts";

/** What a new template is made of; `undefined`: of a file, or of a short example. */
type TemplateOrigin =
  | { readonly template: string }
  | { readonly orderId: string; readonly language: string }
  | undefined;

interface Props {
  readonly opened?: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly from?: TemplateOrigin;
  /** Chosen at first. */
  readonly place?: ChosenPlace;
}

/** Creates a template and opens it. */
export function NewTemplate(props: Props) {
  const { options, error } = useOptions();
  return (
    <Modal
      opened={props.opened ?? true}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {error !== undefined && <Problem error={error} />}
      {options && <NewTemplateForm {...props} options={options} />}
    </Modal>
  );
}

function NewTemplateForm({ options, from, place: given, onClose }: Props & { readonly options: Options }) {
  const router = useRouter();
  const [place, setPlace] = useState(given ?? firstPlace(options));
  const [file, setFile] = useState<File | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();

  const choose = (chosen: File | null) => {
    setFile(chosen);
    setProblem(undefined);
    const named = chosen && placeOfName(chosen.name, options);
    if (named) setPlace(named);
  };
  const create = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const { name } = await call<{ name: string }>("POST", "/api/templates", {
        ...place,
        from: from ?? { html: file ? await uploaded(file) : firstMail },
      });
      router.push(`/templates/${encodeURIComponent(name)}`);
    } catch (thrown) {
      setProblem(thrown);
      setBusy(false);
    }
  };
  const fields = problem instanceof RequestFailed ? problem.fields : {};
  const whole = isWhole(place);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (whole && !busy) void create();
      }}
    >
      <Stack>
        {!from && (
          <FileInput
            label="File"
            description="HTML, or a zip file with one HTML file and its images. Without a file it begins with a short example, whose placeholder you replace by your text."
            placeholder="Choose a file"
            accept=".html,.htm,.zip"
            clearable
            clearButtonProps={{ "aria-label": "Take the file out" }}
            value={file}
            onChange={choose}
          />
        )}
        <PlaceFields options={options} place={place} errors={fields} onChange={setPlace} />
        <Text size="sm" style={{ overflowWrap: "anywhere" }} role="status">
          {whole ? `Its name: ${templateName(place)}` : "Its name follows from what it is for."}
        </Text>
        {problem !== undefined && <Problem title="Not created" error={problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <BusyButton type="submit" busy={busy} disabled={!whole}>
            Create
          </BusyButton>
        </Group>
      </Stack>
    </form>
  );
}

async function uploaded(file: File): Promise<string> {
  const result = await sendFile<UploadedTemplate>("/api/templates/upload", file);
  const words = uploadWords(result);
  if (words !== "") notifications.show({ message: words, autoClose: 10_000 });
  return result.html;
}
