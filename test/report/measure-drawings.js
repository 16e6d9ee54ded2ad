// Runs in the page: size of each visible figure, labels that reach out of it, contrast of its text with the paper.
(() => {
  const numbers = (colour) => (colour.match(/[\d.]+/gu) ?? []).map(Number);
  const light = (colour) => {
    const [r = 0, g = 0, b = 0] = numbers(colour).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const visible = [...document.querySelectorAll('figure .panel svg')].filter((svg) => svg.getBoundingClientRect().width > 0);
  return visible.map((svg) => {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')];
    const outside = texts.filter((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      return left < frame.left - 1 || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1;
    });
    const [first] = texts;
    const ink = first ? light(getComputedStyle(first).fill) : 0;
    const [high, low] = ink > paper ? [ink, paper] : [paper, ink];
    return { width: frame.width, height: frame.height, labels: texts.length, outside: outside.map((text) => text.textContent), contrast: (high + 0.05) / (low + 0.05) };
  });
})();
