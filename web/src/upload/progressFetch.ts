/**
 * A `fetch` that tells how many bytes of the request body have left.
 *
 * The standard one does not tell, and with parts of 10 MiB a slow link would show nothing for
 * minutes. Only for unary calls: the answer is read as a whole.
 */
export function progressFetch(onSent: (bytes: number) => void): typeof globalThis.fetch {
  return async (input, init) => {
    const request = input instanceof Request ? input : undefined;
    const url = input instanceof Request ? input.url : input instanceof URL ? input.href : input;
    const body = init?.body ?? (request ? await request.arrayBuffer() : null);
    const signal = init?.signal ?? request?.signal;
    return new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      const abort = (): void => xhr.abort();
      xhr.open(init?.method ?? request?.method ?? "GET", url);
      xhr.responseType = "arraybuffer";
      new Headers(init?.headers ?? request?.headers).forEach((value, name) => {
        xhr.setRequestHeader(name, value);
      });
      xhr.upload.onprogress = (event) => onSent(event.loaded);
      xhr.onload = () => {
        resolve(
          new Response(xhr.response as ArrayBuffer, {
            status: xhr.status,
            headers: parseHeaders(xhr.getAllResponseHeaders()),
          }),
        );
      };
      xhr.onerror = () => reject(new TypeError("network error"));
      xhr.onabort = () => reject(new DOMException("Aborted", "AbortError"));
      xhr.onloadend = () => signal?.removeEventListener("abort", abort);
      signal?.addEventListener("abort", abort);
      if (signal?.aborted) {
        reject(new DOMException("Aborted", "AbortError"));
        return;
      }
      xhr.send(body as XMLHttpRequestBodyInit | null);
    });
  };
}

function parseHeaders(raw: string): Headers {
  const headers = new Headers();
  for (const line of raw.trim().split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return headers;
}
