// Talking to the API: one error type, whatever goes wrong.

export const API = "/api/v1";
const AGAIN_MS = 500;

export class ApiError extends Error {
  constructor(status, message, { code = "", problems = [], retryAfter = null } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.problems = problems;
    this.retryAfter = retryAfter;
  }
}

/**
 * Sends a request, with `json` or with `file` as its body; gives { status, body, etag } or throws an ApiError (status 0: no connection).
 * @param {string} path
 * @param {{ method?: string, json?: any, file?: Blob, headers?: Record<string, string>, signal?: AbortSignal, cache?: RequestCache }} [options]
 */
export async function request(path, { method = "GET", json, file, headers = {}, signal, cache } = {}) {
  const sent = json === undefined ? headers : { ...headers, "Content-Type": "application/json" };
  const answer = await reach(`${API}${path}`, {
    method, headers: sent, signal, cache, body: json === undefined ? file : JSON.stringify(json),
  });
  const body = await parsed(answer);
  if (!answer.ok) throw failure(answer, body);
  const later = answer.status === 202 && answer.headers.get("Location");
  if (later) { // a job works on it: there the answer will be
    await pause(1000 * (Number(answer.headers.get("Retry-After")) || 1));
    return request(later.slice(API.length), { headers, signal });
  }
  return { status: answer.status, body, etag: answer.headers.get("ETag") };
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Does something a second time where it failed: a device that changes its network cuts what is under way. */
export const twice = (act) => act().catch((error) => {
  if (error.name === "AbortError") throw error;
  return pause(AGAIN_MS).then(act);
});

/** Sends a file to where a signed form lets it: a bucket beside the API. */
export async function upload(url, fields, file) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file); // what comes after it is not looked at
  const answer = await reach(url, { method: "POST", body: form });
  if (!answer.ok) throw new ApiError(answer.status, `The file could not be sent (status ${answer.status}).`);
}

/**
 * @param {string} path
 * @param {{ cache?: RequestCache, signal?: AbortSignal }} [options]
 */
export const getJson = async (path, options) => (await request(path, options)).body;

async function reach(address, options) {
  try {
    const ask = () => fetch(address, options);
    return await (options.method === "GET" ? twice(ask) : ask());
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "The server cannot be reached.");
  }
}

async function parsed(answer) {
  const text = await answer.text();
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    throw new ApiError(answer.status, `The server answered with something unreadable (status ${answer.status}).`);
  }
}

function failure(answer, body) {
  const error = body?.error ?? {};
  const retryAfter = Number(answer.headers.get("Retry-After")) || null;
  const message = error.message ?? `The server answered with status ${answer.status}.`;
  return new ApiError(answer.status, message, { code: error.code, problems: error.problems, retryAfter });
}
