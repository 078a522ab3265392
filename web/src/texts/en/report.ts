export const report = {
  noReport: "This is no report.",
};
