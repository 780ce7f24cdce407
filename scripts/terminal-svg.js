import { stripVTControlCharacters } from "node:util";

const CELL = { width: 8.4, height: 19 };
const FONT_SIZE = 14;
const MARGIN = { side: 20, top: 46, bottom: 16 };

const PAGE = "#0d1117";
const TEXT = "#d1d7e0";
/** The foreground colors of a terminal, by SGR code. */
const COLORS = { 31: "#ff7b72", 32: "#56d364", 33: "#e3b341", 36: "#39c5cf" };

/** Which ways the lines of a box-drawing character go from the middle of its cell; rounded corners have two. */
const STROKES = {
  "─": "lr",
  "│": "ud",
  "┤": "lud",
  "╶": "r",
  "╴": "l",
  "╭": "dr",
  "╮": "dl",
  "╰": "ur",
  "╯": "ul",
};
const CORNERS = "╭╮╰╯";

/**
 * A picture of a terminal. Lines and bars are drawn, not written, so that they meet in every font.
 * @param steps commands with what they printed, colors included
 */
export const terminalSvg = (steps, columns) => {
  const lines = steps.flatMap(({ command, output }, i) => [
    ...(i === 0 ? [] : [""]),
    `\x1b[32m$\x1b[39m \x1b[1m${command}\x1b[22m`,
    ...output.split("\n"),
  ]);
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN.side);
  const height = MARGIN.top + lines.length * CELL.height + MARGIN.bottom;
  const title = steps.map(({ command }) => command).join("; ");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="9" fill="${PAGE}" stroke="#3d444d"/>
<circle cx="22" cy="22" r="6" fill="#ff5f57"/><circle cx="42" cy="22" r="6" fill="#febc2e"/><circle cx="62" cy="22" r="6" fill="#28c840"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace" font-size="${FONT_SIZE}" fill="${TEXT}">
${lines.flatMap(drawnLine).join("\n")}
</g>
</svg>
`;
};

const drawnLine = (line, row) => {
  const top = MARGIN.top + row * CELL.height;
  return runsOf(line).map(({ text, column, style }) => {
    const x = round(MARGIN.side + column * CELL.width);
    if (text.startsWith("█")) return bar(text, x, top, style);
    return text[0] in STROKES ? strokes(text, x, top, style) : words(text, x, top, style);
  });
};

/** Bars, lines, and words with single spaces between them. */
const PIECES = /█+|[─│┤╶╴╭╮╰╯]+|[^\s█─│┤╶╴╭╮╰╯]+(?: [^\s█─│┤╶╴╭╮╰╯]+)*/gu;

/** The pieces of a line that look alike, each with its first column. */
const runsOf = (line) => {
  const runs = [];
  let style = {};
  let column = 0;
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    if (part.startsWith("\x1b")) {
      style = restyled(style, part);
      continue;
    }
    for (const { 0: text, index } of part.matchAll(PIECES)) {
      runs.push({ text, column: column + index, style });
    }
    column += part.length;
  }
  return runs;
};

/** @throws for a code that this does not know, rather than draw something else than the terminal shows */
const restyled = (style, sequence) =>
  sequence
    .slice(2, -1)
    .split(";")
    .reduce((before, code) => {
      if (code === "0" || code === "") return {};
      if (code === "1") return { ...before, bold: true };
      if (code === "2") return { ...before, dim: true };
      if (code === "22") return { ...before, bold: false, dim: false };
      if (code === "39") return { ...before, color: undefined };
      if (code in COLORS) return { ...before, color: COLORS[code] };
      throw new Error(`The picture has no color for ${stripVTControlCharacters(code)}.`);
    }, style);

const words = (text, x, top, { color, bold, dim }) => {
  const look = [
    color && ` fill="${color}"`,
    bold && ` font-weight="bold"`,
    dim && ` opacity=".5"`,
    // Columns stay below each other in any font.
    ` textLength="${round(text.length * CELL.width)}" lengthAdjust="spacingAndGlyphs"`,
  ];
  return `<text x="${x}" y="${round(top + CELL.height * 0.72)}"${look.filter(Boolean).join("")}>${escaped(text)}</text>`;
};

const bar = (text, x, top, { color = TEXT }) =>
  `<rect x="${x}" y="${top + 2}" width="${round(text.length * CELL.width)}" height="${CELL.height - 4}" fill="${color}"/>`;

const strokes = (text, x, top, { color = TEXT, dim }) => {
  const path = /^─+$/.test(text)
    ? `M${x} ${top + CELL.height / 2}h${round(text.length * CELL.width)}`
    : [...text].map((char, i) => stroke(char, round(x + i * CELL.width), top)).join("");
  return `<path d="${path}" fill="none" stroke="${color}" stroke-width="1.5"${dim ? ' opacity=".5"' : ""}/>`;
};

const stroke = (char, x, top) => {
  const middle = { x: round(x + CELL.width / 2), y: top + CELL.height / 2 };
  const ends = {
    l: `${x} ${middle.y}`,
    r: `${round(x + CELL.width)} ${middle.y}`,
    u: `${middle.x} ${top}`,
    d: `${middle.x} ${top + CELL.height}`,
  };
  const [first, second] = STROKES[char];
  if (CORNERS.includes(char)) return `M${ends[first]}Q${middle.x} ${middle.y} ${ends[second]}`;
  return [...STROKES[char]].map((way) => `M${middle.x} ${middle.y}L${ends[way]}`).join("");
};

const round = (number) => Math.round(number * 100) / 100;

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
