import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** Colours of both schemes are variables of Templates.module.css. */
export const editorHighlight = HighlightStyle.define([
  { tag: [tags.tagName, tags.angleBracket, tags.keyword], color: "var(--code-tag)" },
  { tag: [tags.attributeName, tags.propertyName], color: "var(--code-attribute)" },
  { tag: [tags.attributeValue, tags.string, tags.number, tags.color], color: "var(--code-value)" },
  { tag: [tags.comment, tags.documentMeta, tags.processingInstruction], color: "var(--mantine-color-dimmed)" },
]);

const border = "1px solid var(--mantine-color-default-border)";

export const editorTheme = EditorView.theme({
  "&": {
    height: "100%",
    color: "var(--mantine-color-text)",
    backgroundColor: "var(--mantine-color-body)",
    fontSize: "var(--mantine-font-size-xs)",
  },
  "&.cm-focused": { outline: "2px solid var(--mantine-primary-color-filled)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { caretColor: "var(--mantine-color-text)" },
  ".cm-cursor": { borderLeftColor: "var(--mantine-color-text)" },
  ".cm-gutters": {
    color: "var(--mantine-color-dimmed)",
    backgroundColor: "var(--mantine-color-body)",
    borderRight: border,
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--mantine-color-default-hover)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--code-selection)",
  },
  ".cm-selectionMatch, .cm-searchMatch": { backgroundColor: "var(--mantine-color-yellow-light)" },
  ".cm-panels": { color: "var(--mantine-color-text)", backgroundColor: "var(--mantine-color-default)" },
  ".cm-panels.cm-panels-top": { borderBottom: border },
  ".cm-textfield": { border, backgroundColor: "var(--mantine-color-body)" },
  ".cm-button": { border, backgroundImage: "none", backgroundColor: "var(--mantine-color-default)" },
  ".cm-tooltip": {
    border,
    maxWidth: "min(480px, 90vw)",
    color: "var(--mantine-color-text)",
    backgroundColor: "var(--mantine-color-default)",
  },
  ".cm-diagnostic": { fontFamily: "var(--mantine-font-family)", overflowWrap: "anywhere" },
});
