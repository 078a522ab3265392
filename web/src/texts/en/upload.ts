export const upload = {
  /** Of a file that could not be read to its end. */
  fileChanged: (fileName: string) =>
    `${fileName} changed or was removed while it was read. Wait until nothing writes to it any more, then choose it again.`,
};
