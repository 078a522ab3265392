import { useCallback, useState } from "react";

/** The size of an element in pixels, kept up to date; give `ref` to the element. */
export function useSize(): {
  readonly ref: (element: HTMLElement | null) => (() => void) | undefined;
  readonly width: number;
  readonly height: number;
} {
  const [size, setSize] = useState({ width: 0, height: 0 });
  const ref = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, ...size };
}
