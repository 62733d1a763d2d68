// Talking to the API: one error type, whatever goes wrong.

export const API = "/api/v1";

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
  return { status: answer.status, body, etag: answer.headers.get("ETag") };
}

/**
 * @param {string} path
 * @param {{ cache?: RequestCache, signal?: AbortSignal }} [options]
 */
export const getJson = async (path, options) => (await request(path, options)).body;

async function reach(address, options) {
  try {
    return await fetch(address, options);
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
