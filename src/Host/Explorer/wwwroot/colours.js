// Light syntax colouring: one expression per language, tried from left to right on a single line.

const csharp = /(?<comment>\/\/.*)|(?<string>\$?@?"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])')|(?<number>\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?[fFdDuUlL]*\b|\b0x[\da-fA-F]+\b)|(?<keyword>\b(?:abstract|as|base|bool|break|byte|case|char|class|const|continue|default|do|double|else|enum|false|float|for|foreach|get|if|in|init|int|interface|internal|is|long|namespace|new|null|object|out|override|params|private|public|readonly|record|ref|return|sbyte|sealed|set|short|sizeof|static|string|struct|switch|this|throw|true|uint|ulong|unmanaged|unsafe|ushort|using|var|void|when|where|while)\b)|(?<type>\b[A-Z]\w*(?=[<.]|\s+\w+\s*[=;,)(]))/g;
const assembly = /(?<comment>\/\/.*|;(?=\s).*)|(?<string>"(?:\\.|[^"\\])*")|(?<label>^\s*[A-Za-z_]\w*:|\bB\d+\b|\bL\d+\b|\bb\d+(?:_\w+)?\b|IL_[\dA-F]{4})|(?<register>%\w+(?:\.\w+)?)|(?<number>\b0[fd][\dA-F]+\b|-?\b\d[\d.]*(?:[eE][+-]?\d+)?[fdL]?\b)|(?<keyword>(?<=^\s*(?:@!?%\w+ )?(?:%\d+ = )?(?:IL_[\dA-F]{4}: )?)[a-z][\w.]*)|(?<type>\.[a-z]\w*|\b[fi](?:8|16|32|64)\b|\bptr\b)/g;
const openCL = /(?<comment>\/\/.*)|(?<label>^\s*#.*)|(?<string>"(?:\\.|[^"\\])*")|(?<number>\b\d[\w.]*\b)|(?<keyword>\b(?:__\w+|if|else|for|do|while|break|continue|return|void|typedef)\b)|(?<type>\b(?:m_)?(?:bool|u?char|u?short|u?int|u?long|float|double)\b)/g;

const languages = { source: csharp, opencl: openCL };

/** Fills an element with a line of a language. */
export function colour(into, text, language) {
  const expression = languages[language] ?? assembly;
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(expression)) {
    if (match[0].length === 0) continue;
    if (match.index > last) parts.push(text.slice(last, match.index));
    const span = document.createElement('span');
    span.className = Object.keys(match.groups).find(name => match.groups[name] !== undefined);
    span.textContent = match[0];
    parts.push(span);
    last = match.index + match[0].length;
  }
  parts.push(text.slice(last));
  into.replaceChildren(...parts);
}
