import { useEffect, useRef, useState } from "react";
import { useFilmstrip } from "../timeline/useFilmstrip";

/** A picture out of a video, fetched when it comes into view. */
export function Thumbnail({ video }: { readonly video: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) setSeen(true);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const strip = useFilmstrip(seen ? video : undefined, 3);
  // The middle of the video: its first frame is black more often than not.
  const picture = strip ? Math.floor(strip.times.length / 2) : 0;
  const width = strip ? (36 * strip.tileWidth) / strip.tileHeight : 64;
  return (
    <div ref={frame} className="grid h-9 w-16 shrink-0 place-items-center overflow-hidden bg-well" aria-hidden="true">
      {strip && (
        <div
          style={{
            width,
            height: 36,
            backgroundImage: `url(${strip.url})`,
            backgroundPosition: `${-picture * width}px 0`,
            backgroundSize: "auto 36px",
          }}
        />
      )}
    </div>
  );
}
