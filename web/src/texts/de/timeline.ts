import type { Texts } from "..";

export const timeline: Texts["timeline"] = {
  name: "Timeline",
  position: "Abspielposition",
  lanes: {
    markers: "Marker",
    sync: "Tonversatz",
    look: "Look",
    distance: "Abstand",
    distanceOf: (modality) => `Abstand ${modality}`,
  },
  segmentDistances: (modality) => `Abstand je Abschnitt, ${modality}`,
  region: (kind, modality, length) => `${kind}, ${modality}, ${length}`,
  retimed: (kind, rate) => `${kind} ${rate}`,
  more: (region, others) => `${region}, und ${others} weitere`,
  soundLate: (amount) => `Ton ${amount} zu spät`,
  soundEarly: (amount) => `Ton ${amount} zu früh`,
  laid: {
    unnamed: "Ohne Namen",
    toCheck: (item) => `${item}, zu prüfen`,
    lost: (item) => `${item}, verloren`,
    remove: "Marker entfernen",
  },
};
