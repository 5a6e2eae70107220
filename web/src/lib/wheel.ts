export type TimeRange = [begin: number, end: number];

interface Wheel {
  deltaX: number;
  deltaY: number;
  shiftKey: boolean;
  ctrlKey: boolean;
}

/**
 * The range after a turn of the wheel: sideways or with Shift it pans, with Ctrl (which is also how browsers report a pinch) it zooms about `at`, the share of the width where
 * the pointer is. Undefined for a plain turn: that scrolls the page.
 */
export function wheelRange([begin, end]: TimeRange, { deltaX, deltaY, shiftKey, ctrlKey }: Wheel, at: number, width: number): TimeRange | undefined {
  if (ctrlKey) {
    const factor = Math.exp(Math.max(-200, Math.min(200, deltaY)) * 0.005);
    const centre = begin + (end - begin) * at;
    return [centre - (centre - begin) * factor, centre + (end - centre) * factor];
  }
  if (!shiftKey && Math.abs(deltaX) <= Math.abs(deltaY)) return undefined;
  const shift = ((Math.abs(deltaX) > Math.abs(deltaY) ? deltaX : deltaY) / width) * (end - begin);
  return [begin + shift, end + shift];
}
