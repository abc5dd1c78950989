/** A mask as strokes: kept as paths in the picture's own pixels, drawn at any size, and exported white on black. */

/**
 * One stroke: the points a brush went through and its width, in pixels of the picture; an eraser takes away.
 * @typedef {{points: [number, number][], width: number, erase: boolean}} Stroke
 */

/**
 * Draw strokes on a canvas of any size.
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke[]} strokes
 * @param {number} scale canvas pixels per pixel of the picture
 * @param {string} colour
 */
export function paint(context, strokes, scale, colour) {
  context.lineCap = context.lineJoin = "round";
  for (const one of strokes) {
    context.globalCompositeOperation = one.erase ? "destination-out" : "source-over";
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = one.width * scale;
    const points = one.points.map(([x, y]) => [x * scale, y * scale]);
    context.beginPath();
    if (points.length === 1) {
      context.arc(...points[0], (one.width * scale) / 2, 0, 2 * Math.PI);
      context.fill();
    } else {
      points.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
      context.stroke();
    }
  }
  context.globalCompositeOperation = "source-over";
}

/**
 * The mask as a PNG of exactly this size: white where the brush went, black elsewhere, nothing between.
 * @param {Stroke[]} strokes
 * @param {number} width
 * @param {number} height
 * @returns {Promise<Blob>}
 */
export function exported(strokes, width, height) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  paint(context, strokes, 1, "#fff");
  const image = context.getImageData(0, 0, width, height);
  for (let at = 0; at < image.data.length; at += 4) {
    image.data.fill(image.data[at + 3] > 127 ? 255 : 0, at, at + 3);
    image.data[at + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
