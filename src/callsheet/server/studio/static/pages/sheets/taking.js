/** Takes files that were dropped or chosen: a call sheet is opened, anything else is uploaded for the path that names it. */
import { upload } from "../../core/api.js";
import { t } from "../../core/words.js";
import { toast } from "../../parts/index.js";
import { files, name, paths, text } from "./state.js";

/**
 * @param {File[]} given
 * @param {string} [path] which path in the sheet they stand for; else the one that ends in the file's own name
 */
export async function take(given, path) {
  for (const file of given) {
    if (/\.toml$/i.test(file.name)) {
      open(file.name, await file.text());
    } else {
      await stored(file, path ?? paths.value.find((one) => one.split("/").at(-1) === file.name) ?? file.name);
    }
  }
}

/**
 * Another sheet in the place of this one.
 * @param {string} called its file's name
 * @param {string} sheet its text
 */
export function open(called, sheet) {
  name.value = called;
  text.value = sheet;
}

async function stored(file, path) {
  try {
    const kept = await upload(file);
    files.value = { ...files.value, [path]: { id: kept.id, name: file.name } };
    toast(t("sheets.uploaded", { name: file.name }), { kind: "good" });
  } catch (error) {
    toast(error);
  }
}
