/** The page's icons: strokes on a 16-unit grid. Decorative; the control beside one has the label. */

const PATHS = {
  play: "M5 3v10l8-5z",
  pause: "M5 3v10M11 3v10",
  stepBack: "M4 3v10M12 3.5v9L6 8z",
  stepForward: "M12 3v10M4 3.5v9L10 8z",
  previous: "M10 3 5 8l5 5",
  next: "m6 3 5 5-5 5",
  loop: "M3 8a4 4 0 0 1 4-4h5m-2-2 2 2-2 2M13 8a4 4 0 0 1-4 4H4m2 2-2-2 2-2",
  zoomIn: "M7 4v6M4 7h6M11 11l3 3M7 12A5 5 0 1 1 7 2a5 5 0 0 1 0 10z",
  zoomOut: "M4 7h6M11 11l3 3M7 12A5 5 0 1 1 7 2a5 5 0 0 1 0 10z",
  fullScreen: "M2 6V2.5h4M10 2.5h4V6M14 10v3.5h-4M6 13.5H2V10",
  still: "M2 5h3l1-1.5h4L11 5h3v8H2zM8 6.7a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4",
  matrix: "M2 2h12v12H2zM2 6h12M2 10h12M6 2v12M10 2v12M2 2l12 12",
  outline: "M2 5V2.5h3M11 2.5h3V5M14 11v2.5h-3M5 13.5H2V11M5.5 6h5v4h-5z",
  fit: "M2 4v8M14 4v8M4 8h8M6 6 4 8l2 2M10 6l2 2-2 2",
  close: "m4 4 8 8M12 4l-8 8",
  down: "m4 6 4 4 4-4",
  check: "m3 8 3.5 3.5L13 5",
  warning: "M8 2.5 14.5 13.5h-13zM8 6.5v3.5M8 11.7v.1",
  retry: "M13 8a5 5 0 1 1-1.5-3.5M13 2.5v3h-3",
  swap: "M3 5.5h9m-2.5-3 2.5 3-2.5 3M13 10.5H4m2.5-3-2.5 3 2.5 3",
  film: "M2 3h12v10H2zM5 3v10M11 3v10M2 8h12",
  options: "M2 5h7M12 5h2M2 11h2M7 11h7M9 3.5v3M4 9.5v3",
  download: "M8 2v8m-3.5-3L8 10.5 11.5 7M3 13.5h10",
  carry: "M2 4h5M2 8h4M2 12h5M9 8h5m-2.5-2.5L14 8l-2.5 2.5",
  back: "M13 8H3m4-4L3 8l4 4",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
  ignore: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M3.8 3.8l8.4 8.4",
  note: "M2.5 3h11v7.5h-6L4.5 13v-2.5h-2z",
  edit: "M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3zM9 4.7 11.3 7",
  globe: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M2 8h12M8 2c2 1.7 2.7 3.7 2.7 6S10 12.3 8 14M8 2C6 3.7 5.3 5.7 5.3 8S6 12.3 8 14",
  key: "M10 9a3.5 3.5 0 1 0-3-1.7L2 12.3V14h2.5v-1.5H6V11h1.5z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  const solid = name === "play" || name === "stepBack" || name === "stepForward";
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill={solid ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth={name === "pause" ? 2.4 : 1.4}
      strokeLinejoin="round"
      aria-hidden="true"
      className="shrink-0"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
