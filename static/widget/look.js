// Style sheets, and the colour that a site or its host page chose.

/** Puts a style sheet on a shadow tree as an object, which a policy against inline styles lets pass. */
function adopt(root, css) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return (next) => sheet.replaceSync(next);
  } catch {
    // Web views of before 2023.
    const style = h("style", css);
    root.append(style);
    return (next) => {
      style.textContent = next;
    };
  }
}

/** Returns the rule for a host page's or a site's colour: white or black words on it, whichever is read better. */
function accentRule(written) {
  const digits = /^#([0-9a-f]{6})$/i.exec((written || "").replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3"));
  if (!digits) {
    return "";
  }
  const light = [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => {
    const value = parseInt(digits[1].slice(at * 2, at * 2 + 2), 16) / 255;
    return sum + weight * (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  }, 0);
  return `:host{--accent:${digits[0]};--on-accent:${light > 0.179 ? "#000" : "#fff"}}`;
}
