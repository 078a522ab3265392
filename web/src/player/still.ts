/** A still of both pictures beside each other, with their names and timecodes. */

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface StillPlan extends Size {
  /** Where the pictures lie, A first; both are of the height of the higher one. */
  readonly pictures: readonly { readonly x: number; readonly width: number; readonly height: number }[];
  readonly captionHeight: number;
}

export interface StillSide {
  readonly picture: HTMLVideoElement;
  readonly caption: string;
}

const GAP = 2;
const CAPTION_SHARE = 0.05;
const LEAST_CAPTION = 18;

export function planStill(sizes: readonly Size[]): StillPlan {
  const height = Math.max(1, ...sizes.map((size) => size.height));
  const captionHeight = Math.max(LEAST_CAPTION, Math.round(height * CAPTION_SHARE));
  let x = 0;
  const pictures = sizes.map((size) => {
    const width = Math.round((size.width * height) / Math.max(1, size.height));
    const place = { x, width, height };
    x += width + GAP;
    return place;
  });
  return { width: Math.max(1, x - GAP), height: height + captionHeight, pictures, captionHeight };
}

/**
 * Draws it as a PNG. Throws a SecurityError where the pictures are another server's, and other
 * DOMExceptions where the browser cannot.
 */
export async function drawStill(sides: readonly StillSide[]): Promise<Uint8Array> {
  const plan = planStill(sides.map(({ picture }) => ({ width: picture.videoWidth, height: picture.videoHeight })));
  const canvas = document.createElement("canvas");
  canvas.width = plan.width;
  canvas.height = plan.height;
  const pen = canvas.getContext("2d");
  if (!pen) throw new DOMException("There is no 2D context.", "NotSupportedError");
  pen.fillStyle = "#191b1e";
  pen.fillRect(0, 0, plan.width, plan.height);
  pen.font = `${Math.round(plan.captionHeight * 0.6)}px monospace`;
  pen.textBaseline = "middle";
  sides.forEach(({ picture, caption }, index) => {
    const place = plan.pictures[index];
    if (!place) return;
    pen.drawImage(picture, place.x, 0, place.width, place.height);
    pen.fillStyle = "#e4e6e9";
    pen.fillText(caption, place.x + 6, place.height + plan.captionHeight / 2, place.width - 12);
  });
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new DOMException("The picture is too large.", "EncodingError");
  return new Uint8Array(await blob.arrayBuffer());
}
