// Runs in the page: size of each visible figure, labels that reach out of it, contrast of its text and of its lines with the paper.
(() => {
  const numbers = (colour) => (colour.match(/[\d.]+/gu) ?? []).map(Number);
  const light = (colour) => {
    const [r = 0, g = 0, b = 0] = numbers(colour).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const hex = (colour) => `rgb(${[1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)).join(',')})`;
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const contrast = (ink) => (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  const visible = [...document.querySelectorAll('figure .drawing svg')].filter((svg) => svg.getBoundingClientRect().width > 0);
  return visible.map((svg) => {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')];
    const outside = texts.filter((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      return left < frame.left - 1 || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1;
    });
    const [first] = texts;
    const ink = first ? light(getComputedStyle(first).fill) : 0;
    const lines = [...svg.querySelectorAll('path[stroke^="#"][stroke-width="2.25"], path[fill^="#"]:not([fill-opacity])')];
    return {
      width: frame.width,
      height: frame.height,
      labels: texts.length,
      outside: outside.map((text) => text.textContent),
      contrast: contrast(ink),
      lines: [...new Set(lines.map((line) => line.getAttribute('stroke') ?? line.getAttribute('fill')))].map((colour) => contrast(light(hex(colour)))),
    };
  });
})();
