/** Both versions on one axis. */
export const timeline = {
  name: "Timeline",
  position: "Position",
  /** What each lane is, beside it; there is room for one short word. */
  lanes: {
    markers: "Markers",
    sync: "Sync",
    look: "Look",
    distance: "Distance",
    distanceOf: (modality: string) => `${modality} distance`,
  },
  segmentDistances: (modality: string) => `Distance of each segment, ${modality.toLowerCase()}`,
  /** A difference. */
  region: (kind: string, modality: string, length: string) => `${kind}, ${modality.toLowerCase()}, ${length}`,
  retimed: (kind: string, rate: string) => `${kind} at ${rate}`,
  /** Several that share a mark: the worst of them, and how many there are besides. */
  more: (region: string, others: number) => `${region}, and ${others} more`,
  soundLate: (amount: string) => `Sound ${amount} late`,
  soundEarly: (amount: string) => `Sound ${amount} early`,
  /** What is laid over it. */
  laid: {
    unnamed: "Unnamed",
    toCheck: (item: string) => `${item}, to check`,
    lost: (item: string) => `${item}, lost`,
    remove: "Take the markers away",
  },
};
