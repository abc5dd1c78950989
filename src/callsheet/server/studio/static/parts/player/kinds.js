/** What a file is for the one who looks at it, and which files belong together. */

const SOURCES = /\.(mmd|vl\.json|vg\.json|mermaid|eddx)$/i;

/**
 * @param {{content_type: string, name: string}} file
 * @returns {"video" | "audio" | "image" | "source" | "text" | "file"}
 */
export function kindOf({ content_type: type, name }) {
  const [family] = type.split("/");
  if (family === "video" || family === "audio") return family;
  if (family === "image") return "image";
  if (SOURCES.test(name) && !/eddx$/i.test(name)) return "source";
  return family === "text" || /json|xml|yaml|subrip|javascript/.test(type) ? "text" : "file";
}

/**
 * What can be looked at, in order: a diagram's pictures and the source that follows them are one view.
 * @param {object[]} files
 * @returns {{kind: string, file: object, source?: object, files: object[]}[]}
 */
export function views(files) {
  const found = [];
  let pictures = [];
  const alone = () => {
    for (const file of pictures) found.push({ kind: "image", file, files: [file] });
    pictures = [];
  };
  for (const file of files) {
    const kind = kindOf(file);
    if (kind === "image") pictures.push(file);
    else if (kind === "source" && pictures.length) {
      const drawn = pictures.find((one) => one.content_type === "image/svg+xml") ?? pictures[0];
      found.push({ kind: "diagram", file: drawn, source: file, files: [...pictures, file] });
      pictures = [];
    } else {
      alone();
      found.push({ kind: kind === "source" ? "text" : kind, file, files: [file] });
    }
  }
  alone();
  return found;
}

/**
 * The view of one file, with what of its task belongs to it.
 * @param {object} file
 * @param {object[]} all
 */
export function viewOf(file, all) {
  const whole = views(all).find((one) => one.files.some((other) => other.id === file.id));
  return whole?.kind === "diagram" && file.content_type.startsWith("image/") ? { ...whole, file } : { kind: kindOf(file) === "source" ? "text" : kindOf(file), file, files: [file] };
}
