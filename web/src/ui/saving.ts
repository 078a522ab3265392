/** Hands a file to the browser to be saved. */
export function saveFile(name: string, data: Uint8Array, type: string): void {
  // A copy with a plain ArrayBuffer behind it, which is what Blob takes.
  const url = URL.createObjectURL(new Blob([new Uint8Array(data)], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of the blob once the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
