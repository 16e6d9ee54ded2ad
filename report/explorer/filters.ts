import type { Markup } from '../formats/markup.ts';
import { html } from '../formats/markup.ts';
import type { PageQuery } from './page.ts';
import { amount } from './page.ts';

/** A field of the form above a list. */
export type FilterField =
  | { form: 'choice'; name: string; label: string; value: string; options: { value: string; label: string; rows?: number }[] }
  | { form: 'number'; name: string; label: string; value: string };

/** A form whose fields become parameters of the same page; `kept` are those that stay as they are. */
export function filterForm(page: string, fields: readonly FilterField[], kept: PageQuery): Markup | null {
  if (fields.length === 0) return null;
  const hidden = Object.entries(kept).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  return html`<form action="${page}" method="get">${hidden}${fields.map(fieldOf)}<button>Show</button></form>`;
}

function fieldOf(field: FilterField): Markup {
  const { name, label, value } = field;
  if (field.form === 'number')
    return html`<label>${label} <input type="number" name="${name}" value="${value}" min="0" step="1"></label>`;
  const options = field.options.map((option) => {
    const text = option.rows === undefined ? option.label : `${option.label} (${amount(option.rows)})`;
    return option.value === value
      ? html`<option value="${option.value}" selected>${text}</option>`
      : html`<option value="${option.value}">${text}</option>`;
  });
  return html`<label>${label} <select name="${name}">${options}</select></label>`;
}
