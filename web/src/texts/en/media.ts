export const media = {
  deletedVideo: "A deleted video",
};
