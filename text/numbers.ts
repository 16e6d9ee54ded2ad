/** So many digits behind the point, with a minus sign that is one. */
export function fixed(value: number, digits = 3): string {
  return value.toFixed(digits).replace('-', '−');
}

/** The same with its sign; nothing before a zero. */
export function signed(value: number, digits = 3): string {
  const shown = value.toFixed(digits);
  if (Number(shown) === 0) return (0).toFixed(digits);
  return value > 0 ? `+${shown}` : fixed(value, digits);
}
