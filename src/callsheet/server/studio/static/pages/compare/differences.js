/** In what two takes differ, param by param. */

/**
 * @param {object} one
 * @param {object} other
 * @returns {{name: string, values: [unknown, unknown], same: boolean}[]} those that differ first
 */
export function differences(one, other) {
  const facts = [
    ["model", one.model, other.model],
    ["stage", one.stage, other.stage],
    ["capability", one.capability, other.capability],
  ].filter(([, left, right]) => left !== right);
  const names = [...new Set([...Object.keys(one.input), ...Object.keys(other.input)])];
  const all = [...facts, ...names.map((name) => [name, one.input[name], other.input[name]])];
  const found = all.map(([name, left, right]) => ({ name, values: [left, right], same: JSON.stringify(left) === JSON.stringify(right) }));
  return [...found.filter((row) => !row.same), ...found.filter((row) => row.same)];
}

/**
 * The words of two texts with what only one of them has marked.
 * @param {string} text
 * @param {string} other
 * @returns {{text: string, own: boolean}[]}
 */
export function marked(text, other) {
  const [words, against] = [pieces(text), pieces(other)];
  const lengths = table(words, against);
  const kept = new Set();
  for (let at = 0, there = 0; at < words.length && there < against.length; ) {
    if (words[at] === against[there]) {
      kept.add(at);
      at += 1;
      there += 1;
    } else if (lengths[at + 1][there] >= lengths[at][there + 1]) at += 1;
    else there += 1;
  }
  return words.map((word, at) => ({ text: word, own: !kept.has(at) }));
}

/** Words and what stands between them; letters by themselves where a script has no spaces. */
function pieces(text) {
  return text.match(/[\u3400-\u9fff]|[^\s\u3400-\u9fff]+|\s+/g)?.slice(0, 600) ?? [];
}

function table(words, against) {
  const lengths = Array.from({ length: words.length + 1 }, () => new Uint16Array(against.length + 1));
  for (let at = words.length - 1; at >= 0; at -= 1) {
    for (let there = against.length - 1; there >= 0; there -= 1) {
      lengths[at][there] = words[at] === against[there] ? lengths[at + 1][there + 1] + 1 : Math.max(lengths[at + 1][there], lengths[at][there + 1]);
    }
  }
  return lengths;
}
