import type { Field } from "@email-agent/shared/domain/configuration/fields.ts";
import type { ComponentType } from "react";
import type { ItemForm } from "./useItemForm.ts";

export interface ControlProps {
  readonly field: Field;
  /** Where the value is in the item. */
  readonly path: readonly string[];
  readonly form: ItemForm;
  /** In place of the title of the field, where several have the same. */
  readonly label?: string;
}

/** A control with fields inside; `Inner` is the control of any field. */
export interface OuterControlProps extends ControlProps {
  readonly Inner: ComponentType<ControlProps>;
}
